import type { Json } from '../../sandbox/slack/block-kit/check.js';
import type { Fault } from '../../sandbox/slack/faults.js';
import {
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  refusals,
  release,
  short,
  stands,
  start,
  told,
  whoWasTold,
  withButton,
} from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, DEPLOYERS, GUS, SAM, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam({
    config: configOf({
      services: `  - name: web
    repository: acme/shop
    staging: { workflow: web.yml }
    production: { workflow: web-production.yml }
    channel: C0SHOP
    deployers: [${BOB}]`,
    }),
  });
});
afterEach(() => team.stop());

/** What was asked had no effect: nothing is stored but the refusal, and that person alone was told. */
async function onlyRefused(user: string, rule: string): Promise<void> {
  await quiet(team);
  expect(await refusals(team)).toEqual([`${user}: ${rule}`]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([0, 0]);
  expect(team.production()).toEqual([]);
  expect(whoWasTold(team)).toEqual([user]);
}

test('a deployer named by user id may deploy', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  expect(await stands(team, sha, 'deploying')).toMatchObject({ requested_by: ALICE });
});

test('a deployer in a user group may deploy', async () => {
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  expect(await stands(team, sha, 'deploying')).toMatchObject({ requested_by: DAVE });
});

test('a full member who is not a deployer is refused and told who the deployers are', async () => {
  const sha = await land(team);
  expect((await press(team, BOB, sha, 'Deploy')).status).toBe(200);
  await told(team, BOB, 'not a deployer', 'shop', 'alice', '@deployers');
  await onlyRefused(BOB, 'not a deployer');
});

test.each([
  ['a guest', GUS, 'guest', {}],
  ['a person of another company in a shared channel', SAM, 'another', {}],
  ['a deactivated person', ALICE, 'deactivated', { deleted: true }],
  ['a bot', ALICE, 'bot', { bot: true }],
  ['a deployer who has become a guest', ALICE, 'guest', { guest: 'ultra' as const }],
])('%s is refused although the deployers include them', async (_, user, word, change) => {
  team.slack.setGroupUsers(DEPLOYERS, [GUS, SAM, ALICE]);
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  team.slack.changeUser(user, change);
  await press(team, user, sha, 'Deploy');
  await told(team, user, 'full members', word);
  await onlyRefused(user, 'not a full member');
});

test.each([
  ['only the press names their team', { infoTeam: 'T0HOME' }],
  ['Slack does not know them', 'user_not_found'],
  ['Slack does not show them', 'user_not_visible'],
])('a stranger in a shared channel is refused when %s', async (_, how) => {
  // The team of the channel is ours in the payload: only the person's own counts.
  team.slack.setGroupUsers(DEPLOYERS, [SAM]);
  if (typeof how === 'string') team.slack.fail('users.info', { kind: 'error', error: how }, Number.POSITIVE_INFINITY);
  else team.slack.changeUser(SAM, how);
  const sha = await land(team);
  await press(team, SAM, sha, 'Deploy');
  await told(team, SAM, 'full members', 'another workspace');
  await onlyRefused(SAM, 'not a full member');
});

test('a stranger who types a command is refused', async () => {
  team.slack.setGroupUsers(DEPLOYERS, [SAM]);
  const sha = await land(team);
  await team.slack.command({ user: SAM, channel: SHOP, text: `deploy shop ${sha}` });
  await told(team, SAM, 'full members');
  await onlyRefused(SAM, 'not a full member');
});

test('someone removed from the group between the press and the dispatch does not deploy', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  team.slack.setGroupUsers(DEPLOYERS, []);
  await team.github.completeRun(run, { conclusion: 'success' });
  const row = await stands(team, second, 'rejected');
  expect(row.reason).toContain('not a deployer');
  await card(team, second, ['rejected', 'not a deployer', 'dave'], ['Deploy', 'What ships']);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  expect(await team.rows("select reason from ledger where kind = 'rejected'")).toEqual([{ reason: row.reason }]);
});

test('a member of a disabled user group is refused', async () => {
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  team.slack.disableGroup(DEPLOYERS);
  await press(team, DAVE, sha, 'Deploy');
  await told(team, DAVE, 'not a deployer');
  await onlyRefused(DAVE, 'not a deployer');
});

