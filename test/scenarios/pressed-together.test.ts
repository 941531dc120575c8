import { verifyLedger } from '../../src/audit/verify.js';
import { card, counts, dispatches, land, quiet, refusals, stands, withButton } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, BOB, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Many people press at the same moment: what waits for one service is decided together, and each is answered alone. */

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

/** Nothing about the service can be decided meanwhile: the first command waits in the database, the others for their turn. */
async function whileUndecided(act: () => Promise<void>): Promise<void> {
  await quiet(team);
  const other = await team.pool.connect();
  try {
    await other.query("begin; select from services where name = 'shop' for update");
    await act();
  } finally {
    await other.query('rollback');
    other.release();
  }
  await quiet(team);
}
const intact = async () => expect(await verifyLedger(team.pool, null)).toMatchObject({ broken: null, unguarded: [] });

test('thirty presses at once are one deployment, and everybody is told what came of theirs', async () => {
  const sha = await land(team);
  const users = Array.from({ length: 10 }, () => [ALICE, DAVE, BOB]).flat();
  const { ts } = await withButton(team, sha, 'Deploy');
  const sent = statementsSent();
  await whileUndecided(async () => {
    for (const user of users) await team.slack.click({ user, channel: SHOP, ts, button: 'Deploy' });
  });
  const locks = sent.stop().filter((name) => name === 'lock-service').length;
  // Thirty presses, the start and its answer, the looks of the queue.
  expect(locks).toBeLessThan(20);
  await stands(team, sha, 'deploying');
  expect(dispatches(team)).toHaveLength(1);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(await refusals(team)).toEqual(Array(10).fill(`${BOB}: not a deployer`));
  const merged = await team.rows("select actor from ledger where kind = 'merged'");
  expect(merged).toHaveLength(19);
  // The first press is answered by the card.
  const toldOf = (user: string) => team.slack.ephemerals(user).length;
  expect(toldOf(BOB)).toBe(10);
  expect(toldOf(ALICE) + toldOf(DAVE)).toBe(19);
  await intact();
});

test('a press that cannot be saved fails alone and is tried again; the others are decided', async () => {
  const sha = await land(team);
  await team.rows(`create function refuse_bob() returns trigger language plpgsql as $$
    begin raise exception 'not now'; end $$`);
  await team.rows(`create trigger refuse_bob before insert on ledger for each row when (new.actor = '${BOB}')
    execute function refuse_bob()`);
  const { ts } = await withButton(team, sha, 'Deploy');
  for (const user of [BOB, ALICE, DAVE]) await team.slack.click({ user, channel: SHOP, ts, button: 'Deploy' });
  await stands(team, sha, 'deploying');
  await until('the others are decided', async () => {
    const left = await team.rows("select command->'by'->>'user' as user from inbox where handled_at is null");
    return left.length === 1 && left[0]?.user === BOB;
  });
  expect(dispatches(team)).toHaveLength(1);
  expect(await refusals(team)).toEqual([]);
  await team.rows('drop trigger refuse_bob on ledger');
  await until('Bob is refused', async () => (await refusals(team)).length === 1);
  await intact();
});

test('two deployments of one service that are asked for at once: one starts, and the other waits for it', async () => {
  const first = await land(team);
  const second = await land(team, 'Add a till');
  await card(team, second, ['passed staging'], ['Deploy', 'What ships']);
  await whileUndecided(async () => {
    for (const sha of [first, second])
      await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha.slice(0, 10)}` });
  });
  const rows = await team.rows('select status from deployments order by id');
  expect(rows.map(({ status }) => status).sort()).toEqual(['deploying', 'queued']);
  expect(dispatches(team)).toHaveLength(1);
  await intact();
});
