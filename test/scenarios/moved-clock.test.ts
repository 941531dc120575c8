import { plainText } from '../../sandbox/slack/reading.js';
import { card, hurry, land, landedWithoutWebhooks, press, quiet, release, stands, start } from '../support/releases.js';
import { ALICE, configOf, OPS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let team: Team;
beforeEach(async () => {
  team = await startTeam({
    movableClock: true,
    // Found by its look-up alone: the poll comes once a day.
    config: configOf({ service: '    timeout: 30m' }).replace('poll: 1h', 'poll: 1d'),
  });
});
afterEach(() => team.stop());

test('a run is hung after 30 minutes and not before', async () => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.startRun(run);
  await team.moveClock(29 * MINUTE);
  await hurry(team, 'follow');
  await quiet(team);
  await stands(team, sha, 'deploying');
  await team.moveClock(2 * MINUTE);
  await stands(team, sha, 'hung');
  await card(team, sha, ['hung', 'longer than 30 min'], ['Cancel']);
  await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('hung')));
});

test('a replica whose clock is off by minutes says so, and stays ready', async () => {
  await team.moveClock(4 * MINUTE);
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { warnings: string[] }).warnings.join()).toContain(
    "replica: its clock is 240 s behind the database's",
  );
});

test('a run that starts after the clock was moved does not count as old', async () => {
  await team.moveClock(26 * HOUR);
  const sha = await land(team);
  await release(team, sha);
  const kinds = await team.rows<{ kind: string }>('select kind from ledger order by seq');
  expect(kinds.map((one) => one.kind)).toEqual(['staging passed', 'requested', 'dispatching', 'deploying', 'live']);
});

test('every stored time follows the moved clock, including those that the database fills in', async () => {
  await team.moveClock(26 * HOUR);
  const sha = await land(team);
  await release(team, sha);
  await quiet(team);
  const [row] = await team.rows<Record<string, number>>(`
    select extract(epoch from max(d.requested_at) - pg_catalog.now()) as requested,
      extract(epoch from max(d.run_started_at) - pg_catalog.now()) as started,
      extract(epoch from max(a.decided_at) - pg_catalog.now()) as decided,
      extract(epoch from (select min(at) from ledger) - pg_catalog.now()) as written,
      extract(epoch from (select max(received_at) from inbox) - pg_catalog.now()) as received,
      extract(epoch from (select max(drawn_at) from cards) - pg_catalog.now()) as drawn
    from deployments d join approvals a on a.deployment_id = d.id`);
  for (const seconds of Object.values(row ?? {})) expect(Number(seconds) / 3_600).toBeCloseTo(26, 1);
  expect(Number(team.cards()[0]?.ts) / 3_600 - Date.now() / HOUR).toBeCloseTo(26, 1);
});

test('a digest on request runs up to the moved time', async () => {
  await team.moveClock(26 * HOUR);
  const sha = await land(team);
  await release(team, sha);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'digest' });
  await team.told(ALICE, 'digest', sha.slice(0, 7));
});

test('the clock only goes forward', async () => {
  await expect(team.moveClock(-1)).rejects.toThrow('the clock goes forward only');
});

describe('a start whose run is not found', () => {
  async function lost(): Promise<string> {
    const sha = await landedWithoutWebhooks(team);
    team.github.fail(
      'workflow-runs',
      { kind: 'status', status: 200, body: { total_count: 0, workflow_runs: [] } },
      1e6,
    );
    team.github.fail('dispatch', { kind: 'lost' });
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'unknown');
    await until('the first look-up found nothing', async () => {
      await hurry(team, 'look up');
      const [row] = await team.rows<{ looked: boolean }>('select looked_at is not null as looked from deployments');
      return row?.looked;
    });
    // A minute in which GitHub answered is counted by its answers, not by the clock.
    await team.rows('update deployments set answered_seconds = 59.9');
    await stands(team, sha, 'lost');
    return sha;
  }
  const lookingUp = async () =>
    (await team.rows("select 1 from graphile_worker.jobs where task_identifier = 'look up'")).length > 0;

  test('is looked up during the next hour', async () => {
    const sha = await lost();
    // It is due in a minute: healed before the move, no look-up comes between the two and finds nothing once more.
    team.github.heal();
    await stands(team, sha, 'lost');
    await team.moveClock(55 * MINUTE);
    await stands(team, sha, 'deploying', 15_000);
  });

  test('is no longer looked up after that hour', async () => {
    const sha = await lost();
    expect(await lookingUp()).toBe(true);
    await team.moveClock(61 * MINUTE);
    await until('nobody looks any more', async () => !(await lookingUp()));
    await stands(team, sha, 'lost');
  });
});
