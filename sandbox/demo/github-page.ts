import type { GitHubStandIn } from '../github/github.js';
import type { RunView } from '../github/views.js';
import type { Pushes } from './pushes.js';
import { SERVICES } from './team.js';

/** What a link to GitHub shows in the demo, as plain text: a run and its jobs, a commit, a pull request or an address. */
export function githubPage(path: string, { github, pushes }: { github: GitHubStandIn; pushes: Pushes }): string {
  const [owner, name, ...rest] = path.split('/').filter(Boolean);
  const repository = SERVICES.find((one) => one.repository === `${owner}/${name}`)?.repository;
  const about = repository ? (runAt(github, repository, rest) ?? changeAt(pushes, repository, rest)) : null;
  const note = `The demo's GitHub has no pages. On GitHub, ${path} shows ${about ? 'this and more' : 'what the link says'}.`;
  return about ? `${about.join('\n')}\n\n${note}\n` : `${note}\n`;
}

function runAt(github: GitHubStandIn, repository: string, rest: string[]): string[] | null {
  if (rest[0] !== 'actions' || rest[1] !== 'runs') return null;
  const run = github.runs(repository).find((one) => String(one.id) === rest[2]);
  if (!run) return null;
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  const inputs = Object.entries(run.inputs).map(([key, value]) => `  ${key}: ${value}`);
  return [
    `${repository}, ${run.file}, run #${run.number}${attempt}: ${stateOf(run)}`,
    run.title,
    '',
    ...run.jobs.map((job) => `  ${job.name}: ${stateOf(job)}`),
    ...(inputs.length > 0 ? ['', 'Inputs', ...inputs] : []),
  ];
}

function changeAt(pushes: Pushes, repository: string, [kind, id = '']: string[]): string[] | null {
  const change = pushes
    .all()
    .filter((one) => one.service.repository === repository)
    .find((one) => (kind === 'commit' ? one.sha.startsWith(id) : kind === 'pull' && String(one.pullRequest) === id));
  if (!change) return null;
  return [
    `${repository}, pull request #${change.pullRequest}, merged`,
    change.title,
    '',
    `  commit ${change.sha}`,
    `  by ${change.author}, ${change.at.toISOString()}`,
  ];
}

const stateOf = ({ conclusion, status }: Pick<RunView, 'conclusion' | 'status'>) =>
  (conclusion ?? status).replaceAll('_', ' ');
