import { plainText } from '../../sandbox/slack/reading.js';
import { homeSays } from '../support/home.js';
import { card, counts, land, press, quiet, release, short, stands, start } from '../support/releases.js';
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
/** Rows of what must not grow by a question, once all that went before has come to rest. */
const everything = async () => {
  await quiet(team);
  return counts(team, 'inbox', 'ledger', 'deployments', 'approvals');
};

test('the Home tab shows what is live, running, queued and waiting, with a link to each card', async () => {
  team = await startTeam();
  expect((await open(BOB)).words).toMatch(/nothing is under way or waiting[\s\S]*shop · nothing live yet/);
  const live = await land(team, 'Add prices');
  await release(team, live);
  const running = await land(team, 'Add a basket');
  await start(team, ALICE, running);
  const queued = await land(team, 'Add a till');
  await press(team, DAVE, queued, 'Deploy');
  await stands(team, queued, 'queued');
  const waiting = await land(team, 'Add a receipt');
  const cards = await Promise.all([
    card(team, live, ['live'], []),
    card(team, running, ['deploying'], ['Cancel']),
    card(team, queued, ['queued'], ['Withdraw']),
    card(team, waiting, ['passed staging'], ['Deploy', 'What ships']),
  ]);
  const before = await everything();
  const { words, json } = await open(BOB);
  expect(words).toContain('1 service in all: 1 under way, 1 queued, 1 waiting for Deploy.');
  expect(words).toMatch(/As of \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(words).toMatch(new RegExp(`live ${short(live)} “Add prices” · by alice since .* · card`));
  expect(words).toMatch(new RegExp(`deploying ${short(running)} “Add a basket” · run · requested by alice · card`));
  expect(words).toMatch(new RegExp(`queued, place 2: ${short(queued)} “Add a till” · requested by dave · card`));
  expect(words).toMatch(new RegExp(`waiting for Deploy: ${short(waiting)} “Add a receipt” · passed staging .* · card`));
  expect(words).toMatch(/Commands[\s\S]*\/release deploy SERVICE \[SHA\]/);
  for (const { ts } of cards) expect(json).toContain(`https://acme.slack.com/archives/${SHOP}/p${ts.replace('.', '')}`);
  expect(await everything()).toEqual(before);
});

test('the page follows a deployment by itself, and Refresh draws it again, always on the same page', async () => {
  team = await startTeam();
  const first = await land(team, 'Add prices');
  const before = await open(BOB);
  expect(before.words).toContain(`waiting for Deploy: ${short(first)}`);
  await release(team, first);
  const followed = await until('it says that the change is live', () => {
    const view = team.slack.home(BOB);
    return view && plainText(view.definition).includes(`live ${short(first)}`) ? view : null;
  });
  expect(followed.id).toBe(before.id);
  const rows = await everything();
  const after = await refresh(BOB);
  expect(after.words).toContain(`live ${short(first)}`);
  expect(after.words).not.toContain('waiting for Deploy');
  expect(after.id).toBe(before.id);
  expect(await everything()).toEqual(rows);
  // Each has a page of their own: nobody else's was drawn.
  expect(published().filter((call) => call.args.user_id !== BOB || call.outcome !== 'ok')).toEqual([]);
});

test.each([
  ['a guest', GUS, 'guest', {}],
  ['a person of another company', SAM, 'another workspace', {}],
  ['a deactivated person', BOB, 'deactivated', { deleted: true }],
])('%s is told why, and sees nothing of the services', async (_, user, why, change) => {
  team = await startTeam();
  await release(team, await land(team, 'Secret title'));
  team.slack.changeUser(user, change);
  const { words, json } = await open(user);
  expect(words).toContain('This page is for full members of this workspace');
  expect(words).toContain(why);
  expect(json).not.toMatch(/Secret|shop|release|"button"/);
});

test('a member who becomes a guest loses the page drawn before', async () => {
  team = await startTeam();
  await release(team, await land(team, 'Secret title'));
  expect((await open(BOB)).words).toContain('Secret title');
  team.slack.changeUser(BOB, { guest: 'restricted' });
  await refresh(BOB);
  // What was drawn may have been an update that was on its way.
  const { json } = await homeSays(team, BOB, 'you are a guest');
  expect(json).not.toMatch(/Secret|shop/);
});

test('while Slack does not say who the person is nothing is shown, and Refresh asks again', async () => {
  team = await startTeam();
  await land(team, 'Secret title');
  team.slack.fail('users.info', { kind: 'http', status: 500 });
  const { words, json } = await open(BOB);
  expect(words).toContain('Slack did not confirm who you are');
  expect(json).not.toMatch(/Secret|shop/);
  expect((await refresh(BOB)).words).toContain('waiting for Deploy');
});

test.each(['ratelimited', 'internal_error'])(
  'what Slack refuses with %s is logged, and the next opening draws',
  async (error) => {
    team = await startTeam();
    await land(team, 'Secret title');
    team.slack.fail('views.publish', { kind: 'error', error });
    expect((await team.slack.openHome({ user: BOB })).status).toBe(200);
    const told = await until('a line in the log', () =>
      team.logged.find((line) => line.includes('a Home tab could not')),
    );
    expect(JSON.parse(told)).toMatchObject({ level: 'warn', fault: error === 'ratelimited' ? 'rate limited' : error });
    expect(told).not.toMatch(/Secret|blocks|xoxb/);
    expect(team.slack.home(BOB)).toBeUndefined();
    expect((await open(BOB)).words).toContain('Secret title');
  },
);

test('a disabled Home tab is logged once, with the fix', async () => {
  team = await startTeam();
  team.slack.fail('views.publish', { kind: 'error', error: 'not_enabled' }, 3);
  for (const user of [ALICE, BOB, DAVE]) await team.slack.openHome({ user });
  await until('three are refused', () => published().filter((call) => call.outcome === 'not_enabled').length === 3);
  await open(BOB);
  const lines = team.logged.filter((line) => line.includes('Home tab'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('App Home, Show Tabs');
});

test('opening the Messages tab draws nothing', async () => {
  team = await startTeam();
  await team.slack.openHome({ user: BOB, tab: 'messages' });
  await open(BOB);
  expect(published()).toHaveLength(1);
});

test('when services cannot be read the page says so instead of showing old data, and Refresh reads them again', async () => {
  team = await startTeam();
  const sha = await land(team, 'Add prices');
  await open(BOB);
  await team.rows('alter table changes rename column title to title_away');
  const { words } = await refresh(BOB);
  expect(words).toContain('could not be read right now');
  expect(words).not.toContain(short(sha));
  await team.rows('alter table changes rename column title_away to title');
  expect((await refresh(BOB)).words).toContain('Add prices');
});

test('sixty services fit on the page, each with what is live', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `service-${index}`);
  const services = names
    .map(
      (name) => `  - name: ${name}
    repository: acme/shop
    staging: { workflow: ${name}.yml }
    production: { workflow: ${name}-production.yml }
    deployers: [${BOB}]`,
    )
    .join('\n');
  team = await startTeam({ config: configOf({ services }) });
  const { words, definition } = await open(BOB);
  expect(words).toContain('61 services');
  for (const name of names) expect(words).toContain(`${name} · nothing live yet`);
  expect((definition.blocks as unknown[]).length).toBeLessThanOrEqual(100);
});
