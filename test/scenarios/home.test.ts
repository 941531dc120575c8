import { plainText } from '../../sandbox/slack/reading.js';
import { card, counts, deploymentsOf, land, press, release, short, stands, start } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, GUS, SAM, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

/** Does something that draws a person's Home tab, and gives what stands there then. */
async function drawn(user: string, act: () => Promise<{ status: number }>) {
  const before = team.slack.home(user)?.hash;
  expect((await act()).status).toBe(200);
  const view = await until(`the Home tab of ${user} is drawn`, () => {
    const now = team.slack.home(user);
    return now && now.hash !== before ? now : null;
  });
  return { ...view, words: plainText(view.definition), json: JSON.stringify(view.definition) };
}
const open = (user: string) => drawn(user, () => team.slack.openHome({ user }));
const refresh = (user: string) =>
  drawn(user, () => team.slack.clickInView({ viewId: team.slack.home(user)?.id ?? '', button: 'Refresh' }));
const published = () => team.slack.calls('views.publish');
const everything = () => counts(team, 'inbox', 'ledger', 'deployments', 'approvals');

test('whoever opens the Home tab sees what is live, what runs, what is queued and what waits, with the way to each card', async () => {
  team = await startTeam();
  expect((await open(BOB)).words).toMatch(/nothing is under way and nothing waits[\s\S]*shop · nothing is known live/);
  const live = await land(team, 'Add prices');
  await release(team, live);
  const running = await land(team, 'Add a basket');
  await start(team, ALICE, running);
  const queued = await land(team, 'Add a till');
  await press(team, DAVE, queued, 'Deploy');
  await stands(team, queued, 'queued');
  const waiting = await land(team, 'Add a receipt');
  const cards = await Promise.all([
    card(team, live, ['live'], ['Roll back']).catch(() => team.card(live, 'live')),
    card(team, running, ['deploying'], ['Cancel']),
    card(team, queued, ['queued'], ['Withdraw']),
    card(team, waiting, ['passed staging'], ['Deploy', 'What ships']),
  ]);
  const before = await everything();
  const { words, json } = await open(BOB);
  expect(words).toContain('1 service: 1 under way, 1 queued, 1 waiting for Deploy.');
  expect(words).toMatch(/As of \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(words).toMatch(new RegExp(`live ${short(live)} “Add prices” · by alice since .* · card`));
  expect(words).toMatch(new RegExp(`deploying ${short(running)} “Add a basket” · run · asked by alice · card`));
  expect(words).toMatch(new RegExp(`queued, place 2: ${short(queued)} “Add a till” · asked by dave · card`));
  expect(words).toMatch(new RegExp(`waits for Deploy: ${short(waiting)} “Add a receipt” · passed staging .* · card`));
  expect(words).toMatch(/How to[\s\S]*\/release deploy SERVICE \[SHA\]/);
  for (const { ts } of cards) expect(json).toContain(`https://acme.slack.com/archives/${SHOP}/p${ts.replace('.', '')}`);
  expect(await everything()).toEqual(before);
});
