import { polledOnce } from '../support/deliveries.js';
import { timed } from '../support/own-time.js';
import { card, counts, land, press, quiet, release, stands, withButton } from '../support/releases.js';
import { ALICE, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];
const HISTORY =
  'chat:write commands users:read users:read.email usergroups:read channels:read groups:read im:write app_mentions:read channels:history groups:history'.split(
    ' ',
  );
/** Posts outside threads. */
const posts = () =>
  team.slack.calls('chat.postMessage').filter(({ args }) => args.channel === SHOP && args.thread_ts === undefined);

test('while Slack throttles nothing is dropped: the card is posted when Slack allows it, in its state by then', async () => {
  team = await startTeam();
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'ratelimited', retryAfter: 3 });
  const failed = await team.github.land(
    'acme/shop',
    { title: 'Add prices', author: { login: 'octocat', name: 'Octo Cat', email: 'o@acme.test' } },
    { conclusion: 'failure' },
  );
  await until('a throttled post', () => posts().length === 1);
  await team.github.rerun(failed.runId, { actor: 'octocat' });
  await team.github.completeRun(failed.runId, { conclusion: 'success' });
  await card(team, failed.sha, ['passed staging', 'attempt 2'], offers);
  const [first, second] = posts();
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3_000);
  expect(posts()).toHaveLength(2);
  expect(team.slack.messages(SHOP)[0]?.drawings).toHaveLength(1);
});

test('after a Slack outage the newest card comes first, and each is posted once in its current state', async () => {
  team = await startTeam();
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY);
  const shas = [];
  for (const title of ['Add prices', 'Add a basket', 'Add a till']) shas.push(await land(team, title));
  await until('Slack was tried twice', () => posts().length >= 2, 10_000);
  team.slack.clearFaults();
  await card(team, shas[2] ?? '', ['passed staging'], offers);
  for (const sha of shas.slice(0, 2)) await card(team, sha, ['superseded by'], []);
  expect(team.cards()[0]?.words).toContain('Add a till');
  expect(team.slack.messages(SHOP)).toHaveLength(3);
  for (const { drawings } of team.slack.messages(SHOP)) expect(drawings).toHaveLength(1);
}, 40_000);

test('a failing Slack is called at most ten times in twenty seconds', async () => {
  team = await startTeam({ pauses: 'real' });
  await polledOnce(team);
  team.slack.fail('*', { kind: 'http', status: 500 }, Number.POSITIVE_INFINITY);
  const from = team.slack.calls().length;
  await land(team, 'Add prices');
  await land(team, 'Add a basket');
  const began = Date.now();
  await until('twenty seconds have passed', () => Date.now() - began > 20_000, 25_000);
  const asked = team.slack.calls().slice(from);
  const inTwentySeconds = asked.map(({ at }) => asked.filter((call) => call.at >= at && call.at < at + 20_000).length);
  expect(Math.max(...inTwentySeconds)).toBeLessThanOrEqual(10);
  expect(asked.length).toBeGreaterThan(3);
  team.slack.clearFaults();
  await until('both cards', () => team.cards().length === 2, 15_000);
}, 60_000);

