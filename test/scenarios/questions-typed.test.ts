import { plainText } from '../../sandbox/slack/reading.js';
import { answersOfRun, askedBy, CHECKS, modalOf, QUESTIONS, startAsking } from '../support/asking.js';
import {
  card,
  counts,
  deploymentsOf,
  land,
  quiet,
  refusals,
  short,
  stands,
  told,
  withButton,
} from '../support/releases.js';
import { ALICE, DAVE, SHOP, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The same questions, answered in a typed line; and what the other rules make of them. */

let team: Team;
afterEach(() => team.stop());

const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });

test('deploy SERVICE SHA with answers deploys at once; those that are missing are the defaults', async () => {
  team = await startAsking();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await type(ALICE, `deploy shop ${short(sha)} Strategy=“All at once” migrate=yes`);
  await told(team, ALICE, 'is recorded', 'How? all at once · Run the migrations? yes · Note for support: (nothing)');
  await stands(team, sha, 'deploying');
  expect(answersOfRun(team)).toEqual({ strategy: 'all at once', migrate: 'true', note: '' });
});

test('what is not asked, not offered or answered twice is answered with the nearest match and the questions, and nothing is recorded', async () => {
  team = await startAsking();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const lines = ['strategy=rolling How?: rolling, all at once · default rolling', 'note="…" Note for support'];
  for (const [typed, ...words] of [
    ['stratgy=rolling', 'shop does not ask stratgy. Did you mean strategy?', ...lines],
    ['strategy="all at one"', 'all at one is no answer to strategy. Did you mean all at once?', ...lines],
    ['migrate=perhaps', 'perhaps is no answer to migrate', ...lines],
    ['migrate=yes migrate=no', 'migrate is answered twice', ...lines],
    ['migrate=yes now', 'now is more than deploy accepts'],
  ]) {
    await type(ALICE, `deploy shop ${short(sha)} ${typed}`);
    await told(team, ALICE, ...words);
  }
  await quiet(team);
  expect([await counts(team, 'deployments'), await refusals(team)]).toEqual([[0], []]);
});

test('a required answer that is missing is refused with what is missing, and a button that asks', async () => {
  team = await startAsking(`${QUESTIONS.replace('required: false', 'required: true')}${CHECKS}`);
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await type(ALICE, `deploy shop ${short(sha)} migrate=yes`);
  const words = ['not answered: note', 'not ticked: The runbook was read, Support knows', 'note=… --checked'];
  const answer = await told(team, ALICE, ...words);
  expect(await refusals(team)).toEqual([`${ALICE}: not answered`]);
  await team.slack.click({ user: ALICE, channel: SHOP, ts: answer.ts, button: 'Deploy' });
  await modalOf(team, ALICE);
  await type(ALICE, `deploy shop ${short(sha)} note='Prices up' —checked`);
  await stands(team, sha, 'deploying');
  await card(team, sha, ['Note for support: Prices up', 'Checked · The runbook was read · Support knows'], ['Cancel']);
});

test('break glass brings answers as well, and whoever may not give one is refused', async () => {
  team = await startAsking(QUESTIONS, { service: '    override: [U0ALICE, S0DEPLOY]\n' });
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await type(DAVE, 'lock shop Broken tests');
  await told(team, DAVE, 'locked');
  await type(DAVE, `deploy shop ${short(sha)} migrate=yes --override Fire`);
  await told(team, DAVE, 'You may not answer Run the migrations?');
  await type(ALICE, `deploy shop ${short(sha)} migrate=yes --override Fire`);
  await card(team, sha, ['deploying', 'Run the migrations? yes', 'Break glass by alice: Fire'], ['Cancel']);
});

test('who may no longer give an answer when the turn comes is refused then', async () => {
  team = await startAsking();
  team.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: '@leads', users: [DAVE] });
  const first = await land(team);
  const run = Number((await askedAndSent(first, ALICE, {})).run_id);
  const second = await land(team, 'Add a basket');
  const view = await askedBy(team, DAVE, second);
  await team.slack.submit({ user: DAVE, viewId: view.id, values: { 'answer:migrate': 'true' } });
  await card(team, second, ['queued', 'Run the migrations? yes'], ['Withdraw']);
  team.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: '@leads', users: [] });
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, second, 'rejected');
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('You may not answer'));
  expect(team.production()).toHaveLength(1);
});

