import { type Running, startProcess } from '../support/process.js';
import {
  card,
  counts,
  deploymentsOf,
  dispatches,
  land,
  press,
  quiet,
  stands,
  start,
  withButton,
} from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The contract's word: work resumes within 30 s of a replica being ready. */
const RESUMES_MS = 30_000;

let team: Team;
let bots: Running[];
const boot = async (): Promise<Running> => {
  const bot = await startProcess(team);
  bots.push(bot);
  return bot;
};
beforeEach(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
  bots = [];
});
afterEach(async () => {
  await Promise.all(
    bots.filter((bot) => bot.process.exitCode === null && bot.process.signalCode === null).map((bot) => bot.kill()),
  );
  await team.stop();
});
const PATIENCE_MS = 120_000;

/** One deployment, one run, followed to its end; the card says so. */
async function oneRunToItsEnd(sha: string): Promise<void> {
  const row = await stands(team, sha, 'deploying', RESUMES_MS);
  expect(team.production().map((run) => String(run.id))).toEqual([row.run_id]);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live', RESUMES_MS);
  await card(team, sha, ['live'], [], RESUMES_MS);
  expect(team.production()).toHaveLength(1);
  expect(dispatches(team)).toHaveLength(1);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}

// The instants after the answer: before it is handled, while people are looked up, around the dispatch.
test.each([0, 15, 40, 90])(
  'killed %i ms after a press was answered, the press is carried out all the same',
  async (ms) => {
    const bot = await boot();
    const sha = await land(team);
    expect((await press(team, ALICE, sha, 'Deploy')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await bot.kill();
    await boot();
    const row = await until(
      'it is deploying, or its start was claimed and never left',
      async () => {
        const [one] = await deploymentsOf(team, sha);
        return one?.status === 'deploying' || (one?.status === 'unknown' && dispatches(team).length === 0) ? one : null;
      },
      RESUMES_MS,
    );
    if (row.status === 'deploying') return oneRunToItsEnd(sha);
    // Killed in the millisecond between the claim and the request: nobody can know, so it is looked for and a person decides.
    await team.rows('update deployments set answered_seconds = 59.9');
    await stands(team, sha, 'lost', RESUMES_MS);
    await card(team, sha, ['lost'], ['Retry'], RESUMES_MS);
    expect(dispatches(team)).toEqual([]);
  },
  PATIENCE_MS,
);

/** Holds the bot at its claim to send: the intent is committed, the request has not left. Gives what lets go. */
async function holdTheClaim() {
  await team.rows(`create function hold() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(4711); return new; end $$`);
  await team.rows(`create trigger hold before update of sent_at on deployments for each row
    when (old.sent_at is null and new.sent_at is not null) execute function hold()`);
  const holder = await team.pool.connect();
  await holder.query('select pg_advisory_lock(4711)');
  return {
    held: () =>
      until('the claim is held', async () => {
        const found = await team.rows<{ pid: number }>(
          "select pid from pg_locks where locktype = 'advisory' and not granted and objid = 4711",
        );
        return found[0]?.pid;
      }),
    letGo: async () => {
      await holder.query('select pg_advisory_unlock(4711)');
      holder.release();
    },
  };
}

test(
  'after a kill between the intent and the request nothing has been sent, and the start is sent once',
  async () => {
    const bot = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    const claim = await holdTheClaim();
    await press(team, ALICE, sha, 'Deploy');
    const pid = await claim.held();
    await stands(team, sha, 'dispatching');
    await bot.kill();
    await team.rows('select pg_terminate_backend($1)', [pid]);
    await claim.letGo();
    expect(dispatches(team)).toEqual([]);
    await boot();
    await oneRunToItsEnd(sha);
  },
  PATIENCE_MS,
);

test(
  'after a kill between the committed claim and the request the run is looked up, and nothing is sent blindly',
  async () => {
    const bot = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    const claim = await holdTheClaim();
    await press(team, ALICE, sha, 'Deploy');
    await claim.held();
    await bot.kill();
    // The server commits the claim of the process that is gone.
    await claim.letGo();
    await until('the claim is committed', async () => {
      const [row] = await team.rows<{ sent: boolean }>('select sent_at is not null as sent from deployments');
      return row?.sent;
    });
    await boot();
    await stands(team, sha, 'unknown', RESUMES_MS);
    await until('GitHub was asked', async () => {
      const [row] = await team.rows<{ looked: boolean }>('select looked_at is not null as looked from deployments');
      return row?.looked;
    });
    await team.rows('update deployments set answered_seconds = 59.9');
    await stands(team, sha, 'lost', RESUMES_MS);
    await card(team, sha, ['lost'], ['Retry'], RESUMES_MS);
    expect(dispatches(team)).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  'after a kill between the request and its answer the run is found and followed',
  async () => {
    const bot = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    team.github.setWebhooks('off');
    team.github.fail('dispatch', { kind: 'hang', effect: true });
    await press(team, ALICE, sha, 'Deploy');
    await until('the run exists', () => team.production().length === 1);
    await bot.kill();
    await boot();
    await stands(team, sha, 'deploying', RESUMES_MS);
    team.github.setWebhooks('on');
    await oneRunToItsEnd(sha);
  },
  PATIENCE_MS,
);

test(
  'after a kill during a run its end is found',
  async () => {
    const bot = await boot();
    const sha = await land(team);
    const run = await start(team, ALICE, sha);
    await bot.kill();
    await team.github.completeRun(run, { conclusion: 'failure' });
    await boot();
    await stands(team, sha, 'failed', RESUMES_MS);
    await card(team, sha, ['failed in production', 'smoke test'], ['Retry'], RESUMES_MS);
  },
  PATIENCE_MS,
);

test(
  'another replica takes over from a killed one',
  async () => {
    const first = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    await boot();
    team.slack.setEventsUrl(`http://127.0.0.1:${first.port}/slack/events`);
    team.github.fail('dispatch', { kind: 'hang', effect: true });
    await press(team, ALICE, sha, 'Deploy');
    await first.kill();
    await oneRunToItsEnd(sha);
  },
  PATIENCE_MS,
);

test(
  'a press is carried out even if every Postgres connection is cut while it is handled',
  async () => {
    const bot = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    team.slack.fail('users.info', { kind: 'slow', ms: 500 });
    await press(team, ALICE, sha, 'Deploy');
    await team.rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pushbutton'",
    );
    await oneRunToItsEnd(sha);
    expect(bot.process.exitCode).toBeNull();
  },
  PATIENCE_MS,
);

test(
  'SIGTERM ends a replica with exit code 0 within ten seconds, at rest and during a dispatch',
  async () => {
    const idle = await boot();
    const rested = await idle.terminate();
    expect(rested.code).toBe(0);
    expect(rested.ms).toBeLessThan(10_000);

    const busy = await boot();
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    team.github.fail('dispatch', { kind: 'slow', ms: 1_500 });
    await press(team, ALICE, sha, 'Deploy');
    await until('the request is under way', () => dispatches(team).length === 1);
    const stopped = await busy.terminate();
    expect(stopped.code).toBe(0);
    expect(stopped.ms).toBeLessThan(10_500);
    await boot();
    await oneRunToItsEnd(sha);
    await quiet(team);
    expect(await deploymentsOf(team, sha)).toHaveLength(1);
  },
  PATIENCE_MS,
);
