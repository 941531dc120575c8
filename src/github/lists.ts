import { plain } from '../core/change/plain.js';
import type { Listed, RunList, RunPage } from '../core/command.js';
import type { Budgets } from './budget.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import { seenInRun } from './deliveries-of-results.js';
import { comparingIn, lookingUpIn, resultsIn } from './job-deps.js';
import { runsIn } from './production.js';
import { isStagingRun, productionRunOf, type RunShape, stagingRunOf, workflowFile } from './shapes.js';
import type { Patiently } from './silence.js';
import { isFromHere, isProductionOf, type Watched } from './webhooks.js';

const PER_PAGE = 50;

/** The names under which faults of lists are reported. */
const workflowName = (service: Watched, of: 'staging' | 'production'): string =>
  `repository ${service.repository}, workflow ${service[of]}`;
const repositoryName = (repository: string): string => `repository ${repository}, listing runs`;

/** The names of all faults that asking GitHub about a service may have. */
export const faultNames = (service: Watched): string[] => [
  repositoryName(service.repository),
  workflowName(service, 'staging'),
  workflowName(service, 'production'),
  comparingIn(service.repository),
  lookingUpIn(service.repository),
  resultsIn(service.repository),
];

/**
 * Lists runs for the poll, newest first, as commands. An unchanged first page does not use up the rate limit: GitHub
 * answers its ETag with 304, which is `unchanged`. `no answer`: GitHub does not show the page for now.
 */
export function createLists(
  clients: ClientFor,
  patiently: Patiently,
  services: readonly Watched[],
  budgets: Budgets,
  /** Called with what is wrong with a list, or with null when nothing is. */
  told: (name: string, fault: string | null) => Promise<void>,
) {
  const etags = new Map<string, string>();
  /** The fault that remains while a list is unchanged; null when there is none. */
  const stays = new Map<string, string | null>();
  const byName = new Map(services.map((one) => [one.name, one]));
  const byRepository = new Map<string, Watched[]>();
  for (const one of services) {
    const name = one.repository.toLowerCase();
    byRepository.set(name, [...(byRepository.get(name) ?? []), one]);
  }
  const watchedIn = (list: RunList): readonly Watched[] => {
    if (list.of === 'repository') return byRepository.get(list.repository) ?? [];
    const service = byName.get(list.service);
    return service ? [service] : [];
  };

  async function request(list: RunList, { repository, branch, ...files }: Watched, page: number, etag?: string) {
    const client = await clients(repository);
    const common = {
      ...split(repository),
      exclude_pull_requests: true,
      per_page: PER_PAGE,
      page,
      ...(etag ? { headers: { 'if-none-match': etag } } : {}),
    };
    if (list.of === 'repository') return client.request('GET /repos/{owner}/{repo}/actions/runs', common);
    return client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
      ...common,
      workflow_id: files[list.of],
      ...(list.of === 'staging' ? { branch, event: 'push' } : {}),
    });
  }

  /** `mending`: there may be faults that a good answer ends. */
  const list = async (of: RunList, page: number, mending: boolean): Promise<RunPage | 'unchanged' | 'no answer'> => {
    const watched = watchedIn(of);
    const [service] = watched;
    if (!service || budgets.budgetOf(service.repository).pauseMs > 0) return 'no answer';
    const key = keyOf(of);
    const etag = page === 1 ? etags.get(key) : undefined;
    const answer = await patiently(service.repository, () => ask(() => request(of, service, page, etag)));
    // GitHub was not asked: that is no fault of the list.
    if (answer.is === 'no answer' && 'retryAfterMs' in answer) return 'no answer';
    const fault = of.of === 'repository' ? repositoryName(service.repository) : workflowName(service, of.of);
    const runs = (answer.is === 'ok' && runsIn(answer.data)) || [];
    if (runs[0] && of.of === 'repository') stays.set(fault, renamed(service, runs[0]));
    const wrong = faultOf(answer) ?? stays.get(fault) ?? null;
    if (wrong !== null || mending) await told(fault, wrong);
    // GitHub lists the runs: whatever kept it from looking one up is over.
    if (mending && of.of === 'production' && (answer.is === 'ok' || answer.is === 'unchanged'))
      await told(lookingUpIn(service.repository), null);
    if (answer.is !== 'ok') return answer.is === 'unchanged' ? 'unchanged' : 'no answer';
    if (page === 1 && answer.etag) etags.set(key, answer.etag);
    const listed = (answer.data as { workflow_runs?: unknown }).workflow_runs;
    return {
      runs: runs.flatMap((run) => watched.flatMap((one) => listedFor(one, of.of, run))),
      oldest: runs.at(-1)?.created_at ?? null,
      isLast: !Array.isArray(listed) || listed.length < PER_PAGE,
    };
  };
  const forget = (of: RunList): void => void etags.delete(keyOf(of));
  return { list, forget };
}

const keyOf = (list: RunList): string => (list.of === 'repository' ? list.repository : `${list.service} ${list.of}`);

/** What a run means for a service: nothing, or what was seen of it. */
function listedFor(service: Watched, of: RunList['of'], run: RunShape): Listed[] {
  const at = { ...run, path: run.path ?? (of === 'repository' ? null : service[of]) };
  const repositoryId = run.repository?.id ?? Number.NaN;
  const times = { createdAt: run.created_at, updatedAt: run.updated_at };
  const isStaging = isStagingRun(at, repositoryId, service.branch, service.staging);
  if (isStaging) {
    if (of === 'production') return [];
    const passed = run.status === 'completed' && run.conclusion === 'success';
    return [{ seen: { type: 'staging seen', service: service.name, run: stagingRunOf(run) }, ...times, passed }];
  }
  // The list of the repository has the runs of all workflows: what is required is found in it at no cost.
  if (of === 'repository' && !isProductionOf(service, workflowFile(at.path)))
    return seenInRun(service, at, repositoryId).flatMap((seen): Listed[] =>
      seen.type === 'results seen' ? [{ seen, ...times, passed: false }] : [],
    );
  if (of === 'staging' || !isProductionOf(service, workflowFile(at.path)) || !isFromHere(run, repositoryId)) return [];
  return [
    { seen: { type: 'production seen', service: service.name, run: productionRunOf(run) }, ...times, passed: false },
  ];
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
