import { verifyLedger } from '../../src/audit/verify.js';
import { type Running, startProcess } from '../support/process.js';
import { card, deploymentsOf, dispatches, land, press, quiet, stands, withButton } from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';
import { randomFrom } from './weather.js';

/** Two replicas, and one of them is killed at a random instant of each release; KILLS says how often, SEED repeats a run. */

const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RESUMES_MS = 30_000;
/** Into the release at the most: until then its run has been started and its first cards are drawn. */
const LATEST_MS = 1_200;

let team: Team;
let bots: Running[];
beforeAll(async () => {
  team = await startTeam({ replicas: 0, slackLimits: 'off' });
  bots = [await startProcess(team), await startProcess(team)];
}, 60_000);
afterAll(async () => {
  await Promise.all(bots.map((bot) => bot.kill()));
  await team.stop();
});

const { random } = randomFrom(SEED);

test(
  `${KILLS} kills, seed ${SEED}: one run for each release, each card true, the ledger whole`,
  async () => {
    const recoveries: number[] = [];
    let never = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const sha = await land(team, `Change ${kill}`);
      await withButton(team, sha, 'Deploy', RESUMES_MS);
      const ms = random() * LATEST_MS;
      const victim = random() < 0.5 ? 0 : 1;
      const pressing = press(team, ALICE, sha, 'Deploy').catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, ms));
      const killed = performance.now();
      await bots[victim]?.kill();
      bots[victim] = await startProcess(team);
      await pressing;
      // An answer that never came says nothing: the person presses again, and that is no second deployment.
      if ((await deploymentsOf(team, sha)).length === 0) await press(team, ALICE, sha, 'Deploy').catch(() => null);
      const run = await aRunOf(sha);
      recoveries.push(performance.now() - killed);
      if (run === null) never += 1;
      const id = run ?? (await retried(sha));
      await team.github.completeRun(id, { conclusion: 'success' });
      await stands(team, sha, 'live', RESUMES_MS);
      expect(team.production().filter((one) => one.inputs.sha === sha)).toHaveLength(1);
      await card(team, sha, ['live'], kill === 1 ? [] : ['Roll back'], RESUMES_MS);
    }
    await quiet(team, RESUMES_MS);
    expect(dispatches(team)).toHaveLength(KILLS);
    const shown = team.slack
      .messages(SHOP)
      .map((one) => String((one.metadata as { event_payload?: { key?: string } })?.event_payload?.key));
    expect(new Set(shown).size).toBe(KILLS);
    expect(await verifyLedger(team.pool, null)).toMatchObject({ broken: null });
    const longest = Math.max(...recoveries);
    expect(longest).toBeLessThan(RESUMES_MS);
    const doubled = shown.length - KILLS;
    console.info(
      `${KILLS} kills (seed ${SEED}): ${KILLS} runs, 0 doubled; ${never} claimed and never sent; ${doubled} cards posted twice; its run was there ${Math.round(longest)} ms after the kill at the latest`,
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
  return Number((await stands(team, sha, 'deploying', RESUMES_MS)).run_id);
}
