import { plainText } from '../../sandbox/slack/reading.js';
import { JEST, logOf } from '../support/job-log.js';
import { card, land, quiet, stands, start } from '../support/releases.js';
import { ALICE, configOf, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whoever sees that a run failed wants to know why without opening GitHub, and the channel is to stay as quiet as it was. */

let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const EXIT = 'Process completed with exit code 1.';
const SECRETS_IN_LOG = ['hunter2hunter2', ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')];
const TESTED = { command: 'npm test', lines: JEST, error: EXIT };

afterEach(() => team.stop());

/** A push whose job `test` wrote this log and failed. */
async function fails(title: string, log: string | null, given = team) {
  const { sha, runId: run } = await given.github.push('acme/shop', { title, author });
  await given.github.advance(run, { job: 'test', status: 'completed', conclusion: 'failure', silent: true });
  if (log !== null) given.github.jobLog(run, 'test', log);
  await given.github.completeRun(run, { conclusion: 'failure' });
  return { sha, run };
}

const threadOf = async (sha: string, words: string) => {
  const on = await card(team, sha, [words], words.includes('production') ? ['Retry'] : ['Re-run']);
  const isWhy = (words: string) => words.includes('Why ');
  return () => team.slack.thread(SHOP, on.ts).slice(1).map(plainText).filter(isWhy);
};

const logRequests = () => team.github.calls({ route: 'job-log' });

test('a change that failed staging has the lines that say why in its thread, without those of other steps', async () => {
  team = await startTeam();
  const at = new Date(team.now());
  const log = logOf(at, { command: 'npm ci', lines: ['added 812 packages in 9s'] }, TESTED);
  const { sha } = await fails('Add prices', log);
  const thread = await threadOf(sha, 'failed staging');
  const [said] = await until('a word in the thread', () => (thread().length > 0 ? thread() : undefined));
  expect(said).toContain('Why it failed staging: test › Run test, exit code 1');
  expect(said).toContain('● Basket › adds a price');
  expect(said).toContain('Expected: 3');
  expect(said).not.toMatch(/812 packages|Post job|git version|Lifecycle|\[3[12]m|PASS/);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
  await quiet(team);
  expect(thread()).toHaveLength(1);
  expect(logRequests()).toHaveLength(1);
  expect(team.github.logs.asked.filter(({ authorization }) => authorization)).toEqual([]);
});

test('a failed deployment says why in the thread of its card', async () => {
  team = await startTeam();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.advance(run, { job: 'deploy', status: 'completed', conclusion: 'failure', silent: true });
  const lines = ['Rolling out shop', 'error: deployment "shop" exceeded its progress deadline'];
  team.github.jobLog(run, 'deploy', logOf(new Date(team.now()), { command: './deploy', lines, error: EXIT }));
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  const thread = await threadOf(sha, 'failed in production');
  const [said] = await until('a word in the thread', () => (thread().length > 0 ? thread() : undefined));
  expect(said).toContain('Why it failed in production: deploy › Run deploy, exit code 1');
  expect(said).toContain('exceeded its progress deadline');
  const { ts } = await card(team, sha, ['failed in production'], ['Retry']);
  const told = team.slack.thread(SHOP, ts).map(({ text }) => text ?? '');
  const [failed, why] = ['Failed in production', 'Why shop'].map((words) =>
    told.findIndex((one) => one.includes(words)),
  );
  expect(failed).toBeGreaterThan(0);
  expect(why).toBeGreaterThan(failed as number);
});

test('what looks like a secret is neither in Slack nor in the database', async () => {
  team = await startTeam();
  const lines = [`Error: cannot sign in with ${SECRETS_IN_LOG[1]}`, `DB_PASSWORD=${SECRETS_IN_LOG[0]}`];
  const { sha } = await fails('Sign in', logOf(new Date(team.now()), { command: './login', lines, error: EXIT }));
  const thread = await threadOf(sha, 'failed staging');
  const [said] = await until('a word in the thread', () => (thread().length > 0 ? thread() : undefined));
  expect(said).toContain('cannot sign in with [secret]');
  for (const secret of SECRETS_IN_LOG) {
    expect(JSON.stringify(team.slack.workspace.messages)).not.toContain(secret);
    expect(JSON.stringify(await team.rows('select * from failures'))).not.toContain(secret);
  }
  expect(await team.rows('select why from failures where why is not null')).toEqual([]);
});

test('annotations stand above the log where GitHub shows them, and are left out where it does not', async () => {
  team = await startTeam();
  const { sha, runId: run } = await team.github.push('acme/shop', { title: 'Add types', author });
  await team.github.advance(run, { job: 'build', status: 'completed', conclusion: 'failure', silent: true });
  team.github.jobNotes(run, 'build', [
    { path: 'src/basket.ts', line: 12, level: 'failure', message: "Property 'total' does not exist" },
    { path: '.github', line: 1, level: 'warning', message: 'Node.js 16 is old' },
    { path: '.github', line: 9, level: 'failure', message: EXIT },
  ]);
  team.github.permissions(SECRETS.githubToken, {
    actions: 'write',
    contents: 'read',
    pull_requests: 'read',
    checks: 'read',
  });
  await team.github.completeRun(run, { conclusion: 'failure' });
  const thread = await threadOf(sha, 'failed staging');
  const [said] = await until('a word in the thread', () => (thread().length > 0 ? thread() : undefined));
  expect(said).toContain("src/basket.ts:12: Property 'total' does not exist");
  expect(said).not.toMatch(/Node\.js 16|exit code 1\./);
});

test('a run that turned green meanwhile is not explained', async () => {
  team = await startTeam();
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'internal_error' }, 1_000);
  const { sha, run } = await fails('Add prices', logOf(new Date(team.now()), TESTED));
  await until('it is read', async () => (await team.rows('select from failures where why is not null')).length === 1);
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'success' });
  team.slack.clearFaults();
  const on = await card(team, sha, ['passed staging', 'attempt 2'], ['Deploy', 'What ships']);
  await until(
    'nothing waits',
    async () => (await team.rows('select from failures where ended_at is null')).length === 0,
  );
  expect(team.slack.thread(SHOP, on.ts)).toHaveLength(1);
});

