import { ERIN, FAYE, LEADS, startWithLeads, WAITING } from '../support/leads.js';
import { card, counts, land, press, quiet, refusals, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, GUS, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

const open = async (required = 1, more: TeamOptions = {}, service = '') => {
  team = await startWithLeads(required, more, service);
};

const commit = async (title: string, author: { login: string; email: string }, message = title) => {
  const { sha } = await team.github.land('acme/shop', { title: message, author: { name: 'Somebody', ...author } });
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  return sha;
};

test('Deploy first waits for approval, naming who may approve and until when, and one approval starts the run', async () => {
  await open();
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval', '1 approval missing, from', '@leads', 'until'], WAITING);
  await quiet(team);
  expect(team.production()).toEqual([]);
  await press(team, FAYE, sha, 'Approve');
  const row = await stands(team, sha, 'deploying');
  await card(team, sha, ['deploying', 'Approved by faye'], ['Cancel']);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 2]);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  expect(await team.rows("select actor from ledger where kind = 'approved'")).toEqual([{ actor: FAYE }]);
});

test('the requester, a non-approver and a guest cannot approve, each is told why, and nothing starts', async () => {
  await open();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  for (const user of [ALICE, BOB, GUS]) await press(team, user, sha, 'Approve');
  await team.told(ALICE, 'your own request');
  await team.told(BOB, 'not an approver of shop', '@leads');
  await team.told(GUS, 'Only full members');
  await quiet(team);
  expect((await refusals(team)).sort()).toEqual([
    `${ALICE}: own request`,
    `${BOB}: not an approver`,
    `${GUS}: not a full member`,
  ]);
  expect([await counts(team, 'approvals'), team.production()]).toEqual([[1], []]);
});

describe('an author of anything that ships cannot approve', () => {
  beforeEach(() => open());
  const from = async () => {
    const first = await land(team);
    await press(team, DAVE, first, 'Deploy');
    await press(team, FAYE, first, 'Approve');
    const row = await stands(team, first, 'deploying');
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    await stands(team, first, 'live');
  };

  test('known by the GitHub login of a commit below the newest one', async () => {
    await from();
    const own = await commit('Add a till', { login: 'octo-erin', email: 'e@x.test' });
    const newest = await commit('Add a basket', { login: 'octocat', email: 'octo@x.test' });
    await press(team, DAVE, newest, 'Deploy');
    await card(team, newest, ['waiting for approval', '2 changes would ship'], WAITING);
    await press(team, ERIN, newest, 'Approve');
    await team.told(ERIN, 'You wrote', short(own), 'wrote none of it');
    expect(await refusals(team)).toEqual([`${ERIN}: author of what ships`]);
    await press(team, FAYE, newest, 'Approve');
    await stands(team, newest, 'deploying');
  });

  test("known by a co-author's e-mail address, and unknown co-authors are named", async () => {
    await from();
    const message = 'Add a till\n\nCo-authored-by: F <Faye@acme.test>\nCo-authored-by: Zed <zed@elsewhere.test>';
    const sha = await commit('Add a till', { login: 'octo-erin', email: 'e@x.test' }, message);
    await press(team, DAVE, sha, 'Deploy');
    await card(team, sha, ['waiting for approval', 'not found in Slack: Zed'], WAITING);
    for (const user of [ERIN, FAYE]) await press(team, user, sha, 'Approve');
    await team.told(ERIN, 'You wrote', short(sha));
    await team.told(FAYE, 'You wrote', short(sha));
    await press(team, ALICE, sha, 'Approve');
    await stands(team, sha, 'deploying');
    const [line] = await team.rows("select reason from ledger where kind = 'approved' order by seq desc limit 1");
    expect(line?.reason).toContain('Zed');
  });
});

test('the person who opened the pull request is an author, and so is a co-author with a noreply address', async () => {
  await open();
  const message = 'Add a till\n\nCo-authored-by: F <77+faye_acme@users.noreply.github.com>';
  const { sha } = await team.github.land('acme/shop', {
    title: message,
    author: { login: 'octocat', name: 'Octo Cat', email: 'octo@x.test' },
    pullRequest: { author: 'octo-erin' },
  });
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  for (const user of [ERIN, FAYE]) await press(team, user, sha, 'Approve');
  await team.told(ERIN, 'You wrote', short(sha));
  await team.told(FAYE, 'You wrote', short(sha));
  expect(team.slack.calls('users.lookupByEmail').map(({ args }) => args.email)).not.toContainEqual(
    expect.stringContaining('noreply'),
  );
});