test('someone deactivated between the press and the dispatch does not deploy', async () => {
  const first = await land(team);
  const run = await start(team, DAVE, first);
  const second = await land(team, 'Add a basket');
  await press(team, ALICE, second, 'Deploy');
  await stands(team, second, 'queued');
  team.slack.changeUser(ALICE, { deleted: true });
  await team.github.completeRun(run, { conclusion: 'success' });
  expect((await stands(team, second, 'rejected')).reason).toContain('not a full member');
  await quiet(team);
  expect(team.production()).toHaveLength(1);
});

test('an earlier look-up grants nothing: a deployer removed a moment ago is refused', async () => {
  const first = await land(team);
  await release(team, first, DAVE);
  const second = await land(team, 'Add a basket');
  await withButton(team, second, 'Deploy');
  team.slack.setGroupUsers(DEPLOYERS, []);
  await press(team, DAVE, second, 'Deploy');
  await told(team, DAVE, 'not a deployer');
  expect(await refusals(team)).toEqual([`${DAVE}: not a deployer`]);
  expect(await deploymentsOf(team, second)).toEqual([]);
});

test('a look-up that began before the press does not count for it', async () => {
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  const click = (user: string) => team.slack.click({ user, channel, ts, button: 'Deploy' });
  const before = team.slack.calls('usergroups.users.list').length;
  // Carried out while Dave is a member, answered when he is none any more.
  team.slack.fail('usergroups.users.list', { kind: 'slow', ms: 1_500 });
  await click(BOB);
  await until('a look-up is under way', () => team.slack.calls('usergroups.users.list').length > before);
  team.slack.setGroupUsers(DEPLOYERS, []);
  await click(DAVE);
  await told(team, DAVE, 'not a deployer');
  expect((await refusals(team)).sort()).toEqual([`${BOB}: not a deployer`, `${DAVE}: not a deployer`]);
  expect(await counts(team, 'deployments')).toEqual([0]);
});

const broken: [string, Fault][] = [
  ['answers 500', { kind: 'http', status: 500 }],
  ['resets the connection', { kind: 'refuse' }],
  ['lacks the scope', { kind: 'error', error: 'missing_scope' }],
  ['is rate limited', { kind: 'error', error: 'ratelimited', retryAfter: 1 }],
  ['breaks off its answer', { kind: 'truncated' }],
  ['hangs', { kind: 'hang' }],
];
const wordsOf = (fault: Fault) => ('retryAfter' in fault ? ['limits', 'in 1 s'] : ['did not confirm', 'a minute']);
describe.each(['users.info', 'usergroups.users.list'])('when %s', (method) => {
  test.each(broken)('%s, the press is refused with an explanation', async (_, fault) => {
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    team.slack.fail(method, fault, 1e6);
    expect((await press(team, DAVE, sha, 'Deploy')).status).toBe(200);
    await told(team, DAVE, ...wordsOf(fault));
    await onlyRefused(DAVE, 'not looked up');
    team.slack.clearFaults();
    if ('retryAfter' in fault) await new Promise((over) => setTimeout(over, 1_000));
    await press(team, DAVE, sha, 'Deploy');
    await stands(team, sha, 'deploying');
  });
});

test('while Slack cannot say at the dispatch who may deploy, the deployment waits, says so and later starts by itself', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  team.slack.fail('usergroups.users.list', { kind: 'http', status: 500 }, Number.POSITIVE_INFINITY);
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, second, ['queued', 'Slack does not answer'], ['Withdraw']);
  expect(team.production()).toHaveLength(1);
  team.slack.clearFaults();
  await stands(team, second, 'deploying');
  expect(team.production()).toHaveLength(2);
});

