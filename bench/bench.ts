/** `npm run bench`: what Pushbutton costs, compared with what it is built on. */

import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../src/core/duration.js';
import { packageRoot } from '../src/package-root.js';
import { buildCommit } from './against.js';
import { measureBaking } from './baking.js';
import { measureDemo } from './demo.js';
import { measureDispatch } from './dispatch.js';
import { measureFleet } from './fleet/fleet.js';
import { measureHeld } from './held.js';
import { measureHistory } from './history.js';
import { load, machine } from './machine.js';
import { measureMemory } from './memory.js';
import { installPeers } from './peers/peers.js';
import { measurePress } from './press.js';
import { whereTimeWent } from './profile.js';
import { measureRedraw } from './redraw.js';
import { measureReplicas } from './replicas.js';
import { measureReport } from './report.js';
import { measureRest } from './rest.js';
import { isMet, type Row } from './rows.js';
import { measureServices } from './services.js';
import { measureSoak } from './soak/soak.js';
import { openStage, type Stage } from './stage.js';
import { measureStart } from './start.js';
import { tableOf } from './table.js';
import { measureWebhook } from './webhook.js';
import { writeInto } from './write.js';

const MEASUREMENTS: Readonly<Record<string, (stage: Stage) => Promise<Row[]>>> = {
  press: measurePress,
  held: measureHeld,
  webhook: measureWebhook,
  dispatch: measureDispatch,
  history: measureHistory,
  start: measureStart,
  demo: measureDemo,
  memory: measureMemory,
  report: measureReport,
  redraw: measureRedraw,
  rest: measureRest,
  baking: measureBaking,
  services: measureServices,
  replicas: measureReplicas,
};
/** Too long for a whole run: only measured when named. */
const ONLY_WHEN_NAMED: typeof MEASUREMENTS = { soak: measureSoak, fleet: measureFleet };
const ALL = { ...MEASUREMENTS, ...ONLY_WHEN_NAMED };
const WITH_PEERS = ['press', 'webhook'];

const names = Object.keys(ALL).join(', ');
const options = new Command('bench')
  .description('Measures Pushbutton beside its baselines, on this machine, and prints one table.')
  .option('--only <name>', `one measurement: ${names}`, readName)
  .option('--quick', 'a few requests each: shows that the bench works; the figures mean nothing', false)
  .option('--against <commit>', 'also measures that commit of this repository, side by side')
  .option('--peers', 'press and webhook also measure what others build on; installs it once', false)
  .option('--rounds <number>', 'how often each is measured', readRounds, 5)
  .option('--for <duration>', 'how long a soak or the day of a fleet lasts', readDuration)
  .option('--json <file>', 'also writes every figure as JSON')
  .option('--write <file>', 'also puts the table into this document')
  .option('--profiles <folder>', 'has the product leave CPU profiles there; they slow it down')
  .parse()
  .opts<{
    only?: string;
    against?: string;
    peers: boolean;
    quick: boolean;
    rounds: number;
    for?: number;
    json?: string;
    write?: string;
    profiles?: string;
  }>();

const isLong = options.only !== undefined && Object.hasOwn(ONLY_WHEN_NAMED, options.only);
if (options.write && (options.quick || (options.only !== undefined && !isLong))) {
  const named = Object.keys(ONLY_WHEN_NAMED).map((name) => `--only ${name}`);
  console.error(`bench: --write takes a whole run, or ${named.join(' or ')}, without --quick`);
  process.exit(2);
}
if (options.peers && options.only !== undefined && !WITH_PEERS.includes(options.only)) {
  console.error(`bench: --peers takes a whole run, or --only ${WITH_PEERS.join(' or --only ')}`);
  process.exit(2);
}
const log = (line: string): void => console.error(line);
const [against, peers] = await Promise.all([
  options.against === undefined ? undefined : buildCommit(packageRoot(), options.against, log),
  options.peers ? installPeers(log) : undefined,
]).catch((error: unknown) => {
  console.error(`bench: ${whyNot(error)}`);
  process.exit(1);
});
const began = performance.now();
const busyBefore = load();
const opening = openStage({
  quick: options.quick,
  rounds: options.quick ? 1 : options.rounds,
  forMs: options.quick ? undefined : options.for,
  against,
  peers,
  serverUrl: process.env.TEST_DATABASE_URL || process.env.DATABASE_URL || undefined,
  profiles: options.profiles,
  log,
});
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(130));
const stage = await opening.catch((error: unknown) => {
  console.error(`bench: ${whyNot(error)}`);
  process.exit(1);
});

const rows: Row[] = [];
const failed: string[] = [];
for (const [name, measure] of Object.entries(options.only === undefined ? MEASUREMENTS : ALL)) {
  if (options.only !== undefined && options.only !== name) continue;
  try {
    rows.push(...(await measure(stage)));
  } catch (error) {
    if (stopping) break;
    failed.push(`${name} could not be measured: ${whyNot(error)}`);
  }
}
for (const row of rows) {
  if (row.target?.promised && !isMet(row)) failed.push(`${row.measurement}: ${row.product}, where there must be none`);
}
const seconds = Math.round((performance.now() - began) / 1_000);
const turns = options.quick || isLong ? 'one round' : `${options.rounds} rounds`;
const about = [
  machine(),
  stage.about,
  ...(against ? [`against ${against.name}`] : []),
  ...(peers ? [`beside ${peers.about}`] : []),
  `${new Date().toISOString().slice(0, 10)}, ${turns}, ${seconds} s`,
  `load of the machine ${busyBefore} before, ${load()} after`,
];
const text = `${about.join('; ')}.\n\n${tableOf(rows)}`;
console.log(text);
if (options.profiles) console.log(`\n${await whereTimeWent(options.profiles)}`);
for (const line of failed) console.error(line);
if (options.json) {
  const told = rows.map((row) => ({ ...row, met: isMet(row) }));
  await writeFile(options.json, `${JSON.stringify({ about, rows: told, failed }, null, 2)}\n`);
}
if (options.write && failed.length === 0) await writeInto(options.write, text);
await end(failed.length === 0 ? 0 : 1);

/** Stops what was started, even if the start is still under way. */
async function end(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await opening.then(
    (opened) => opened.stop(),
    () => {},
  );
  process.exit(code);
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readName(written: string): string {
  if (Object.hasOwn(ALL, written)) return written;
  throw new InvalidArgumentError(`Expected one of ${names}.`);
}

function readRounds(written: string): number {
  if (/^[1-9]\d?$/.test(written)) return Number(written);
  throw new InvalidArgumentError('Expected a number from 1 to 99.');
}

function readDuration(written: string): number {
  const ms = parseDuration(written);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('Expected a duration such as 90s, 60m or 2h.');
}
