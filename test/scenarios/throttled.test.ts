import type { Fault } from '../../sandbox/github/faults.js';
import { card, hurry, land, landedWithoutWebhooks, press, quiet, release, stands, start } from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

const throttled = (retryAfter: number): Fault => ({ kind: 'rate-limit', limit: 'secondary', retryAfter });
const asked = (route: string) => team.github.calls({ route }).length;

/** The job waits for most of the minute that GitHub asked for. */
const waits = (job: string) =>
  until(`${job} waits`, async () => {
    const [row] = await team.rows<{ seconds: number }>(
      `select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs
       where task_identifier = $1 and locked_at is null`,
      [job],
    );
    if (!row || row.seconds < 40) throw new Error(`it is due in ${row?.seconds} s`);
    return true;
  });

/** The watchdog looks over everything that is under way, now. */
async function swept() {
  await team.rows("update turns set next_at = now() where name = 'sweep'");
  await until('the sweep', async () => {
    const [turn] = await team.rows<{ taken: boolean }>(
      "select next_at > now() as taken from turns where name = 'sweep'",
    );
    return turn?.taken;
  });
  await quiet(team);
}

test('a Cancel that GitHub throttles is not sent again before its retry-after, even on a second press', async () => {
  const sha = await land(team);
  await start(team, ALICE, sha);
  team.github.fail('cancel', throttled(60), 100);
  await press(team, ALICE, sha, 'Cancel');
  await until('it is asked', () => asked('cancel') === 1);
  await waits('cancel run');
  await swept();
  await waits('cancel run');
  await press(team, ALICE, sha, 'Cancel');
  await until('the second press is saved', async () => (await cancelsAsked()) === 2);
  await hurry(team, 'cancel run');
  await quiet(team);
  expect(asked('cancel')).toBe(1);
  await waits('cancel run');

  async function cancelsAsked() {
    return (await team.rows("select 1 from ledger where kind = 'cancel asked'")).length;
  }
});

test('a throttled run is not read for every job event, and its end is still noticed', async () => {
  const sha = await land(team);
  team.github.fail('run', throttled(60), 100);
  const run = await start(team, ALICE, sha);
  await until('it is read', () => asked('run') === 1);
  await waits('follow');
  const jobs = asked('attempt-jobs');
  await team.github.advance(run, { job: 'deploy', status: 'in_progress' });
  await team.github.advance(run, { job: 'deploy', status: 'completed' });
  await quiet(team);
  expect([asked('run'), asked('attempt-jobs')]).toEqual([1, jobs]);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(asked('run')).toBe(1);
});

test('a start whose answer is lost is looked up after the retry-after and not before', async () => {
  const sha = await landedWithoutWebhooks(team);
  await quiet(team);
  const lists = () => team.github.calls({ route: 'workflow-runs', path: /production\.yml/ });
  const before = lists().length;
  team.github.fail('dispatch', { kind: 'lost' });
  team.github.fail('workflow-runs', throttled(6));
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying', 20_000);
  const [refused, found] = lists().slice(before);
  expect(refused?.status).toBe(403);
  expect(Number(found?.at) - Number(refused?.at)).toBeGreaterThanOrEqual(6_000);
});

test('the details of a card are read again when GitHub allows it', async () => {
  team.github.fail('attempt-jobs', throttled(60), 100);
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await waits('describe');
  expect(asked('attempt-jobs')).toBe(1);
});

test('cards whose changes could not be counted are recounted when GitHub allows it and not before', async () => {
  await release(team, await land(team));
  team.github.fail('compare', throttled(60), 100);
  const before = asked('compare');
  const shas = [await land(team, 'Add a till'), await land(team, 'Add a basket')];
  await card(team, shas[1] ?? '', ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  for (const _ of [1, 2, 3]) {
    await team.rows('update cards set due_at = now() where dirty_at is not null');
    await hurry(team, 'draw');
    await quiet(team);
  }
  expect(asked('compare') - before).toBe(1);
});
