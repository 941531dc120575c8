import { polledOnce } from '../support/deliveries.js';
import { card, hurry, land, quiet, short, stands, start, withButton } from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Slack takes posts and no updates: new cards come, and the old ones tell the truth as soon as they can. */

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const HISTORY =
  'chat:write commands users:read usergroups:read channels:read groups:read channels:history groups:history'.split(' ');
const offers = ['Deploy', 'What ships'];
const updates = () => team.slack.calls('chat.update');
/** Slack's minute is over. */
async function minuteIsOver() {
  team.slack.clearFaults();
  await team.rows("update turns set next_at = now() where name = 'chat.update'");
  await hurry(team, 'draw');
}

test('while updates are throttled a newer card is posted at once, and no update is tried before Slack allows it', async () => {
  const first = await land(team);
  await withButton(team, first, 'Deploy');
  team.slack.fail('chat.update', { kind: 'error', error: 'ratelimited', retryAfter: 60 }, Number.POSITIVE_INFINITY);
  const run = await start(team, ALICE, first);
  await until('an update is refused', () => updates().length === 1);
  const second = await land(team, 'Add a till');
  await card(team, second, ['passed staging'], offers);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
  const third = await land(team, 'Add a basket');
  await card(team, third, ['passed staging'], offers);
  expect(updates()).toHaveLength(1);
  await minuteIsOver();
  await card(team, first, ['live'], []);
  await card(team, second, ['superseded by'], []);
  expect(team.slack.messages(SHOP)).toHaveLength(3);
});

test('while updates fail new cards are still posted, and retries stay rare', async () => {
  const first = await land(team);
  await withButton(team, first, 'Deploy');
  team.slack.fail('chat.update', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY);
  const run = await start(team, ALICE, first);
  await until('an update fails', () => updates().length === 1);
  const second = await land(team, 'Add a till');
  await withButton(team, second, 'Deploy');
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
  const third = await land(team, 'Add a basket');
  await withButton(team, third, 'Deploy');
  await until('updates are tried again', () => updates().length >= 3, 15_000);
  for (const { at } of updates())
    expect(updates().filter((call) => call.at >= at && call.at < at + 20_000).length).toBeLessThanOrEqual(10);
  team.slack.clearFaults();
  await card(team, third, ['passed staging'], offers);
  await card(team, first, ['live'], []);
  await card(team, second, ['superseded by'], []);
}, 60_000);

test('while posts fail a running deployment is shown to its end, and the new card comes once posts work', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  await card(team, first, ['deploying'], ['Cancel']);
  team.slack.fail('chat.postMessage', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY);
  const second = await land(team, 'Add a till');
  await until('its post fails', () => team.slack.calls('chat.postMessage').some((call) => call.fault));
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, first, ['live'], [], 12_000);
  team.slack.clearFaults();
  await card(team, second, ['passed staging'], offers);
  expect(team.slack.messages(SHOP)).toHaveLength(2);
}, 60_000);

test('a newest card whose updates always fail holds up no other card', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  await card(team, first, ['deploying'], ['Cancel']);
  const { ts } = await withButton(team, await land(team, 'Add a till'), 'Deploy');
  team.slack.fail('chat.update', { kind: 'http', status: 500 }, Number.POSITIVE_INFINITY, (args) => args.ts === ts);
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, first, ['live'], [], 15_000);
  await until('its own update is tried', () => updates().some((call) => call.fault));
}, 60_000);

test('a post whose answer is lost is found while updates are throttled, and neither call is repeated too early', async () => {
  const found = await startTeam({ scopes: HISTORY });
  try {
    await polledOnce(found);
    found.slack.fail('chat.postMessage', { kind: 'lost' });
    found.slack.fail('chat.update', { kind: 'error', error: 'ratelimited', retryAfter: 60 }, Number.POSITIVE_INFINITY);
    await land(found);
    await until('an update is refused', () => found.slack.calls('chat.update').length === 1, 12_000);
    await quiet(found);
    const second = await land(found, 'Add a till');
    await until('the next card', () => found.cards().some((one) => one.words.includes(short(second))));
    expect(found.slack.calls('conversations.history')).toHaveLength(1);
    expect(found.slack.calls('chat.update')).toHaveLength(1);
    expect(found.slack.messages(SHOP)).toHaveLength(2);
  } finally {
    await found.stop();
  }
}, 60_000);

test('a duplicate card that cannot be updated with its card follows as soon as it can', async () => {
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  const sha = await land(team);
  await until('the card and its twin', () => team.cards().length === 2, 12_000);
  const [twin] = team.cards();
  await team.slack.click({ user: ALICE, channel: SHOP, ts: twin?.ts ?? '', button: 'Deploy' });
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  const both = (button: string) =>
    until(
      `both have ${button}`,
      () => team.cards().length === 2 && team.cards().every((one) => one.buttons.join() === button),
      15_000,
    );
  await both('Cancel');
  const when = (args: Record<string, unknown>) => args.ts === twin?.ts;
  team.slack.fail('chat.update', { kind: 'error', error: 'ratelimited', retryAfter: 1 }, 1, when);
  // Nor is it forgotten for a fault that is not its own.
  team.slack.fail('chat.update', { kind: 'error', error: 'token_revoked' }, 1, when);
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('both were met', () => updates().filter((call) => call.fault).length === 2, 12_000);
  await both('');
  for (const one of team.cards()) expect(one.words).toContain('live');
  expect(team.cards()[0]?.words).toContain(short(sha));
});
