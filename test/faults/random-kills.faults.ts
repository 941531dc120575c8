import { verifyLedger } from '../../src/audit/verify.js';
import { type Running, startProcess } from '../support/process.js';
import { card, deploymentsOf, dispatches, land, press, quiet, stands, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';
import { randomFrom } from './weather.js';

/**
 * Two replicas, and one of them is killed at a random instant of each release: around the press, the approval, the run's end or
 * a Cancel. Then another comes, or the one that is left works alone for a while. KILLS says how often, SEED repeats a run.
 */

const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RESUMES_MS = 30_000;
/** Into what goes on at the most: until then a run has been started and its first cards are drawn. */
const LATEST_MS = 1_200;
const ACTS = ['Deploy', 'Approve', 'the end of the run', 'Cancel'] as const;
type Act = (typeof ACTS)[number];
const CONFIG = configOf({ service: '    approvals: { required: 1, from: [U0BOB], expires: 2h }' });

let team: Team;
let bots: Running[];
const boot = () => startProcess(team, CONFIG);
beforeAll(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0, slackLimits: 'off' });
  bots = [await boot(), await boot()];
}, 60_000);
afterAll(async () => {
  await Promise.all(bots.map((bot) => bot.kill()));
  await team.stop();
});

const { random, oneOf } = randomFrom(SEED);
const recoveries: number[] = [];
const survived = new Map<Act, number>();

/** Something is done, and a replica dies at a random instant of it. What was asked of it may be without an answer. */
async function dying(act: Act, doing: () => Promise<unknown>): Promise<void> {
  const ms = random() * LATEST_MS;
  const victim = random() < 0.5 ? 0 : 1;
  const alone = random() < 0.5;
  const done = doing().catch(() => null);
  await new Promise((resolve) => setTimeout(resolve, ms));
  await bots[victim]?.kill();
  const killed = performance.now();
  const left = bots[1 - victim] as Running;
  if (alone) {
    team.slack.setEventsUrl(`http://127.0.0.1:${left.port}/slack/events`);
    team.github.setWebhookUrl(`http://127.0.0.1:${left.port}/github/webhooks`);
  } else bots[victim] = await boot();
  await done;
  survived.set(act, (survived.get(act) ?? 0) + 1);
  goesOn = async () => {
    recoveries.push(performance.now() - killed);
    if (alone) bots[victim] = await boot();
  };
}
let goesOn: () => Promise<void> = async () => {};

/** An answer that never came says nothing: the person looks at the card and presses again. */
async function pressed(sha: string, button: 'Deploy' | 'Approve', user: string, dies: boolean): Promise<void> {
  const isThere = async () => {
    const [one] = await deploymentsOf(team, sha);
    return button === 'Deploy' ? one !== undefined : one !== undefined && one.status !== 'waiting';
  };
  await withButton(team, sha, button, RESUMES_MS);
  const once = () => press(team, user, sha, button);
  if (dies) await dying(button, once);
  else await once();
  for (const end = Date.now() + RESUMES_MS; Date.now() < end; await once().catch(() => null)) {
    const taken = await until(`${button} is taken`, isThere, 3_000).catch(() => false);
    if (taken) return;
  }
  throw new Error(`${button} is not taken`);
}

test(
  `${KILLS} kills, seed ${SEED}: one run for each release, each card true, the ledger whole`,
  async () => {
    let never = 0;
    let isLive = false;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const act = oneOf(ACTS);
      const sha = await land(team, `Change ${kill}`);
      await pressed(sha, 'Deploy', ALICE, act === 'Deploy');
      await pressed(sha, 'Approve', BOB, act === 'Approve');
      const run = await aRunOf(sha);
      if (act === 'Deploy' || act === 'Approve') await goesOn();
      if (run === null) never += 1;
      const id = run ?? (await retried(sha));
      if (act === 'Cancel') {
        await withButton(team, sha, 'Cancel', RESUMES_MS);
        await dying(act, () => press(team, ALICE, sha, 'Cancel'));
        await until(
          'it is cancelled, or was not heard',
          async () => {
            const [row] = await team.rows<{ cancel_by: string | null; status: string }>(
              'select cancel_by, status from deployments where sha = $1 order by id desc limit 1',
              [sha],
            );
            if (row?.status === 'cancelled') return true;
            if (row?.cancel_by === null) await press(team, ALICE, sha, 'Cancel').catch(() => null);
            return false;
          },
          RESUMES_MS,
        );
      } else {
        const ends = () => team.github.completeRun(id, { conclusion: 'success' });
        if (act === 'the end of the run') await dying(act, ends);
        else await ends();
      }
      await stands(team, sha, act === 'Cancel' ? 'cancelled' : 'live', RESUMES_MS);
      if (act === 'Cancel' || act === 'the end of the run') await goesOn();
      expect(team.production().filter((one) => one.inputs.sha === sha)).toHaveLength(1);
      if (act === 'Cancel') await card(team, sha, ['cancelled'], ['Deploy', 'What ships'], RESUMES_MS);
      else await card(team, sha, ['live'], isLive ? ['Roll back'] : [], RESUMES_MS);
      isLive ||= act !== 'Cancel';
    }
    await quiet(team, RESUMES_MS);
    expect(dispatches(team)).toHaveLength(KILLS);
    const approvals = await team.rows("select 1 from approvals where decision = 'approved'");
    expect(approvals.length).toBe(KILLS + never);
    const shown = team.slack
      .messages(SHOP)
      .map((one) => String((one.metadata as { event_payload?: { key?: string } })?.event_payload?.key));
    expect(new Set(shown).size).toBe(KILLS);
    expect(await verifyLedger(team.pool, null)).toMatchObject({ broken: null });
    const longest = Math.max(...recoveries);
    expect(longest).toBeLessThan(RESUMES_MS);
    const doubled = shown.length - KILLS;
    const acts = [...survived].map(([act, times]) => `${times} at ${act}`).join(', ');
    console.info(
      `${KILLS} kills (seed ${SEED}; ${acts}): ${KILLS} runs, 0 doubled; ${never} claimed and never sent; ${doubled} cards posted twice; it went on ${Math.round(longest)} ms after the kill at the latest`,
    );
  },
  60_000 + KILLS * 60_000,
);

/** The run that it has, once there is one; null when its start was claimed and never left. */
async function aRunOf(sha: string): Promise<number | null> {
  const row = await until(
    'it is deploying, or its start never left',
    async () => {
      const one = (await deploymentsOf(team, sha)).at(-1);
      const runs = team.production().filter((run) => run.inputs.sha === sha);
      return one?.status === 'deploying' || (one?.status === 'unknown' && runs.length === 0) ? one : null;
    },
    RESUMES_MS,
  );
  return row.status === 'deploying' ? Number(row.run_id) : null;
}

/** A person looks, finds no run, and presses Retry. */
async function retried(sha: string): Promise<number> {
  await until(
    'GitHub was asked',
    async () => (await team.rows("select 1 from deployments where status = 'unknown' and looked_at is not null"))[0],
    RESUMES_MS,
  );
  await team.rows("update deployments set answered_seconds = 59.9 where status = 'unknown'");
  await stands(team, sha, 'lost', RESUMES_MS);
  await press(team, ALICE, sha, 'Retry');
  await press(team, BOB, sha, 'Approve');
  return Number((await stands(team, sha, 'deploying', RESUMES_MS)).run_id);
}
