import { homeOf, homeSays, openHome, pressAtHome } from '../support/home.js';
import { ERIN, FAYE, LEADS, startWithLeads, WAITING } from '../support/leads.js';
import {
  AUTHOR,
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  refusals,
  short,
  stands,
} from '../support/releases.js';
import { ALICE, BOB, DAVE, DEPLOYERS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** On the Home tab, what one must decide comes first, with the buttons of the cards, and it keeps up by itself. */

let team: Team;
afterEach(() => team.stop());

/** Dave asks to deploy what octocat wrote; his leads are to approve. */
async function requested(title = 'Add prices'): Promise<string> {
  const sha = await land(team, title);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  return sha;
}

/** Everybody who was written to directly. */
const written = () =>
  [...team.slack.workspace.users.values()]
    .filter((one) => !one.bot && team.slack.dms(one.id).length > 0)
    .map(({ id }) => id);

test('what waits for my approval comes first, is approved right there, and the page follows it until it is live', async () => {
  team = await startWithLeads();
  const sha = await requested();
  const { words, buttons } = await openHome(team, FAYE);
  expect(words.split('\n').slice(0, 3)).toEqual([
    '1 request waits for your approval',
    expect.stringMatching(new RegExp(`shop · ${short(sha)} “Add prices” · requested by dave, expires .* · card`)),
    expect.stringContaining('first deployment'),
  ]);
  expect(buttons.slice(0, 3)).toEqual(['Approve', 'Reject', 'What ships']);
  const { confirm } = await pressAtHome(team, FAYE, 'Approve');
  expect(confirm?.text).toContain(`Approve shop ${short(sha)}`);
  const row = await stands(team, sha, 'deploying');
  await homeSays(team, FAYE, 'Nothing waits for you', `deploying ${short(sha)}`);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await homeSays(team, FAYE, `live ${short(sha)}`);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 2]);
  // The page itself is the answer.
  await quiet(team);
  expect(written()).toEqual([]);
});

test('Reject there asks for the reason, the requester is told, and the page is done with it', async () => {
  team = await startWithLeads();
  const sha = await requested();
  await openHome(team, ERIN);
  await pressAtHome(team, ERIN, 'Reject');
  const modal = await until('a modal that asks why', () => team.slack.modals(ERIN)[0]);
  await team.slack.submit({ user: ERIN, viewId: modal.id, values: { reason: 'Not before the fair' } });
  await stands(team, sha, 'rejected');
  await homeSays(team, ERIN, 'Nothing waits for you');
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('Not before the fair'));
});

/** More than the ten minutes pass, and then somebody else opens their Home tab. */
async function pass(): Promise<void> {
  await team.moveClock(660_000);
  await openHome(team, BOB);
}

test('a press on a page that has been open for long is followed there, and so is a reason that was sent late', async () => {
  team = await startWithLeads(1, { movableClock: true });
  const first = await requested();
  await openHome(team, FAYE);
  await pass();
  await pressAtHome(team, FAYE, 'Approve');
  const row = await stands(team, first, 'deploying');
  await homeSays(team, FAYE, 'Nothing waits for you', `deploying ${short(first)}`);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await homeSays(team, FAYE, `live ${short(first)}`);

  const second = await requested('Add a basket');
  await homeSays(team, FAYE, 'waits for your approval', 'Add a basket');
  await pressAtHome(team, FAYE, 'Reject');
  const modal = await until('a modal that asks why', () => team.slack.modals(FAYE)[0]);
  await pass();
  await team.slack.submit({ user: FAYE, viewId: modal.id, values: { reason: 'Not before the fair' } });
  await stands(team, second, 'rejected');
  await homeSays(team, FAYE, 'Nothing waits for you');
  await quiet(team);
  expect(written()).toEqual([DAVE]);
});

test('nobody is shown a request that is their own, that they wrote, that they approved, or that others may approve', async () => {
  team = await startWithLeads(2);
  const { sha } = await team.github.land('acme/shop', {
    title: 'Add a till',
    author: { login: 'octo-erin', name: 'Erin', email: 'e@acme.test' },
  });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  const none = 'Nothing waits for you';
  expect((await openHome(team, ALICE)).words).toContain(none);
  const erins = (await openHome(team, ERIN)).words;
  expect(erins).toContain(none);
  expect(erins).toMatch(new RegExp(`Your changes\n.*shop · ${short(sha)} “Add a till” · .*waiting for approval`));
  expect((await openHome(team, BOB)).words).toContain(none);
  expect((await openHome(team, FAYE)).words).toContain('2 approvals missing');
  await pressAtHome(team, FAYE, 'Approve');
  await homeSays(team, FAYE, none);
  expect((await deploymentsOf(team, sha))[0]?.status).toBe('waiting');
});

