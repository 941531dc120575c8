import { execFile } from 'node:child_process';
import path from 'node:path';
import type pg from 'pg';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.js';
import { compareMigrations } from '../../src/db/migrate.js';
import { withOneClient } from '../../src/db/one-client.js';
import { emptyDatabase } from '../support/postgres.js';
import { environmentOf } from '../support/process.js';
import { card, counts, dispatches, hurry, land, press, quiet, stands, start } from '../support/releases.js';
import { ALICE, BOB, SHOP } from '../support/team.js';
import { until } from '../support/until.js';
import { checkRunAgain } from './check-run-again.js';
import { checkedAgain } from './checked-again.js';
import { digested, failureTold, posted, refusedAndTold, storyTold } from './dies-at-slack.js';
import {
  aTeam,
  boot,
  diesAndAnotherComes,
  endAll,
  passedThen,
  RESUMES_MS,
  resumed,
  runsThen,
  team,
  tellRecoveries,
} from './dying.js';
import { toldAgain } from './told-again.js';

/** A replica dies at each instant between two steps, as by `kill -9`, and another comes: nothing is lost, nothing is done twice. */

/** One deployment, one approval, one run, one card; the run goes on to its end, and all say the same. */
async function oneRunToItsEnd(sha: string, point: CrashPoint): Promise<void> {
  const row = await stands(team, sha, 'deploying', RESUMES_MS);
  resumed(point);
  expect(team.production().map((run) => String(run.id))).toEqual([row.run_id]);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live', RESUMES_MS);
  await card(team, sha, ['live'], [], RESUMES_MS);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  expect(dispatches(team)).toHaveLength(1);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}

/** Deploy is pressed on a replica that dies at this point; the press may go without its answer, as a person sees it. */
async function pressed(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  await press(team, ALICE, sha, 'Deploy').catch(() => {});
  await diesAndAnotherComes(bot);
  await oneRunToItsEnd(sha, point);
}

/** The claim is committed and nobody can know whether the request has left: it is looked for, and a person decides. */
async function claimedAndNotSent(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  await press(team, ALICE, sha, 'Deploy');
  await diesAndAnotherComes(bot);
  await stands(team, sha, 'unknown', RESUMES_MS);
  resumed(point);
  await until(
    'GitHub was asked',
    async () => (await team.rows('select 1 from deployments where looked_at is not null'))[0],
  );
  await team.rows('update deployments set answered_seconds = 59.9');
  await stands(team, sha, 'lost', RESUMES_MS);
  await card(team, sha, ['lost'], ['Retry'], RESUMES_MS);
  expect(dispatches(team)).toEqual([]);
  await press(team, ALICE, sha, 'Retry');
  const { run_id } = await stands(team, sha, 'deploying', RESUMES_MS);
  expect(team.production().map((run) => String(run.id))).toEqual([run_id]);
}

async function followed(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  const run = await start(team, ALICE, sha);
  if (point === 'jobs moved: decided') await team.github.advance(run, { job: 'deploy', status: 'in_progress' });
  else await hurry(team, 'follow');
  await diesAndAnotherComes(bot);
  await oneRunToItsEnd(sha, point);
}

/** The run ends while nothing else is on its way: with a start beside it, nobody could know whether that has left. */
async function updated(point: CrashPoint): Promise<void> {
  const { sha, run } = await runsThen();
  const bot = await boot(point);
  await team.github.completeRun(run, { conclusion: 'success' });
  await diesAndAnotherComes(bot);
  await stands(team, sha, 'live', RESUMES_MS);
  await card(team, sha, ['live'], [], RESUMES_MS);
  resumed(point);
  await quiet(team);
  expect(dispatches(team)).toHaveLength(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}

/** What the jobs were is saved with the card that is to show them: neither is lost. */
async function jobsSaved(point: CrashPoint): Promise<void> {
  await aTeam();
  const healthy = await boot();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  // GitHub tells the end and not yet the jobs: the card is drawn without them.
  team.github.fail('attempt-jobs', { kind: 'status', status: 502 }, 1_000);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, sha, ['failed in production'], ['Retry']);
  await quiet(team);
  await healthy.terminate();
  team.github.heal();
  await diesAndAnotherComes(await boot(point));
  await card(team, sha, ['failed in production', 'smoke test'], ['Retry'], RESUMES_MS);
  resumed(point);
}

/** The card is drawn and noted, the message beside it is not: no button stays there. */
async function noted(point: CrashPoint): Promise<void> {
  await aTeam();
  const healthy = await boot();
  team.slack.fail('chat.postMessage', { kind: 'lost' });
  const sha = await land(team);
  await until('the card and its twin', () => team.cards().length === 2, 12_000);
  const ts = team.cards()[0]?.ts ?? '';
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
  const both = (button: string) =>
    until(
      `both have ${button || 'no button'}`,
      () => team.cards().every((one) => one.buttons.join() === button),
      RESUMES_MS,
    );
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await both('Cancel');
  await quiet(team);
  await healthy.terminate();
  const bot = await boot(point);
  await team.github.completeRun(run, { conclusion: 'success' });
  await diesAndAnotherComes(bot);
  await both('');
  resumed(point);
}