test('an unknown author is named as soon as GitHub answers, however late', async () => {
  await open();
  const sha = await land(team);
  await team.rows('delete from commit_authors');
  team.github.fail('commit', { kind: 'slow', ms: 4_000 });
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  await card(team, sha, ['not found in Slack: octocat'], WAITING, 25_000);
}, 60_000);

test('while Slack does not say who the authors are, an approval is refused', async () => {
  await open();
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  team.slack.fail('users.lookupByEmail', { kind: 'refuse' }, 50);
  await press(team, FAYE, sha, 'Approve');
  await team.told(FAYE, 'so nothing was done');
  expect(await refusals(team)).toEqual([`${FAYE}: not looked up`]);
  expect(await counts(team, 'approvals')).toEqual([1]);
});

test('while GitHub refuses to say who opened the pull request, an approval is refused and no author is stored', async () => {
  await open();
  const sha = await commit('Add a till', { login: 'octo-erin', email: 'e@x.test' });
  await team.rows('delete from commit_authors');
  team.github.fail('commit-pulls', { kind: 'status', status: 403 }, 50);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  await press(team, FAYE, sha, 'Approve');
  await team.told(FAYE, 'so nothing was done');
  expect(await team.rows('select 1 from commit_authors')).toEqual([]);
  expect(await counts(team, 'approvals')).toEqual([1]);
});

test('two approvals need two different people, and a second press by the first does not count', async () => {
  await open(2);
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await press(team, FAYE, sha, 'Approve');
  await card(team, sha, ['waiting for approval', 'Approved by faye', '1 approval missing'], WAITING);
  await press(team, FAYE, sha, 'Approve');
  await team.told(FAYE, 'approved', 'already');
  await quiet(team);
  expect(team.production()).toEqual([]);
  await press(team, ERIN, sha, 'Approve');
  await stands(team, sha, 'deploying');
});

test('a deployment that waits for approval holds up no newer one, and is rejected once that is live', async () => {
  await open();
  const first = await land(team);
  await press(team, DAVE, first, 'Deploy');
  await card(team, first, ['waiting for approval'], WAITING);
  const second = await land(team, 'Add a till');
  await press(team, DAVE, second, 'Deploy');
  await press(team, FAYE, second, 'Approve');
  const row = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, second, 'live');
  await press(team, FAYE, first, 'Approve');
  await stands(team, first, 'rejected');
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('is older than what is live'));
  expect(team.production()).toHaveLength(1);
});

test('when an approver leaves the group before the start, the deployment waits for approval again and says why', async () => {
  await open();
  const first = await land(team);
  await press(team, DAVE, first, 'Deploy');
  await press(team, FAYE, first, 'Approve');
  const run = Number((await stands(team, first, 'deploying')).run_id);
  const second = await commit('Add a till', { login: 'octo-x', email: 'x@x.test' });
  await press(team, DAVE, second, 'Deploy');
  await press(team, FAYE, second, 'Approve');
  await stands(team, second, 'queued');
  team.slack.setGroupUsers(LEADS, [ERIN]);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, second, 'waiting');
  await card(team, second, ['waiting for approval', 'void', 'may no longer approve'], WAITING);
  expect(team.production()).toHaveLength(1);
});

test('approvals are void when the deployment ahead fails and more changes would ship', async () => {
  await open();
  await openWithLive();
  const first = await commit('Add a till', { login: 'octo-x', email: 'x@x.test' });
  const run = await approved(first);
  const second = await commit('Add a basket', { login: 'octo-x', email: 'x@x.test' });
  await press(team, DAVE, second, 'Deploy');
  await card(team, second, ['waiting for approval', '1 change would ship'], WAITING);
  await press(team, FAYE, second, 'Approve');
  await stands(team, second, 'queued');
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, second, 'waiting');
  await card(team, second, ['void', 'additional changes', '2 changes would ship'], WAITING);
  await quiet(team);
  expect(team.production()).toHaveLength(2);
  await press(team, FAYE, second, 'Approve');
  await stands(team, second, 'deploying');
});

