import type { CrashPoint } from '../../src/crash-points.js';
import { pollNow } from '../support/deliveries.js';
import { type Running, startProcess } from '../support/process.js';
import { land, start, withButton } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** A replica that dies where it is told to, and the one that comes after it. */

/** The contract's word: work resumes within 30 s of a replica being ready. */
export const RESUMES_MS = 30_000;
export const HISTORY = [
  'chat:write',
  'commands',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'channels:history',
];

export let team: Team;
let config: string;
const bots: Running[] = [];
let readyAt = 0;
const recoveries: { point: string; ms: number }[] = [];

export async function aTeam(options: TeamOptions = {}): Promise<void> {
  config = options.config ?? configOf();
  team = await startTeam({ pauses: 'real', replicas: 0, ...options });
}
export const boot = async (diesAt?: CrashPoint, more: Record<string, string> = {}): Promise<Running> => {
  const bot = await startProcess(team, config, { ...more, ...(diesAt ? { PUSHBUTTON_DIES_AT: diesAt } : {}) });
  bots.push(bot);
  return bot;
};
/** It dies there by itself; another is there afterwards. */
export async function diesAndAnotherComes(bot: Running, more: Record<string, string> = {}): Promise<void> {
  await until('it dies', () => bot.process.signalCode === 'SIGKILL', 20_000);
  await bot.gone;
  await boot(undefined, more);
  readyAt = performance.now();
}

/** Work goes on: how long after the next replica was ready. */
export const resumed = (point: CrashPoint) => recoveries.push({ point, ms: performance.now() - readyAt });

/** A change that has passed, by a replica that is gone again; then one that dies at that point is there. */
export async function passedThen(point: CrashPoint): Promise<{ sha: string; bot: Running }> {
  await aTeam();
  const healthy = await boot();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  // Each start polls: the next one must find nothing, or it would die of that.
  await pollNow(team);
  await healthy.terminate();
  return { sha, bot: await boot(point) };
}

/** A run that goes on, started by a replica that is gone again. */
export async function runsThen(): Promise<{ sha: string; run: number }> {
  await aTeam();
  const healthy = await boot();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await pollNow(team);
  await healthy.terminate();
  return { sha, run };
}

/** What every death leaves behind is ended. */
export async function endAll(): Promise<void> {
  await Promise.all(bots.splice(0).map((bot) => bot.kill()));
  await team?.stop();
}

export function tellRecoveries(): void {
  const { point = '', ms = 0 } = recoveries.sort((a, b) => b.ms - a.ms)[0] ?? {};
  console.info(
    `${recoveries.length} deaths survived; work went on ${Math.round(ms)} ms after the next was ready at the latest ("${point}")`,
  );
}
