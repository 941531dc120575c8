/** `npm run bench`: what Pushbutton costs, side by side with what it is built of. */

import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { measureDispatch } from './dispatch.js';
import { measureHistory } from './history.js';
import { measureMemory } from './memory.js';
import { measurePress } from './press.js';
import type { Row } from './rows.js';
import { openStage, type Stage } from './stage.js';
import { measureStart } from './start.js';
import { tableOf } from './table.js';
import { measureWebhook } from './webhook.js';

const MEASUREMENTS: Readonly<Record<string, (stage: Stage) => Promise<Row[]>>> = {
  press: measurePress,
  webhook: measureWebhook,
  dispatch: measureDispatch,
  history: measureHistory,
  start: measureStart,
  memory: measureMemory,
};

const names = Object.keys(MEASUREMENTS).join(', ');
const options = new Command('bench')
  .description('Measures Pushbutton beside its baselines, on this machine, and prints one table.')
  .option('--only <name>', `one measurement: ${names}`, readName)
  .option('--quick', 'a few requests each: shows that the bench works; the figures mean nothing', false)
  .option('--json <file>', 'also writes every figure as JSON')
  .option('--profiles <folder>', 'has the product leave CPU profiles there; they slow it down')
  .parse()
  .opts<{ only?: string; quick: boolean; json?: string; profiles?: string }>();

const began = performance.now();
const stage = await openStage({
  quick: options.quick,
  serverUrl: process.env.TEST_DATABASE_URL || process.env.DATABASE_URL || undefined,
  profiles: options.profiles,
  log: (line) => console.error(line),
});
const rows: Row[] = [];
try {
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (options.only === undefined || options.only === name) rows.push(...(await measure(stage)));
  }
} finally {
  await stage.stop();
}
console.log(tableOf(rows));
if (options.json) await writeFile(options.json, `${JSON.stringify(rows, null, 2)}\n`);
console.error(`${Math.round((performance.now() - began) / 1_000)} s`);
process.exit();

function readName(written: string): string {
  if (Object.hasOwn(MEASUREMENTS, written)) return written;
  throw new InvalidArgumentError(`Expected one of ${names}.`);
}
