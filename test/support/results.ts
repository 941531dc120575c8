import { polledOnce } from './deliveries.js';
import { configOf, SECRETS, startTeam, type Team } from './team.js';

const REQUIRES = `
    staging:
      workflow: staging.yml
      within: 30m
      requires:
        - { workflow: e2e.yml, event: deployment_status }
        - { check: security/scan, app: snyk }
        - { status: ci/legacy, by: jenkins-acme }
`;
const E2E = { file: 'e2e.yml', name: 'End to end', on: ['deployment_status'], jobs: ['browser'] };

/** A team that requires three more results than the push run: a run, a check and a status. */
export async function requiringTeam(
  options: Parameters<typeof startTeam>[0] & {
    service?: string;
    requires?: string;
    polled?: false;
    poll?: string;
  } = {},
): Promise<Team> {
  const { service = '', requires = REQUIRES, workflows = [], polled = true, poll = '1h', ...rest } = options;
  const config = configOf({ top: 'people: { octocat: U0BOB }', service })
    .replace('poll: 1h', `poll: ${poll}`)
    .replace('    staging: { workflow: staging.yml }\n', requires);
  const team = await startTeam({ config, workflows: [E2E, ...workflows], ...rest });
  mayRead(team);
  if (polled) await polledOnce(team);
  return team;
}

/** What an installation that requires checks and statuses grants, and what its webhook sends. */
function mayRead(team: Team): void {
  team.github.setHook({ events: ['workflow_run', 'workflow_job', 'check_run', 'status'] });
  team.github.permissions(SECRETS.githubToken, {
    ...{ actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' },
    ...{ checks: 'read', statuses: 'read' },
  });
}

/** Each of what is required, green. */
export const results = (team: Team, sha: string) => {
  const { github } = team;
  const scan = { name: 'security/scan', app: 'snyk', sha } as const;
  return {
    e2e: async (conclusion: 'success' | 'failure' | 'skipped' = 'success', silent = false) => {
      const { id } = await github.startedBy('acme/shop', 'e2e.yml', { event: 'deployment_status', sha, silent });
      await github.completeRun(id, { conclusion, silent });
      return id;
    },
    scan: (conclusion: 'success' | 'failure' | 'neutral' = 'success', silent = false) =>
      github.check('acme/shop', { ...scan, conclusion, silent }),
    legacy: (state: 'success' | 'failure' = 'success', silent = false) =>
      github.commitStatus('acme/shop', { context: 'ci/legacy', sha, state, by: 'jenkins-acme', silent }),
  };
};