test('twenty people who press at once share the look-ups of their group', async () => {
  const people = Array.from({ length: 20 }, (_, n) => `U0MANY${n}`);
  for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
  team.slack.setGroupUsers(DEPLOYERS, people);
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  // The others come while the first is being asked.
  team.slack.fail('usergroups.users.list', { kind: 'slow', ms: 400 }, Number.POSITIVE_INFINITY);
  await Promise.all(people.map((user) => team.slack.click({ user, channel, ts, button: 'Deploy' })));
  await stands(team, sha, 'deploying');
  await quiet(team);
  expect(team.slack.calls('usergroups.users.list').length).toBeLessThan(20);
  expect(team.slack.calls('usergroups.users.list').every((one) => one.outcome === 'ok')).toBe(true);
  expect(await refusals(team)).toEqual([]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
});

describe('a forged value', () => {
  /** The card's blocks with another value in its Deploy button. */
  const forged = (blocks: Json[], value: string): Json[] =>
    JSON.parse(JSON.stringify(blocks), (key, inside) =>
      key === '' || inside?.action_id !== 'deploy' ? inside : { ...inside, value },
    );

  test.each([
    ['garbage', 'nonsense'],
    ['nothing', ''],
    ['SQL', "' or 1=1; drop table deployments; --"],
    ['the id of a row', '1'],
    ['a key that nobody has', '00000000-0000-4000-8000-000000000000'],
    ['a NUL', 'a\u0000b'],
    ['two thousand letters', 'x'.repeat(2_000)],
  ])('of %s is refused and on the ledger', async (_, value) => {
    const sha = await land(team);
    const { channel, ts, blocks } = await withButton(team, sha, 'Deploy');
    const drawn = forged(blocks, value);
    const answer = await team.slack.clickStale({ user: ALICE, channel, ts, blocks: drawn, button: 'Deploy' });
    expect(answer.status).toBe(200);
    await told(team, ALICE, 'does not know what this button belongs to');
    await onlyRefused(ALICE, 'unknown button');
  });

  test('in a button that this version does not know is refused and on the ledger', async () => {
    const sha = await land(team);
    const { channel, ts, blocks } = await withButton(team, sha, 'Deploy');
    const drawn = JSON.parse(JSON.stringify(blocks).replaceAll('"action_id":"deploy"', '"action_id":"approve"'));
    const answer = await team.slack.clickStale({ user: ALICE, channel, ts, blocks: drawn, button: 'Deploy' });
    expect(answer.status).toBe(200);
    await told(team, ALICE, 'does not know what this button belongs to');
    await onlyRefused(ALICE, 'unknown button');
    expect(await team.rows("select detail->>'asked' as asked from ledger where kind = 'refused'")).toEqual([
      { asked: 'approve' },
    ]);
  });

  test("of another service's change is checked against that service's deployers", async () => {
    const sha = await land(team);
    const { channel, ts, blocks } = await withButton(team, sha, 'Deploy');
    await team.rows(
      `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
         staging_started_at, title, author)
       values ('web', $1, 1, 'passed', 1, 1, 'https://github.com', now(), 'Theirs', 'bob')`,
      [sha],
    );
    const [theirs] = await team.rows<{ key: string }>("select key from changes where service = 'web'");
    const drawn = forged(blocks, theirs?.key ?? '');
    await team.slack.clickStale({ user: ALICE, channel, ts, blocks: drawn, button: 'Deploy' });
    await told(team, ALICE, 'not a deployer', 'web');
    await onlyRefused(ALICE, 'not a deployer');
  });

  test('of a deployment where a change is expected is refused', async () => {
    const sha = await land(team);
    const { channel, ts, blocks } = await withButton(team, sha, 'Deploy');
    const { key } = await release(team, sha);
    const drawn = forged(blocks, key);
    await team.slack.clickStale({ user: ALICE, channel, ts, blocks: drawn, button: 'Deploy' });
    await told(team, ALICE, 'does not know what this button belongs to');
    expect(await refusals(team)).toEqual([`${ALICE}: unknown button`]);
    expect(await counts(team, 'deployments')).toEqual([1]);
  });
});

test('a refused press leaves the card and its buttons unchanged', async () => {
  const sha = await land(team);
  await press(team, BOB, sha, 'Deploy');
  await told(team, BOB, 'not a deployer');
  await quiet(team);
  const [shown] = team.cards();
  expect(shown?.words).toContain(short(sha));
  expect(shown?.buttons).toEqual(['Deploy', 'What ships']);
});
