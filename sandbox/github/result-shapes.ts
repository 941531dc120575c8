import { type Json, nodeId, userShape } from './shapes.js';
import { type Conclusion, type Repository, stamp, type World } from './world.js';

/** A check run of an App, as the App last left it. */
export interface CheckRun {
  id: number;
  name: string;
  sha: string;
  app: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: Conclusion | null;
  startedAt: Date;
  completedAt: Date | null;
}

/** A commit status: none is ever changed, a newer one of the same context takes its place. */
export interface CommitStatus {
  id: number;
  context: string;
  sha: string;
  state: 'pending' | 'success' | 'failure' | 'error';
  creator: string;
  at: Date;
}

/** A check run, as in REST and `check_run`. */
export function checkRunShape(world: World, repository: Repository, check: CheckRun): Json {
  const home = `${world.url}/repos/${repository.fullName}`;
  return {
    id: check.id,
    node_id: nodeId('CR_', check.id),
    name: check.name,
    head_sha: check.sha,
    external_id: '',
    url: `${home}/check-runs/${check.id}`,
    html_url: `${world.htmlUrl}/${repository.fullName}/runs/${check.id}`,
    details_url: `https://${check.app}.example/checks/${check.id}`,
    status: check.status,
    conclusion: check.conclusion,
    started_at: stamp(check.startedAt),
    completed_at: check.completedAt && stamp(check.completedAt),
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: '' },
    check_suite: { id: check.id },
    app: { id: 1, slug: check.app, name: check.app, node_id: nodeId('A_', 1), events: [], permissions: {} },
    pull_requests: [],
  };
}

/** A commit status, as in the list; a delivery is flatter and has no creator. */
export function statusShape(world: World, repository: Repository, status: CommitStatus): Json {
  return {
    url: `${world.url}/repos/${repository.fullName}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: nodeId('SC_', status.id),
    state: status.state,
    description: null,
    target_url: `https://ci.example/${status.id}`,
    context: status.context,
    created_at: stamp(status.at),
    updated_at: stamp(status.at),
    creator: userShape(world, status.creator),
  };
}
