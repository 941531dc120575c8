import { plain } from '../core/change/plain.js';
import type { Listed } from '../core/command.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import { runsIn } from './production.js';
import { isStagingRun, productionRunOf, type RunShape, stagingRunOf, workflowFile } from './shapes.js';
import { isFromHere, type Watched } from './webhooks.js';

const PER_PAGE = 50;

/** What a fault of a workflow's list is told by. */
const listName = (service: Watched, which: 'staging' | 'production'): string =>
  `repository ${service.repository}, workflow ${service[which]}`;

/** The names of both lists of a service. */
export const listNames = (service: Watched): string[] => [
  listName(service, 'staging'),
  listName(service, 'production'),
];

/**
 * Lists a workflow's runs for the poll, newest first, as what they mean. An unchanged first page costs nothing of the budget:
 * GitHub answers 304 to its ETag, which is `unchanged`; a page that GitHub does not show for now is `no answer`.
 */
export function createLists(
  clients: ClientFor,
  services: readonly Watched[],
  /** Hears what is wrong with a workflow's list, and null when it is well again. */
  told: (name: string, fault: string | null) => Promise<void>,
) {
  const etags = new Map<string, string>();
  /** What stays wrong with a list that is as it was. */
  const stays = new Map<string, string | null>();
  /** Until when GitHub asks not to be asked, by repository. */
  const until = new Map<string, number>();

  const list = async (
    name: string,
    which: 'staging' | 'production',
    page: number,
  ): Promise<Listed[] | 'unchanged' | 'no answer'> => {
    const service = services.find((one) => one.name === name);
    if (!service) return 'no answer';
    if ((until.get(service.repository) ?? 0) > Date.now()) return 'no answer';
    const cached = page === 1 ? etags.get(`${name} ${which}`) : undefined;
    const answer = await ask(async () => {
      const client = await clients(service.repository);
      return client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
        ...split(service.repository),
        workflow_id: service[which],
        ...(which === 'staging' ? { branch: service.branch, event: 'push' } : {}),
        exclude_pull_requests: true,
        per_page: PER_PAGE,
        page,
        ...(cached ? { headers: { 'if-none-match': cached } } : {}),
      });
    });
    if (answer.is === 'rate limited') until.set(service.repository, Date.now() + answer.retryAfterMs);
    const fault = listName(service, which);
    const [newest] = (answer.is === 'ok' && runsIn(answer.data)) || [];
    if (newest) stays.set(fault, renamed(service, newest));
    await told(fault, faultOf(answer) ?? stays.get(fault) ?? null);
    if (answer.is !== 'ok') return answer.is === 'unchanged' ? 'unchanged' : 'no answer';
    if (page === 1 && answer.etag) etags.set(`${name} ${which}`, answer.etag);
    return (runsIn(answer.data) ?? []).flatMap((run): Listed[] => {
      const at = { ...run, path: run.path ?? service[which] };
      const repositoryId = run.repository?.id ?? Number.NaN;
      const updatedAt = run.updated_at;
      if (which === 'staging') {
        if (!isStagingRun(at, repositoryId, service.branch, service.staging)) return [];
        const passed = run.status === 'completed' && run.conclusion === 'success';
        return [{ seen: { type: 'staging seen', service: name, run: stagingRunOf(run) }, updatedAt, passed }];
      }
      if (isStagingRun(at, repositoryId, service.branch, service.staging)) return [];
      if (workflowFile(at.path) !== service.production || !isFromHere(run, repositoryId)) return [];
      return [
        { seen: { type: 'production seen', service: name, run: productionRunOf(run) }, updatedAt, passed: false },
      ];
    });
  };
  const forget = (name: string, which: 'staging' | 'production'): void => void etags.delete(`${name} ${which}`);
  return { list, forget };
}

/** GitHub leads who lists runs by an old name to the new one. Webhooks name the new one alone, and are nobody's. */
function renamed({ repository }: Watched, run: RunShape): string | null {
  const name = run.repository?.full_name;
  if (!name || name.toLowerCase() === repository.toLowerCase()) return null;
  return `is now called ${plain(name)}`;
}

function faultOf(answer: Answer<unknown>): string | null {
  switch (answer.is) {
    case 'ok':
    case 'unchanged':
      return null;
    case 'refused':
      return `GitHub answers ${answer.status} ${plain(answer.message)}`;
    case 'rate limited':
      return "GitHub's rate limit";
    case 'no answer':
      return `GitHub does not answer (${answer.why})`;
  }
}
