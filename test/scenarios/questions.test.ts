import { plainText } from '../../sandbox/slack/reading.js';
import { answersOfRun, askedBy, CHECKS, modalOf, QUESTIONS, startAsking } from '../support/asking.js';
import { openHome, pressAtHome } from '../support/home.js';
import { FAYE, WAITING } from '../support/leads.js';
import {
  card,
  counts,
  deploymentsOf,
  dispatches,
  land,
  press,
  quiet,
  refusals,
  short,
  stands,
  told,
  whileInboxLocked,
  withButton,
} from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What is asked before a deployment, and what its answers are bound to. */

let team: Team;
afterEach(() => team.stop());

const said = { 'answer:strategy': 'all at once', 'answer:migrate': 'true', 'answer:note': 'Prices <change> & *move*' };
const SHOWN = 'Answers · How? all at once · Run the migrations? yes · Note for support: Prices <change> & *move*';

test('Deploy asks in a modal; the answers are on the card from then on, in the ledger, in history, and inputs of the run', async () => {
  team = await startAsking(QUESTIONS + CHECKS);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  const { confirm } = await team.slack.click({ user: ALICE, channel: on.channel, ts: on.ts, button: 'Deploy' });
  expect(confirm).toBeUndefined();
  const view = await modalOf(team, ALICE);
  for (const words of [`shop ${short(sha)} “Add prices” to production`, 'first deployment: 1 change ships', 'How?'])
    expect(view.words).toContain(words);
  const place = JSON.parse(String(view.definition.private_metadata));
  expect(place).toMatchObject({ change: expect.stringMatching(/^[0-9a-f-]{36}$/), channel: SHOP, home: null });
  expect(await counts(team, 'deployments')).toEqual([0]);
  const checklist = ['The runbook was read', 'Support knows'];
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { ...said, checklist } });
  const row = await stands(team, sha, 'deploying');
  expect(team.slack.modals(ALICE)).toEqual([]);
  expect(answersOfRun(team)).toEqual({ strategy: 'all at once', migrate: 'true', note: said['answer:note'] });
  const runs = ['deploying', SHOWN, 'Checked · The runbook was read · Support knows'];
  await card(team, sha, runs, ['Cancel']);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, sha, ['live', SHOWN], []);
  const [line] = await team.rows("select detail from ledger where kind = 'requested'");
  expect(line?.detail).toMatchObject({
    ...{ answer_strategy: 'all at once', answer_migrate: 'yes', answer_note: 'Prices <change> & *move*' },
    checked: 'The runbook was read; Support knows',
  });
  await team.slack.command({ user: BOB, channel: SHOP, text: 'history shop' });
  await told(team, BOB, 'How? all at once · Run the migrations? yes');
  await team.slack.command({ user: BOB, channel: SHOP, text: `history shop ${short(sha)}` });
  await told(
    team,
    BOB,
    'strategy: all at once',
    'note: Prices <change>',
    'checked: The runbook was read; Support knows',
  );
});

test('who changes nothing deploys with the defaults; a text that is left empty is not sent', async () => {
  team = await startAsking();
  const sha = await land(team);
  const view = await askedBy(team, DAVE, sha);
  await team.slack.submit({ user: DAVE, viewId: view.id, values: {} });
  await stands(team, sha, 'deploying');
  const body = dispatches(team)[0]?.body as { inputs: object };
  expect(body.inputs).toMatchObject({ strategy: 'rolling', migrate: 'false', region: 'eu' });
  expect(body.inputs).not.toHaveProperty('note');
  await card(team, sha, ['How? rolling · Run the migrations? no · Note for support: (nothing)'], ['Cancel']);
});

test('approvers see the answers before they approve, on the card, on Home and in the confirmation', async () => {
  const service = '    approvals: { required: 1, from: [S0LEADS] }\n';
  team = await startAsking(QUESTIONS, { service });
  const sha = await land(team);
  const view = await askedBy(team, ALICE, sha);
  await team.slack.submit({ user: ALICE, viewId: view.id, values: said });
  const on = await card(team, sha, ['waiting for approval', SHOWN], WAITING);
  const { words } = await openHome(team, FAYE);
  expect(words).toContain(SHOWN);
  const pressed = await team.slack.click({ user: FAYE, channel: on.channel, ts: on.ts, button: 'Approve' });
  expect(pressed.confirm?.text).toContain('Answers: How? all at once · Run the migrations? yes');
  await stands(team, sha, 'deploying');
  expect(answersOfRun(team)).toMatchObject({ strategy: 'all at once', migrate: 'true' });
});

