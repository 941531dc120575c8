import { card, land, quiet, start, withButton } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What a replica costs its database when nothing happens, and when nobody answers: no loop runs hot, no transaction waits. */

let team: Team;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real' });
});
afterEach(() => team.stop());

/** Transactions of the team's database, as its server counts them (every second or so). */
async function transactions(): Promise<number> {
  const [row] = await team.rows<{ count: number }>(
    `select (xact_commit + xact_rollback)::float8 as count from pg_stat_database where datname = current_database()`,
  );
  return row?.count ?? 0;
}
/** Open for longer than a second, of any replica. */
const open = () =>
  team.rows(
    `select state, query from pg_stat_activity where datname = current_database() and application_name = 'pushbutton'
       and state <> 'idle' and xact_start < clock_timestamp() - interval '1 second'`,
  );

/** So many a second while `watch` looks on, over five seconds. */
async function aSecond(watch: () => Promise<unknown> = async () => {}): Promise<number> {
  const from = await transactions();
  const began = performance.now();
  const passed = async () => {
    await watch();
    return performance.now() - began > 5_000;
  };
  await until('five seconds', passed, 10_000);
  return ((await transactions()) - from) / ((performance.now() - began) / 1_000);
}

/** Longer than any pause between two looks of a replica at rest but those of minutes. */
const REST_MS = 20_000;

test('a replica at rest sends at most four statements a second', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  const sent = statementsSent();
  const began = performance.now();
  await until('a while', () => performance.now() - began > REST_MS, 2 * REST_MS);
  const seconds = (performance.now() - began) / 1_000;
  expect(sent.stop().length / seconds).toBeLessThanOrEqual(4);
}, 120_000);

test('a replica that follows a run makes few database transactions', async () => {
  const sha = await land(team);
  await start(team, ALICE, sha);
  await quiet(team);
  expect(await aSecond()).toBeLessThan(40);
});

test('while Slack and GitHub hang a replica makes few database transactions, and none waits for them', async () => {
  const first = await land(team);
  await start(team, ALICE, first);
  const second = await land(team, 'Add a till');
  const on = await withButton(team, second, 'Deploy');
  await quiet(team);
  team.slack.fail('*', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  team.github.fail('*', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  await team.slack.click({ user: ALICE, channel: SHOP, ts: on.ts, button: 'Deploy' });
  await team.github.land('acme/shop', { title: 'Add a basket' });
  const found: unknown[] = [];
  const rate = await aSecond(async () => found.push(...(await open())));
  expect(found).toEqual([]);
  expect(rate).toBeLessThan(150);
  team.slack.clearFaults();
  team.github.heal();
  await card(team, first, ['deploying'], ['Cancel']);
}, 60_000);