async function lookedUp(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  team.github.setWebhooks('off');
  team.github.fail('dispatch', { kind: 'lost' });
  await press(team, ALICE, sha, 'Deploy');
  await diesAndAnotherComes(bot);
  await stands(team, sha, 'deploying', RESUMES_MS);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(sha, point);
}

async function cancelled(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  await start(team, ALICE, sha);
  await press(team, ALICE, sha, 'Cancel');
  await diesAndAnotherComes(bot);
  await stands(team, sha, 'cancelled', RESUMES_MS);
  resumed(point);
  await card(team, sha, ['cancelled'], ['Deploy', 'What ships'], RESUMES_MS);
  expect(dispatches(team)).toHaveLength(1);
}

async function reRun(point: CrashPoint): Promise<void> {
  await aTeam();
  const bot = await boot(point);
  const { sha } = await team.github.land('acme/shop', { title: 'Red' }, { conclusion: 'failure' });
  await card(team, sha, ['failed staging'], ['Re-run']);
  for (const list of ['runs', 'workflow-runs']) team.github.fail(list, { kind: 'status', status: 502 }, 1e6);
  await press(team, BOB, sha, 'Re-run');
  await diesAndAnotherComes(bot);
  const asked = () => team.github.calls({ route: 'rerun-failed-jobs' }).length;
  await card(team, sha, ['A re-run was requested'], [], RESUMES_MS);
  team.github.heal();
  // Nobody can know whether it has left, and the delivery that would tell is lost: after a minute the run itself is asked.
  await until('the run is asked', async () => {
    await team.rows("update changes set rerun_sent_at = now() - interval '61 seconds' where rerun_sent_at is not null");
    await hurry(team, 're-run staging');
    return (await team.rows('select 1 from changes where rerun_attempt is null'))[0];
  });
  if (point === 're-run: claimed') {
    await card(team, sha, ['failed staging'], ['Re-run'], RESUMES_MS);
    expect(asked()).toBe(0);
    await press(team, BOB, sha, 'Re-run');
    await until('GitHub hears of it', () => asked() === 1);
  } else await card(team, sha, ['staging runs again'], [], RESUMES_MS);
  expect(asked()).toBe(1);
}

async function migrated(point: CrashPoint): Promise<void> {
  await aTeam();
  const database = await emptyDatabase();
  const migrate = (more: Record<string, string>) =>
    new Promise<string | null>((resolve) => {
      const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
      const settings = { DATABASE_URL: database.url, PUSHBUTTON_CONFIG: path.resolve('pushbutton.example.yml') };
      const env = { ...environmentOf(team), ...settings, ...more };
      execFile(process.execPath, [program, 'migrate'], { env }, (error) =>
        resolve(error ? String(error.signal) : null),
      );
    });
  try {
    // One dies, and one waits for its lock, or has been there before it.
    const ends = await Promise.all([migrate({ PUSHBUTTON_DIES_AT: point }), migrate({})]);
    expect(ends).toEqual(['SIGKILL', null]);
    expect(await compareMigrations(database.url)).toEqual({ pending: [], newer: [], isNew: false });
    const jobs = (client: pg.Client) => client.query('select from graphile_worker.jobs');
    expect((await withOneClient(database.url, jobs)).rowCount).toBe(0);
  } finally {
    await database.drop();
  }
}

const DEATHS: Record<CrashPoint, (point: CrashPoint) => Promise<void>> = {
  'migrate: tables ready': migrated,
  'migrate: done': migrated,
  'taken in': pressed,
  gathered: pressed,
  decided: pressed,
  committed: pressed,
  'held: carried out': pressed,
  'dispatch: reached': pressed,
  'dispatch: claimed': claimedAndNotSent,
  'dispatch: answered': pressed,
  'jobs moved: decided': followed,
  'follow: read': followed,
  'follow: jobs saved': jobsSaved,
  'look up: found': lookedUp,
  'checks: answered': checkedAgain,
  'check run: claimed': checkRunAgain,
  'check run: answered': checkRunAgain,
  'cancel: answered': cancelled,
  're-run: claimed': reRun,
  're-run: answered': reRun,
  'card: about to post': posted,
  'card: posted': posted,
  'card: updated': updated,
  'card: noted': noted,
  'story: about to post': storyTold,
  'story: posted': storyTold,
  'failure: read': failureTold,
  'failure: about to post': failureTold,
  'failure: posted': failureTold,
  'reply: told': refusedAndTold,
  'change ticket: claimed': toldAgain,
  'change ticket: accepted': toldAgain,
  'digest: about to post': digested,
  'digest: posted': digested,
};

/** Half of the points, so that two workers share them. */
export function crashMatrix(half: 0 | 1): void {
  afterEach(endAll);
  afterAll(tellRecoveries);
  test.each(CRASH_POINTS.filter((_, index) => index % 2 === half))(
    'a replica dies at "%s"',
    async (point) => {
      await DEATHS[point](point);
    },
    150_000,
  );
}