test('a request stands when fewer changes would ship because another shipped first', async () => {
  await open();
  await openWithLive();
  const first = await commit('Add a till', { login: 'octo-x', email: 'x@x.test' });
  const second = await commit('Add a basket', { login: 'octo-x', email: 'x@x.test' });
  await press(team, DAVE, second, 'Deploy');
  await card(team, second, ['waiting for approval', '2 changes would ship'], WAITING);
  const typed = { user: DAVE, channel: 'C0SHOP', text: `deploy shop ${first}` };
  await team.slack.command(typed);
  await press(team, FAYE, first, 'Approve');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  await press(team, FAYE, second, 'Approve');
  await stands(team, second, 'deploying');
});

/** The reminders in the thread of a card. */
const remindersIn = ({ channel, ts }: { channel: string; ts: string }) =>
  team.slack.thread(channel, ts).filter(({ text }) => text.includes('still missing'));

test('approvers are reminded once in the thread at half time, and at the end the request expires and says so', async () => {
  await open(1, { movableClock: true }, '');
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  const on = await card(team, sha, ['waiting for approval'], WAITING);
  await team.moveClock(61 * 60_000);
  await until('a reminder', () => remindersIn(on).length === 1);
  const reminder = JSON.stringify(remindersIn(on));
  for (const word of ['"usergroup_id":"S0LEADS"', '"user_id":"U0ALICE"', '1 approval still missing'])
    expect(reminder).toContain(word);
  await team.moveClock(60 * 60_000);
  await stands(team, sha, 'expired');
  await card(team, sha, ['passed staging', 'expired: approvals missing: 0 of 1'], ['Deploy', 'What ships']);
  expect(remindersIn(on)).toHaveLength(1);
});

test('with people to escalate to, they are called at half time instead of the approvers', async () => {
  const escalate = 'approvals: { required: 1, from: [S0LEADS, U0ALICE], escalate: [U0BOB] }';
  await open(1, { movableClock: true, config: configOf({ service: `    ${escalate}` }) });
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  const on = await card(team, sha, ['waiting for approval'], WAITING);
  await team.moveClock(61 * 60_000);
  const [reminder] = await until('a reminder', () => {
    const found = remindersIn(on);
    return found.length > 0 && found;
  });
  expect(JSON.stringify(reminder?.blocks)).toContain(`"user_id":"${BOB}"`);
  expect(JSON.stringify(reminder?.blocks)).not.toContain('S0LEADS');
});

test('an author of what ships is not reminded, since they cannot approve', async () => {
  await open(1, { movableClock: true }, '');
  const sha = await commit('Add a till', { login: 'alice-dev', email: 'a@x.test' });
  await press(team, DAVE, sha, 'Deploy');
  const on = await card(team, sha, ['waiting for approval'], WAITING);
  await team.moveClock(61 * 60_000);
  const said = await until('a reminder', () => remindersIn(on)[0]);
  expect(JSON.stringify(said)).toContain('"usergroup_id":"S0LEADS"');
  expect(JSON.stringify(said)).not.toContain('U0ALICE');
});

test('a rollback has its own approval rule: with none required it starts at once', async () => {
  await open(1, {}, '    rollback: { approvals: 0 }');
  await openWithLive();
  const second = await commit('Add a till', { login: 'octo-x', email: 'x@x.test' });
  const run = await approved(second);
  await team.github.completeRun(run, { conclusion: 'success' });
  await press(team, DAVE, second, 'Roll back');
  await until('the roll back runs', () => team.production().length === 3);
});

/** One change is live, approved by Faye. */
async function openWithLive(): Promise<void> {
  const sha = await land(team);
  await team.github.completeRun(await approved(sha), { conclusion: 'success' });
  await stands(team, sha, 'live');
}

/** Asked by Dave, approved by Faye; gives its run. */
async function approved(sha: string): Promise<number> {
  await press(team, DAVE, sha, 'Deploy');
  await press(team, FAYE, sha, 'Approve');
  return Number((await stands(team, sha, 'deploying')).run_id);
}
