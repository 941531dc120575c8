import { type GitHubStandIn, startGitHub } from '../../sandbox/github/github.js';
import { readAnnotations } from '../../src/github/annotations.js';
import { createClients } from '../../src/github/client.js';
import { SECRETS } from '../support/secrets.js';
import { PRODUCTION, STAGING } from '../support/team.js';

/** What was noted about a job is told without secrets, whichever part of a note is shown. */

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startGitHub({ token: SECRETS.githubToken, webhookSecret: SECRETS.webhookSecret });
  github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  github.permissions(SECRETS.githubToken, { metadata: 'read', checks: 'read' });
});
afterEach(() => github.stop());

test.each([
  ['the message', { message: 'cannot sign in with DB_PASS=hunter22' }],
  ['the title, where the message is empty', { message: '', title: 'cannot sign in with DB_PASS=hunter22' }],
])('%s', async (_, said) => {
  const { runId } = await github.land('acme/shop', { title: 'Add prices' }, { conclusion: 'failure' });
  const job = github.run(runId).jobs.find(({ name }) => name === 'test')?.id ?? 0;
  github.jobNotes(runId, 'test', [{ path: 'src/a.ts', line: 3, level: 'failure', ...said }]);
  const clients = createClients({ kind: 'token', token: SECRETS.githubToken }, github.url);
  expect(await readAnnotations(clients, 'acme/shop', job)).toEqual({
    is: 'read',
    annotations: [{ place: 'src/a.ts:3', message: 'cannot sign in with DB_PASS=[secret]' }],
  });
});
