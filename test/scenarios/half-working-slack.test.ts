import { polledOnce } from '../support/deliveries.js';
import { card, hurry, land, short, stands, start, withButton } from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Slack takes posts and no updates: new cards come, and the old ones tell the truth as soon as they can. */

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];
const updates = () => team.slack.calls('chat.update');
/** Slack's minute is over. */
async function minuteIsOver() {
  team.slack.clearFaults();
  await team.rows("update turns set next_at = now() where name = 'chat.update'");
  await hurry(team, 'draw');
}

test('updates are throttled: the card of a newer change is posted at once, and no update is tried before Slack says', async () => {
  const first = await land(team);
  await withButton(team, first, 'Deploy');
  team.slack.fail('chat.update', { kind: 'error', error: 'ratelimited', retryAfter: 60 }, Number.POSITIVE_INFINITY);
  const run = await start(team, ALICE, first);
  await until('an update is refused', () => updates().length === 1);
  const second = await land(team, 'Add a till');
  await card(team, second, ['passed staging'], offers, 6_000);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
  const third = await land(team, 'Add a basket');
  await card(team, third, ['passed staging'], offers, 6_000);
  expect(updates()).toHaveLength(1);
  await minuteIsOver();
  await card(team, first, ['live'], []);
  await card(team, second, ['superseded by'], []);
  expect(team.slack.messages(SHOP)).toHaveLength(3);
});

test('updates fail and posts work: new cards are posted between the tries, which stay seldom', async () => {
  const first = await land(team);
  await withButton(team, first, 'Deploy');
  team.slack.fail('chat.update', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY);
  const run = await start(team, ALICE, first);
  await until('an update fails', () => updates().length === 1);
  const second = await land(team, 'Add a till');
  await withButton(team, second, 'Deploy', 8_000);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
  const third = await land(team, 'Add a basket');
  await withButton(team, third, 'Deploy', 8_000);
  await until('updates are tried again', () => updates().length >= 3, 15_000);
  for (const { at } of updates())
    expect(updates().filter((call) => call.at >= at && call.at < at + 20_000).length).toBeLessThanOrEqual(10);
  team.slack.clearFaults();
  await card(team, third, ['passed staging'], offers);
  await card(team, first, ['live'], []);
  await card(team, second, ['superseded by'], []);
}, 60_000);

test('the twin of a card cannot be updated when the card is: it follows as soon as it can', async () => {
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
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('it was met', () => updates().some((call) => call.fault));
  await both('');
  for (const one of team.cards()) expect(one.words).toContain('live');
  expect(team.cards()[0]?.words).toContain(short(sha));
});