test('with history scopes a post whose answer is lost is found by its metadata and not posted twice', async () => {
  team = await startTeam({ scopes: HISTORY });
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  const sha = await land(team);
  await until('the post whose answer is lost', () => posts().length === 1);
  const rows = () => team.rows<{ ts: string | null }>('select ts from cards');
  await until(
    'the card knows its message',
    async () => (await rows())[0]?.ts === team.slack.messages(SHOP)[0]?.ts,
    12_000,
  );
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['deploying'], ['Cancel']);
  await quiet(team);
  expect(posts()).toHaveLength(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('if the history does not answer either, nothing is posted until it does', async () => {
  team = await startTeam({ scopes: HISTORY });
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  team.slack.fail('conversations.history', { kind: 'error', error: 'internal_error' });
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  await until('the history is asked again', () => team.slack.calls('conversations.history').length === 2, 12_000);
  await quiet(team);
  expect(posts()).toHaveLength(1);
});

test('without history scopes a lost answer leaves a duplicate card, which is adopted when pressed: no button is dead', async () => {
  team = await startTeam();
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  const sha = await land(team);
  await until('the card and its twin', () => team.cards().length === 2, 12_000);
  const [twin, own] = team.cards();
  expect([twin?.buttons, own?.buttons]).toEqual([offers, offers]);
  const pressed = await team.slack.click({ user: ALICE, channel: SHOP, ts: twin?.ts ?? '', button: 'Deploy' });
  expect(pressed.status).toBe(200);
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  const both = (word: string, buttons: string[]) =>
    until(
      `both say ${word}`,
      () =>
        team.cards().length === 2 &&
        team.cards().every((one) => one.words.includes(word) && one.buttons.join() === buttons.join()),
      15_000,
    );
  await both('deploying', ['Cancel']);
  await team.github.completeRun(run, { conclusion: 'success' });
  await both('live', []);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
  expect(team.slack.ephemerals(ALICE)).toEqual([]);
});

test('a duplicate card with an old button is harmless and is adopted when pressed', async () => {
  team = await startTeam();
  await polledOnce(team);
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  const sha = await land(team);
  await until('the card and its twin', () => team.cards().length === 2, 12_000);
  const [twin, own] = team.cards();
  await team.slack.click({ user: ALICE, channel: SHOP, ts: own?.ts ?? '', button: 'Deploy' });
  await stands(team, sha, 'deploying');
  await team.slack.click({ user: ALICE, channel: SHOP, ts: twin?.ts ?? '', button: 'Deploy' });
  await until('both say deploying', () => team.cards().every((one) => one.buttons.join() === 'Cancel'), 15_000);
  await until('Alice is told why', () => team.slack.ephemerals(ALICE).length === 1);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
});

test('a duplicate card of a paused change is adopted when its Resume is pressed, even after somebody resumed', async () => {
  team = await startTeam({ config: configOf({ service: '    mode: continuous\n    hold: 10m' }) });
  await polledOnce(team);
  await release(team, await land(team));
  const failing = await land(team, 'Add a till');
  await press(team, ALICE, failing, 'Deploy now');
  const { run_id } = await stands(team, failing, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'failure' });
  await card(team, failing, ['failed in production', 'paused'], ['Retry', 'Roll back', 'Resume']);
  team.slack.fail('chat.postMessage', { kind: 'lost' }, 1, ({ thread_ts }) => thread_ts === undefined);
  await land(team, 'Add a basket');
  await until('the card and its twin', () => team.cards().length === 4, 12_000);
  const [twin, own] = team.cards().slice(-2);
  expect([twin?.buttons, own?.buttons]).toEqual([
    ['Resume', 'Why not?', 'What ships'],
    ['Resume', 'Why not?', 'What ships'],
  ]);
  const resume = (ts = '') => team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Resume' });
  await resume(own?.ts);
  const resumed = () => team.cards().filter(({ words }) => words.includes('deploying in'));
  await until('the card is resumed', () => resumed().length === 1, 12_000);
  await resume(twin?.ts);
  await until('both are', () => resumed().length === 2 && !team.cards().some((one) => one.buttons.includes('Resume')));
});

test('an update whose answer is lost or cut off is repeated and changes nothing', async () => {
  team = await startTeam();
  await polledOnce(team);
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.update', { kind: 'lost' });
  team.slack.fail('chat.update', { kind: 'truncated' });
  await press(team, ALICE, sha, 'Deploy');
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await team.github.completeRun(run, { conclusion: 'success' });
  const met = () => team.slack.calls('chat.update').filter((call) => call.fault);
  await until('both faults were met', () => met().length === 2, 12_000);
  await until('Slack has the card as it is', async () => {
    const [row] = await team.rows('select 1 from cards where dirty_at is null');
    return row && team.slack.calls('chat.update').at(-1)?.fault === undefined;
  });
  await card(team, sha, ['live'], []);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('a slow Slack holds up only its own cards', async () => {
  team = await startTeam();
  await polledOnce(team);
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.update', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  const on = team.cards()[0];
  await team.slack.click({ user: ALICE, channel: SHOP, ts: on?.ts ?? '', button: 'Deploy' });
  const { tookMs } = await timed(async () => {
    const run = Number((await stands(team, sha, 'deploying')).run_id);
    await until('an update hangs', () => team.slack.calls('chat.update').length > 0);
    await team.github.completeRun(run, { conclusion: 'success' });
    await stands(team, sha, 'live');
  });
  // A call that hangs is given up after ten seconds.
  expect(tookMs).toBeLessThan(9_000);
  expect(team.cards()[0]?.buttons).toEqual(offers);
  team.slack.clearFaults();
  await card(team, sha, ['live'], [], 20_000);
}, 40_000);