test('who is asked to confirm many changes has answered already', async () => {
  team = await startAsking(QUESTIONS, { service: '    max_changes: 1\n' });
  const first = await land(team);
  const { run_id } = await askedAndSent(first, ALICE, {});
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  await land(team, 'Add a basket');
  const sha = await land(team, 'Add a till');
  const view = await askedBy(team, ALICE, sha);
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { 'answer:strategy': 'all at once' } });
  const many = await told(team, ALICE, 'would ship 2 changes at once');
  await team.slack.click({ user: ALICE, channel: SHOP, ts: many.ts, button: 'Deploy all of them' });
  await stands(team, sha, 'deploying');
  expect(answersOfRun(team)).toMatchObject({ strategy: 'all at once' });
});

test('what deploys by itself takes the defaults', async () => {
  team = await startAsking(QUESTIONS, { service: '    mode: continuous\n    hold: 1s\n' });
  const first = await land(team);
  const view = await askedBy(team, ALICE, first);
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { 'answer:strategy': 'all at once' } });
  const { run_id } = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  const second = await land(team, 'Add a basket');
  await stands(team, second, 'deploying');
  expect(answersOfRun(team)).toEqual({ strategy: 'rolling', migrate: 'false', note: '' });
  await card(team, second, ['How? rolling'], ['Cancel']);
  expect((await deploymentsOf(team, second))[0]).toMatchObject({ requested_by: 'pushbutton' });
});

test('Deploy now asks', async () => {
  team = await startAsking(QUESTIONS, { service: '    mode: continuous\n    hold: 1h\n' });
  const first = await land(team);
  const { run_id } = await askedAndSent(first, ALICE, {});
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  const second = await land(team, 'Add a basket');
  const view = await askedBy(team, DAVE, second, 'Deploy now');
  await team.slack.submit({ user: DAVE, viewId: view.id, values: { 'answer:strategy': 'all at once' } });
  await stands(team, second, 'deploying');
  expect(answersOfRun(team)).toMatchObject({ strategy: 'all at once' });
});

test('every stage of a deployment has its answers', async () => {
  const stages = '\n      stages: [{ name: canary, inputs: { target: canary } }, { name: eu, inputs: { target: eu } }]';
  team = await startAsking(QUESTIONS + stages);
  team.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: '@leads', users: [DAVE] });
  const sha = await land(team);
  const { run_id } = await askedAndSent(sha, DAVE, { 'answer:migrate': 'true' });
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await until('a second stage', () => team.production().length === 2);
  expect(team.production().map(({ inputs }) => [inputs.target, inputs.migrate])).toEqual([
    ['canary', 'true'],
    ['eu', 'true'],
  ]);
  const last = team.production().at(-1)?.id ?? 0;
  await team.github.completeRun(last, { conclusion: 'success' });
  await card(team, sha, ['live', 'Run the migrations? yes'], []);
});

test('a long answer is one line of the card, which stays within what Slack takes', async () => {
  team = await startAsking();
  const sha = await land(team);
  const view = await askedBy(team, ALICE, sha);
  const note = `${'\u{1F680}'.repeat(400)}<!channel>`;
  await team.slack.submit({ user: ALICE, viewId: view.id, values: { 'answer:note': note } });
  await stands(team, sha, 'deploying');
  expect(answersOfRun(team).note).toBe(note);
  const drawn = await card(team, sha, ['Note for support: \u{1F680}'], ['Cancel']);
  expect(plainText(drawn).length).toBeLessThan(1_000);
});

async function askedAndSent(sha: string, user: string, values: Record<string, string>) {
  const view = await askedBy(team, user, sha);
  await team.slack.submit({ user, viewId: view.id, values });
  return stands(team, sha, 'deploying');
}