test('a post whose answer was lost is found again, and is there once', async () => {
  const scopes = ['chat:write', 'commands', 'users:read', 'usergroups:read', 'channels:read', 'channels:history'];
  team = await startTeam({ scopes });
  const inThread = (args: Record<string, unknown>) => args.thread_ts !== undefined;
  team.slack.fail('chat.postMessage', { kind: 'lost' }, 1, inThread);
  const { sha } = await fails('Add prices', logOf(new Date(team.now()), TESTED));
  const thread = await threadOf(sha, 'failed staging');
  await until('it is known', async () => (await team.rows('select from failures where ts is not null')).length === 1);
  expect(thread()).toHaveLength(1);
});

test('a log that is not there yet is asked for again; one that has expired is not explained', async () => {
  team = await startTeam();
  const at = new Date(team.now());
  const { sha, run } = await fails('Add prices', null);
  await until('it was asked for', () => logRequests().length === 1);
  team.github.jobLog(run, 'test', logOf(at, TESTED));
  const thread = await threadOf(sha, 'failed staging');
  await until('a word in the thread', () => thread().length === 1);
  team.github.logs.expired = true;
  const old = await fails('Add taxes', logOf(new Date(team.now()), TESTED));
  const ofOld = await threadOf(old.sha, 'failed staging');
  await until(
    'nothing waits',
    async () => (await team.rows('select from failures where ended_at is null')).length === 0,
  );
  expect(ofOld()).toEqual([]);
});

test('with `staging_failed: none` a failed change stays without a word, and its log unread', async () => {
  team = await startTeam({ config: configOf({ service: '    notify: { staging_failed: none }' }) });
  const { sha } = await fails('Add prices', logOf(new Date(team.now()), TESTED));
  const { ts } = await card(team, sha, ['failed staging'], ['Re-run']);
  await until(
    'nothing waits',
    async () => (await team.rows('select from failures where ended_at is null')).length === 0,
  );
  expect(team.slack.thread(SHOP, ts)).toHaveLength(1);
  expect(logRequests()).toEqual([]);
});

test('with `production_failed: none` the log of a failed deployment stays unread', async () => {
  team = await startTeam({ config: configOf({ service: '    notify: { production_failed: none }' }) });
  const run = await start(team, ALICE, await land(team));
  await team.github.advance(run, { job: 'deploy', status: 'completed', conclusion: 'failure', silent: true });
  team.github.jobLog(run, 'deploy', logOf(new Date(team.now()), { command: './deploy', lines: ['no'], error: EXIT }));
  await team.github.completeRun(run, { conclusion: 'failure' });
  await until(
    'nothing waits',
    async () => (await team.rows('select from failures where ended_at is not null')).length === 1,
  );
  expect(logRequests()).toEqual([]);
});

test('with `logs: false` no log is asked for', async () => {
  team = await startTeam({ config: configOf({ service: '    logs: false' }) });
  const { sha } = await fails('Add prices', logOf(new Date(team.now()), TESTED));
  await card(team, sha, ['failed staging'], ['Re-run']);
  await quiet(team);
  expect(logRequests()).toEqual([]);
  await until('nothing is left to say', async () => {
    return (await team.rows('select from failures where ended_at is null')).length === 0;
  });
});
