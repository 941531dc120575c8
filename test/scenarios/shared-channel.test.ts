import { logOf } from '../support/job-log.js';
import { card, land, release, short, stands } from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A channel that people of other organisations read gets no Deploy button. */

let team: Team;
beforeEach(async () => {
  team = await startTeam({ replicas: 2 });
});
afterEach(() => team.stop());

const look = async () => {
  await until('a first look', async () => (await team.rows('select 1 from channels where channel = $1', [SHOP]))[0]);
  await team.rows("update channels set looked_at = now() - interval '1 hour'");
  await team.rows("update turns set next_at = now() where name = 'channels'");
  await until(
    'another',
    async () => (await team.rows("select 1 from channels where looked_at > now() - interval '1 minute'"))[0],
  );
};
const warnings = async () => {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  return ((await answer.json()) as { warnings: string[] }).warnings.join();
};

test('cards in a shared channel show the command instead of Deploy, which is back when sharing ends', async () => {
  const first = await land(team);
  await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  team.slack.changeChannel(SHOP, { ext_shared: true });
  await look();
  await card(team, first, ['passed staging', `/release deploy shop ${short(first)}`], ['What ships']);
  expect(await warnings()).toContain('channel C0SHOP, sharing: it is shared with another organisation');
  const second = await land(team, 'Add a till');
  await card(team, second, ['passed staging', 'Other organisations read this channel'], ['What ships']);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(second)}` });
  const row = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, second, ['live'], []);
  team.slack.changeChannel(SHOP, { ext_shared: false });
  await look();
  const third = await land(team, 'Add a basket');
  await release(team, third);
  expect(await warnings()).toBe('');
});

test('the thread of a failed change says nothing there that tools have printed', async () => {
  team.slack.changeChannel(SHOP, { ext_shared: true });
  await look();
  const { sha, runId: run } = await team.github.push('acme/shop', {
    title: 'Add prices',
    author: { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' },
  });
  await team.github.advance(run, { job: 'test', status: 'completed', conclusion: 'failure', silent: true });
  const printed = { command: 'npm test', lines: ['the price list of Acme is wrong'], error: 'exit code 1' };
  team.github.jobLog(run, 'test', logOf(new Date(team.now()), printed));
  await team.github.completeRun(run, { conclusion: 'failure' });
  const on = await card(team, sha, ['failed staging'], ['Re-run']);
  await until(
    'it is known why',
    async () => (await team.rows('select from failures where ended_at is not null')).length === 1,
  );
  expect(JSON.stringify(team.slack.thread(SHOP, on.ts))).not.toContain('price list');
});
