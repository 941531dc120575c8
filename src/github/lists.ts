import { plain } from '../core/change/plain.js';
import type { Listed } from '../core/command.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import { comparingIn, lookingUpIn } from './job-deps.js';
import { runsIn } from './production.js';
import { isStagingRun, productionRunOf, type RunShape, stagingRunOf, workflowFile } from './shapes.js';
import { isFromHere, type Watched } from './webhooks.js';

const PER_PAGE = 50;

/**
 * Which runs are listed. GitHub's list by branch and event may lag behind for hours (cli/cli#5474, max-sixty/tend#348), while the
 * list of all staging runs, pull requests included, is current.
 */
type Which = 'staging' | 'all staging' | 'production';

/** The name under which faults of a workflow's list are reported. */
const listName = (service: Watched, which: Which): string =>
  `repository ${service.repository}, workflow ${fileOf(service, which)}`;

const fileOf = (service: Watched, which: Which): string =>
  which === 'production' ? service.production : service.staging;

/** Every name under which a fault at GitHub may be reported that is about a service. */
export const faultNames = (service: Watched): string[] => [
  listName(service, 'staging'),
  listName(service, 'production'),
  comparingIn(service.repository),
  lookingUpIn(service.repository),
];

/**
 * Lists a workflow's runs for the poll, newest first, as commands. An unchanged first page does not use up the rate
 * limit: GitHub answers its ETag with 304, which is `unchanged`. `no answer`: GitHub does not show the page for now.
 */
export function createLists(
  clients: ClientFor,
  services: readonly Watched[],
  /** Called with what is wrong with a workflow's list, or with null when nothing is. */
  told: (name: string, fault: string | null) => Promise<void>,
) {
  const etags = new Map<string, string>();
  /** The fault that remains while a list is unchanged; null when there is none. */
  const stays = new Map<string, string | null>();
  /** When GitHub's rate limit ends, by repository. */
  const until = new Map<string, number>();

  const list = async (
    name: string,
    which: Which,
    page: number,
  ): Promise<Listed[] | 'none of ours' | 'unchanged' | 'no answer'> => {
    const service = services.find((one) => one.name === name);
    if (!service) return 'no answer';
    if ((until.get(service.repository) ?? 0) > Date.now()) return 'no answer';
    const cached = page === 1 ? etags.get(`${name} ${which}`) : undefined;
    const answer = await ask(async () => {
      const client = await clients(service.repository);
      return client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
        ...split(service.repository),
        workflow_id: fileOf(service, which),
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
    // GitHub lists the runs: whatever kept it from looking one up is over.
    if (which === 'production' && (answer.is === 'ok' || answer.is === 'unchanged'))
      await told(lookingUpIn(service.repository), null);
    if (answer.is !== 'ok') return answer.is === 'unchanged' ? 'unchanged' : 'no answer';
    if (page === 1 && answer.etag) etags.set(`${name} ${which}`, answer.etag);
    const runs = runsIn(answer.data) ?? [];
    const ours = runs.flatMap((run): Listed[] => {
      const at = { ...run, path: run.path ?? fileOf(service, which) };
      const repositoryId = run.repository?.id ?? Number.NaN;
      const updatedAt = run.updated_at;
      if (which !== 'production') {
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
    return ours.length === 0 && runs.length > 0 ? 'none of ours' : ours;
  };
  const forget = (name: string, which: Which): void => void etags.delete(`${name} ${which}`);
  return { list, forget };
}

/** For an old name, GitHub lists the runs of the new one. Webhooks carry only the new name and match no service. */
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