test('what I may deploy has Deploy with its question; it starts one run, and the page follows it', async () => {
  team = await startTeam({ replicas: 2 });
  const sha = await land(team);
  const { words, buttons } = await openHome(team, DAVE);
  expect(words).toMatch(new RegExp(`^1 change waits for Deploy\n.*shop · ${short(sha)} “Add prices” · passed staging`));
  expect(buttons.slice(0, 2)).toEqual(['Deploy', 'What ships']);
  const bobs = await openHome(team, BOB);
  expect([bobs.words.includes('Nothing waits for you'), bobs.buttons]).toEqual([true, ['Refresh']]);
  const { confirm } = await pressAtHome(team, DAVE, 'Deploy');
  expect(confirm?.text).toBe(`Deploy shop ${short(sha)} to production? It is the first deployment: 1 change ships.`);
  const row = await stands(team, sha, 'deploying');
  await homeSays(team, DAVE, `deploying ${short(sha)}`, 'Nothing waits for you');
  await homeSays(team, BOB, `deploying ${short(sha)}`);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const { words: after } = await homeSays(team, DAVE, `live ${short(sha)}`);
  expect(after).toMatch(new RegExp(`Your changes\n.*${short(sha)} “Add prices” · .*live since`));
  expect(team.production()).toHaveLength(1);
  await quiet(team);
  expect(written()).toEqual([]);
});

test('who left a group still sees its buttons for a while, and is refused when pressing, alone', async () => {
  team = await startTeam();
  const sha = await land(team);
  await openHome(team, DAVE);
  team.slack.setGroupUsers(DEPLOYERS, []);
  await pressAtHome(team, DAVE, 'Deploy');
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('not a deployer of shop'));
  await quiet(team);
  expect(await refusals(team)).toEqual([`${DAVE}: not a deployer`]);
  expect([await deploymentsOf(team, sha), written(), team.production()]).toEqual([[], [DAVE], []]);
});

test('while Slack does not say who is in which group, what is named by id is shown, and that more may be missing', async () => {
  team = await startTeam();
  await land(team);
  team.slack.fail('usergroups.list', { kind: 'error', error: 'internal_error' }, Number.POSITIVE_INFINITY);
  expect((await openHome(team, DAVE)).words).toContain('Slack does not say which groups you are in');
  const { buttons } = await openHome(team, ALICE);
  expect(buttons[0]).toBe('Deploy');
});

test('whoever opened it at one replica sees what another one did, and a lock is followed by Why not? in the place of Deploy', async () => {
  team = await startTeam({ replicas: 2 });
  const sha = await land(team);
  await openHome(team, ALICE);
  const [, other] = team.running;
  if (other) team.point(other);
  await team.slack.command({ user: DAVE, channel: 'C0SHOP', text: 'lock shop Stocktaking' });
  await homeSays(team, ALICE, 'locked by dave: Stocktaking');
  await until('Why not?', () => homeOf(team, ALICE)?.buttons.slice(0, 2).join() === 'Why not?,What ships');
  await pressAtHome(team, ALICE, 'Why not?');
  const answer = await until('Alice is answered', () => team.slack.dms(ALICE)[0]);
  expect(JSON.stringify(answer)).toContain('Stocktaking');
  expect(JSON.stringify(answer)).toContain(short(sha));
});

test('my changes are those of my GitHub login, each with where it is', async () => {
  team = await startWithLeads(0, {}, '', `${AUTHOR.login}: U0BOB`);
  const first = await land(team, 'Add prices');
  const second = await land(team, 'Add a basket');
  await openHome(team, BOB);
  await homeSays(team, BOB, `${short(first)} “Add prices” · :fast_forward: will ship with ${short(second)}`);
  await press(team, DAVE, second, 'Deploy');
  const row = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const { words } = await homeSays(team, BOB, `shipped with ${short(second)}`);
  expect(words).toMatch(new RegExp(`${short(second)} “Add a basket” · .*live since`));
});

test('when Slack limits the Home tab, cards are drawn all the same, and the page follows later', async () => {
  team = await startTeam();
  await openHome(team, BOB);
  team.slack.fail('views.publish', { kind: 'error', error: 'ratelimited', retryAfter: 1 }, 2);
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await homeSays(team, BOB, `waiting for Deploy: ${short(sha)}`);
});

test('who becomes a guest loses what the page showed, without opening it again', async () => {
  team = await startWithLeads();
  await land(team, 'Secret title');
  await openHome(team, FAYE);
  team.slack.changeUser(FAYE, { guest: 'restricted' });
  team.slack.setGroupUsers(LEADS, []);
  await land(team, 'Another one');
  const { json } = await homeSays(team, FAYE, 'you are a guest');
  expect(json).not.toContain('Secret');
});