test('another answer than the default from somebody who may not give it is refused with the rule, after a look-up', async () => {
  team = await startAsking();
  const sha = await land(team);
  const view = await askedBy(team, DAVE, sha);
  await team.slack.submit({ user: DAVE, viewId: view.id, values: { 'answer:migrate': 'true' } });
  await told(team, DAVE, 'You may not answer Run the migrations?', 'with yes', '@leads and alice', 'the default, no');
  expect(await counts(team, 'deployments')).toEqual([0]);
  expect(await refusals(team)).toEqual([`${DAVE}: may not answer`]);
  // By the group, as it is now.
  team.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: '@leads', users: [DAVE] });
  const again = await askedBy(team, DAVE, sha);
  await team.slack.submit({ user: DAVE, viewId: again.id, values: { 'answer:migrate': 'true' } });
  await stands(team, sha, 'deploying');
});

test('each line of the checklist must be ticked; what is wrong is said at its field, and nothing is recorded', async () => {
  team = await startAsking(`${QUESTIONS.replace('required: false', 'required: true')}${CHECKS}`);
  const sha = await land(team);
  const view = await askedBy(team, ALICE, sha);
  const send = (values: Record<string, string | string[]>) =>
    team.slack.submit({ user: ALICE, viewId: view.id, values });
  await expect(send({ 'answer:note': 'x' })).rejects.toThrow('"Before you deploy" is required');
  await send({ 'answer:note': '  ', checklist: ['Support knows'] });
  expect(team.slack.modals(ALICE)[0]?.errors).toEqual({
    'answer:note': 'This needs an answer.',
    checklist: expect.stringContaining('1 line not ticked'),
  });
  await quiet(team);
  expect([await counts(team, 'deployments'), await refusals(team)]).toEqual([[0], []]);
  await send({ 'answer:note': 'Prices', checklist: ['Support knows', 'The runbook was read'] });
  await stands(team, sha, 'deploying');
});

test('a forged choice is refused at its field, and so is an input that is not asked', async () => {
  team = await startAsking();
  const sha = await land(team);
  const view = await askedBy(team, ALICE, sha);
  const blocks = view.definition.blocks as { block_id?: string; element?: { options: object[]; action_id: string } }[];
  const strategy = blocks.find(({ block_id }) => block_id === 'answer:strategy');
  strategy?.element?.options.push({ text: { type: 'plain_text', text: 'mars' }, value: 'mars' });
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { 'answer:strategy': 'mars' } });
  expect(team.slack.modals(ALICE)[0]?.errors).toEqual({ 'answer:strategy': expect.stringContaining('not offered') });
  Object.assign(strategy as object, { block_id: 'answer:sha' });
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { 'answer:sha': 'rolling' } });
  expect(team.slack.modals(ALICE)[0]?.errors).toEqual({ 'answer:sha': expect.stringContaining('not asked') });
  await quiet(team);
  expect([await counts(team, 'deployments'), await refusals(team)]).toEqual([[0], []]);
});

test('sent twice it is one press; while nothing can be saved the modal says so and stays', async () => {
  team = await startAsking(QUESTIONS, { deadlines: 'real' });
  const sha = await land(team);
  const view = await askedBy(team, ALICE, sha);
  const send = () => team.slack.submit({ user: ALICE, viewId: view.id, values: said });
  await quiet(team);
  await whileInboxLocked(team, async () => {
    await send();
    expect(team.slack.modals(ALICE)[0]?.errors).toEqual({
      'answer:strategy': expect.stringContaining('nothing was recorded'),
    });
  });
  const sent = await send();
  await team.slack.replay(sent.request);
  await stands(team, sha, 'deploying');
  await quiet(team);
  expect([await counts(team, 'deployments', 'approvals'), dispatches(team)]).toMatchObject([[1, 1], { length: 1 }]);
});

