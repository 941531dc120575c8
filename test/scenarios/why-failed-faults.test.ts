import { plainText } from '../../sandbox/slack/reading.js';
import { logOf } from '../support/job-log.js';
import { card, hurry, quiet } from '../support/releases.js';
import { SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whatever fails on the way: why a run failed is said once, after the card, or not at all, and nobody waits for it. */

let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const EXIT = 'Process completed with exit code 1.';
afterEach(() => team.stop());

/** A push whose job `test` failed with this as its last words. */
async function fails(title: string, words = 'Error: no space left on device') {
  const { sha, runId: run } = await team.github.push('acme/shop', { title, author });
  await team.github.advance(run, { job: 'test', status: 'completed', conclusion: 'failure', silent: true });
  team.github.jobLog(run, 'test', logOf(new Date(team.now()), { command: 'npm test', lines: [words], error: EXIT }));
  await team.github.completeRun(run, { conclusion: 'failure' });
  return { sha, run };
}

/** What stands below the card of a commit. */
async function thread(sha: string): Promise<string[]> {
  const on = await card(team, sha, ['failed staging'], ['Re-run']);
  return team.slack.thread(SHOP, on.ts).slice(1).map(plainText);
}
const isSaid = (sha: string, words = 'no space left') =>
  until('why', async () => (await thread(sha)).some((one) => one.includes(words)));
const logRequests = () => team.github.calls({ route: 'job-log' }).length;
const nothingLeft = () =>
  until('nothing waits', async () => (await team.rows('select from failures where ended_at is null')).length === 0);

test('while Slack takes no posts, why waits behind the card', async () => {
  team = await startTeam();
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'internal_error' }, 4);
  const { sha } = await fails('Add prices');
  await isSaid(sha);
  await quiet(team);
  expect(await thread(sha)).toHaveLength(1);
  expect(logRequests()).toBe(1);
});

test('a burst of failures has all its cards before it says why', async () => {
  team = await startTeam({ pauses: 'real' });
  const shas: string[] = [];
  for (const title of ['One', 'Two', 'Three', 'Four']) shas.push((await fails(title)).sha);
  for (const sha of shas) await isSaid(sha);
  const posts = team.slack.calls('chat.postMessage').filter(({ args }) => args.channel === SHOP);
  expect(posts.map(({ args }) => args.thread_ts !== undefined)).toEqual([
    ...Array(4).fill(false),
    ...Array(4).fill(true),
  ]);
}, 90_000);

test('a message that was posted though Slack failed is there once', async () => {
  team = await startTeam({
    scopes: ['chat:write', 'commands', 'users:read', 'usergroups:read', 'channels:read', 'channels:history'],
  });
  const inThread = (args: Record<string, unknown>) => args.thread_ts !== undefined;
  team.slack.fail('chat.postMessage', { kind: 'http', status: 503, effect: true }, 1, inThread);
  const { sha } = await fails('Add prices');
  await until('it is known', async () => (await team.rows('select from failures where ts is not null')).length === 1);
  expect(await thread(sha)).toHaveLength(1);
});

test.each([
  ['GitHub asks to wait', { kind: 'rate-limit', limit: 'secondary', retryAfter: 1 }],
  ['GitHub fails', { kind: 'status', status: 502 }],
  ['the connection is lost', { kind: 'refuse' }],
] as const)('where %s, it is asked again', async (_, fault) => {
  team = await startTeam();
  team.github.fail('job-log', fault);
  const { sha } = await fails('Add prices');
  await isSaid(sha);
  expect(team.github.logs.asked.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('a storage that is not reached is left alone after a few tries, and the annotations are told', async () => {
  team = await startTeam();
  const { storage } = team.github.logs;
  team.github.logs.storage = 'http://127.0.0.1:1';
  const { sha, run } = await fails('Add prices');
  team.github.jobNotes(run, 'test', [{ path: 'src/a.ts', line: 3, level: 'failure', message: 'it is full' }]);
  team.github.permissions(SECRETS.githubToken, {
    actions: 'write',
    contents: 'read',
    pull_requests: 'read',
    checks: 'read',
  });
  await isSaid(sha, 'src/a.ts:3: it is full');
  expect(logRequests()).toBeLessThanOrEqual(7);
  team.github.logs.storage = storage;
});

test('without anything that says why, nothing is said', async () => {
  team = await startTeam();
  const { sha } = await fails('Add prices', '');
  await nothingLeft();
  expect(await thread(sha)).toEqual([]);
});

test('a job that got lost is found again', async () => {
  team = await startTeam({ movableClock: true });
  team.slack.fail(
    'chat.postMessage',
    { kind: 'error', error: 'internal_error' },
    1_000,
    ({ thread_ts }) => thread_ts !== undefined,
  );
  const { sha } = await fails('Add prices');
  await until('it was tried', () => team.slack.calls('chat.postMessage').some(({ args }) => args.thread_ts));
  await team.rows('update failures set posting_since = null');
  await until('its job is lost', async () => {
    await team.rows(`select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs
      where task_identifier = 'explain failure' and locked_at is null having count(*) > 0`);
    const left = await team.rows("select from graphile_worker.jobs where task_identifier = 'explain failure'");
    return left.length === 0;
  });
  team.slack.clearFaults();
  await team.moveClock(11 * 60_000);
  await hurry(team, 'explain failure');
  await isSaid(sha);
});

test('what was not posted within a day is let go', async () => {
  team = await startTeam({ movableClock: true });
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'internal_error' }, 1_000);
  const { sha } = await fails('Add prices');
  await until('it is read', async () => (await team.rows('select from failures where why is not null')).length === 1);
  await team.moveClock(25 * 3_600_000);
  team.slack.clearFaults();
  await hurry(team, 'explain failure');
  await nothingLeft();
  expect(await thread(sha)).toEqual([]);
});
