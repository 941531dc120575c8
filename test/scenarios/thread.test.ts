import { plainText } from '../../sandbox/slack/reading.js';
import { ERIN, FAYE, LEADS, startWithLeads } from '../support/leads.js';
import { allDrawn, land, press, quiet, release, short, stands, start, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** Whoever opens the thread of a card reads what became of its deployments, in order, each step once. */

let team: Team;
afterEach(() => team.stop());

const HISTORY = [
  ...['chat:write', 'commands', 'users:read', 'users:read.email', 'usergroups:read', 'channels:read', 'groups:read'],
  ...['im:write', 'app_mentions:read', 'channels:history', 'groups:history'],
];

/** What the thread of a commit's card says, below the card. */
function replies(sha: string) {
  const on = team.cards().find((one) => one.words.split('\n')[1]?.includes(short(sha)));
  return on ? team.slack.thread(on.channel, on.ts).slice(1) : [];
}

/** The same in lines, without marks and times. */
const lines = (sha: string): string[] =>
  replies(sha)
    .flatMap((one) => plainText(one).split('\n'))
    .map((line) => line.replace(/^:\w+: /, '').replace(/ · \d\d:\d\d UTC/, ''));

const tells = (sha: string, last: string) =>
  until(`the thread of ${short(sha)} tells ${last}`, () => {
    const all = lines(sha);
    if (!all.at(-1)?.includes(last)) throw new Error(`it tells ${JSON.stringify(all)}`);
    return all;
  });

/** A team in which Bob is the author of what lands. */
const open = async (service = '', more: TeamOptions = {}) => {
  team = await startTeam({ config: configOf({ top: 'people: { octocat: U0BOB }', service }), ...more });
};

/** From Deploy to a run that ends like this. */
async function ends(sha: string, conclusion: 'failure'): Promise<void> {
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion });
}

test('from Deploy to live the thread says who asked, what was sent and how long it took, and mentions nobody', async () => {
  await open();
  const sha = await land(team);
  await release(team, sha);
  const all = await tells(sha, 'Live, ');
  expect(all).toEqual([
    'alice requested a deployment',
    expect.stringMatching(/^Deploying: run \d+$/),
    expect.stringMatching(/^Live, \d+ s after the request$/),
  ]);
  expect(all.join()).not.toContain('@');
  await quiet(team);
  expect(lines(sha)).toEqual(all);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('a deployment that fails mentions its author and whoever pressed, once', async () => {
  await open();
  const sha = await land(team);
  await ends(sha, 'failure');
  const all = await tells(sha, `Failed in production: failure · @${BOB} @${ALICE}`);
  expect(all.join('\n').match(/@/g)).toHaveLength(2);
});

test('approvers are mentioned when they are asked for, and the thread says who approved and what it waits for', async () => {
  team = await startWithLeads(1);
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await tells(sha, `dave requested a deployment · needs 1 approval · @${LEADS} @${ALICE}`);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop broken tests' });
  await press(team, FAYE, sha, 'Approve');
  await tells(sha, 'Waiting: locked by alice: broken tests');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'unlock shop' });
  await stands(team, sha, 'deploying');
  const all = await tells(sha, 'Deploying: ');
  expect(all.slice(1, 3)).toEqual(['faye approved it (1 of 1)', 'Waiting: locked by alice: broken tests']);
});

test('a request that is approved before the thread tells it calls nobody', async () => {
  team = await startWithLeads(1);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  // Slack takes nothing into the thread until it is approved.
  team.slack.fail(
    'chat.postMessage',
    { kind: 'error', error: 'ratelimited', retryAfter: 1 },
    Number.POSITIVE_INFINITY,
    (args) => args.thread_ts === on.ts,
  );
  await press(team, DAVE, sha, 'Deploy');
  await press(team, FAYE, sha, 'Approve');
  await stands(team, sha, 'deploying');
  team.slack.clearFaults();
  const all = await tells(sha, 'Deploying: ');
  expect(all.slice(0, 2)).toEqual(['dave requested a deployment · needs 1 approval', 'faye approved it (1 of 1)']);
  expect(all).toHaveLength(3);
});

test('a rollback is told where it was pressed and where it leads', async () => {
  await open();
  const first = await land(team);
  await release(team, first);
  const second = await land(team, 'Add a basket');
  await release(team, second);
  await press(team, DAVE, second, 'Roll back');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const there = await tells(second, `Rolled back to ${short(first)}`);
  expect(there.slice(-2)).toEqual([`dave requested a rollback to ${short(first)}`, `Rolled back to ${short(first)}`]);
  await quiet(team);
  expect(lines(first).slice(3)).toEqual([
    'dave requested a rollback to this change',
    expect.stringContaining('Deploying: '),
    expect.stringContaining('Live, '),
  ]);
});

describe('the team says how it wants to hear of it', () => {
  test('none: the thread stays empty', async () => {
    await open('    notify: { steps: none, live: none, production_failed: none }');
    const sha = await land(team);
    await release(team, sha);
    await quiet(team);
    expect(replies(sha)).toEqual([]);
  });

  test('direct: a message of their own, and a line that mentions nobody', async () => {
    await open('    notify: { production_failed: direct }');
    const sha = await land(team);
    await ends(sha, 'failure');
    const all = await tells(sha, 'Failed in production: failure');
    expect(all.join()).not.toContain('@');
    for (const user of [BOB, ALICE]) {
      const [dm] = await until(`a message to ${user}`, () => {
        const dms = team.slack.dms(user);
        return dms.length > 0 && dms;
      });
      expect(dm && plainText(dm)).toContain('failed in production');
    }
    await quiet(team);
    expect(team.slack.dms(BOB)).toHaveLength(1);
  });

  test('direct to a group of approvers: each of its members', async () => {
    team = await startWithLeads(1, {}, '    notify: { approval_needed: direct }');
    const sha = await land(team);
    await press(team, DAVE, sha, 'Deploy');
    for (const user of [ERIN, FAYE, ALICE])
      await until(`a message to ${user}`, () => team.slack.dms(user).length === 1);
    expect(plainText(team.slack.dms(ERIN)[0] ?? {})).toContain(': waiting for approval');
  });
});

test('an answer of Slack that is lost does not make the thread tell anything twice', async () => {
  await open('', { scopes: HISTORY });
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.postMessage', { kind: 'lost' }, 1, (args) => args.thread_ts === on.ts);
  await release(team, sha);
  const all = await tells(sha, 'Live, ');
  expect(all.filter((one) => one.startsWith('alice requested'))).toHaveLength(1);
}, 60_000);

test('of two replicas that tell the same thread, each step is told once', async () => {
  await open('', { replicas: 2 });
  const sha = await land(team);
  for (let times = 0; times < 3; times += 1) {
    await press(team, ALICE, sha, times === 0 ? 'Deploy' : 'Retry');
    const row = await stands(team, sha, 'deploying');
    await team.github.completeRun(Number(row.run_id), { conclusion: 'failure' });
    await stands(team, sha, 'failed');
    // The card offers Retry of this one.
    await quiet(team);
    await allDrawn(team);
  }
  await until('all three have failed', () => lines(sha).filter((one) => one.startsWith('Failed')).length === 3);
  await quiet(team);
  const starts = lines(sha).map((one) => one.split(/[ :]/)[0]);
  expect(starts).toEqual([
    'alice',
    'Deploying',
    'Failed',
    'alice',
    'Deploying',
    'Failed',
    'alice',
    'Deploying',
    'Failed',
  ]);
});