test('a newer change that passed meanwhile is explained, and a press beside it joins what is under way', async () => {
  team = await startAsking();
  const sha = await land(team);
  const old = await askedBy(team, ALICE, sha);
  const newer = await land(team, 'Add a basket');
  await team.slack.submit({ user: ALICE, viewId: old.id, values: said });
  await told(team, ALICE, 'superseded by', short(newer));
  const both = [await askedBy(team, ALICE, newer), await askedBy(team, DAVE, newer)];
  await team.slack.submit({ user: ALICE, viewId: both[0]?.id ?? '', values: said });
  await stands(team, newer, 'deploying');
  await team.slack.submit({ user: DAVE, viewId: both[1]?.id ?? '', values: { 'answer:strategy': 'rolling' } });
  await told(team, DAVE, 'is already under way', 'What alice answered holds', 'How? all at once');
  expect(answersOfRun(team)).toMatchObject({ strategy: 'all at once' });
  expect(await counts(team, 'deployments')).toEqual([1]);
});

test('nobody is asked where Deploy would come to nothing: who may not, and while it is locked', async () => {
  team = await startAsking();
  const sha = await land(team);
  const { ts, blocks } = await withButton(team, sha, 'Deploy');
  await press(team, BOB, sha, 'Deploy');
  await told(team, BOB, 'not a deployer of shop');
  await team.slack.command({ user: DAVE, channel: SHOP, text: 'lock shop Broken tests' });
  await told(team, DAVE, 'locked');
  await team.slack.clickStale({ user: ALICE, channel: SHOP, ts, blocks, button: 'Deploy' });
  await told(team, ALICE, 'is locked by dave');
  expect([team.slack.modals(BOB), team.slack.modals(ALICE)]).toEqual([[], []]);
});

test('Home and the question of a typed deploy ask, too', async () => {
  team = await startAsking();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const { words } = await openHome(team, ALICE);
  expect(words).toContain('waits for Deploy');
  await pressAtHome(team, ALICE, 'Deploy');
  await modalOf(team, ALICE);
  await team.slack.command({ user: DAVE, channel: SHOP, text: 'deploy shop' });
  const question = await told(team, DAVE, 'Deploy shop', '?');
  await team.slack.click({ user: DAVE, channel: SHOP, ts: question.ts, button: 'Deploy' });
  const view = await modalOf(team, DAVE);
  await team.slack.submit({ user: DAVE, viewId: view.id, values: {} });
  await stands(team, sha, 'deploying');
  await told(team, DAVE, 'is recorded', 'How? rolling');
});

test('Retry keeps the answers and says so; Roll back asks nothing and takes the defaults', async () => {
  team = await startAsking();
  const first = await land(team);
  const view = await askedBy(team, ALICE, first);
  await team.slack.submit({ user: ALICE, viewId: view.id, values: said });
  const { run_id } = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'failure' });
  const pressed = await press(team, ALICE, first, 'Retry');
  expect(pressed.confirm?.text).toContain('It keeps its answers: How? all at once');
  await until('a second run', () => team.production().length === 2);
  expect(answersOfRun(team)).toEqual({ strategy: 'all at once', migrate: 'true', note: said['answer:note'] });
  const again = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(again.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  const second = await land(team, 'Add a basket');
  const other = await askedBy(team, ALICE, second);
  await team.slack.submit({ user: ALICE, viewId: other.id, values: said });
  const next = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(next.run_id), { conclusion: 'success' });
  await press(team, DAVE, second, 'Roll back');
  await until('a fourth run', () => team.production().length === 4);
  expect(answersOfRun(team)).toEqual({ strategy: 'rolling', migrate: 'false', note: '' });
  expect((await deploymentsOf(team, first)).map(({ kind }) => kind)).toEqual(['deploy', 'retry', 'roll back']);
});

test('without questions everything stays as it was: a confirmation, and no modal', async () => {
  team = await startTeam({ config: configOf() });
  const sha = await land(team);
  const { confirm } = await press(team, ALICE, sha, 'Deploy');
  expect(confirm?.text).toContain(`Deploy shop ${short(sha)} to production?`);
  await stands(team, sha, 'deploying');
  const [row] = await team.rows('select answered from deployments');
  expect([row?.answered, team.slack.modals(ALICE)]).toEqual([null, []]);
  expect(plainText(await card(team, sha, ['deploying'], ['Cancel']))).not.toContain('Answers');
});
