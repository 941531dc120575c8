import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../src/core/duration.js';
import { freePort } from '../free-port.js';
import { atMost, never, type Row, rowOf } from '../rows.js';
import type { Stage } from '../stage.js';
import { chance } from './chance.js';
import { type Books, checkLedger, isDrained, readBooks, readRuns, readSample, type Sample } from './figures.js';
import { startPeople } from './people.js';
import { populateSoak, SOAK_CONFIG } from './team.js';
import { startWeather } from './weather.js';

const MINUTE_MS = 60_000;
/** Memory grows until the code is compiled and every connection is open. */
const WARM_MS = 5 * MINUTE_MS;
const DRAIN_MS = 5 * MINUTE_MS;

interface Minute {
  readonly atMs: number;
  /** The lowest of the minute, for both: what a collection left. Between collections memory grows as V8 likes. */
  readonly resident: number;
  readonly heap: number;
  readonly mostResident: number;
}

/**
 * Weeks of a busy team in an hour, on one replica: changes land on sixteen services, people press, runs succeed and
 * fail, calls fail. Then everybody stops, and everything has to come to an end.
 */
export async function measureSoak(stage: Stage): Promise<Row[]> {
  const { quick, log } = stage;
  const forMs = stage.forMs ?? (quick ? 10_000 : 60 * MINUTE_MS);
  const database = await stage.database();
  const { pool } = database;
  populateSoak(stage.slack, stage.github);
  const config = path.join(stage.folder, 'soak.yml');
  await writeFile(config, SOAK_CONFIG);
  const metricsPort = await freePort();
  const product = await stage.product(database, { PUSHBUTTON_CONFIG: config, METRICS_PORT: String(metricsPort) });
  const sample = () => readSample(`http://127.0.0.1:${metricsPort}/metrics`);
  stage.github.autopilot({
    stagingMs: quick ? 200 : 1_500,
    productionMs: quick ? 300 : 8_000,
    outcome: ({ event }) => (chance(event === 'push' ? 0.08 : 0.12) ? 'failure' : 'success'),
  });

  const began = performance.now();
  const people = startPeople(stage, quick ? 1_500 : 6_000);
  const weather = quick ? null : startWeather(stage, database);
  const minutes: Minute[] = [];
  const minuteMs = quick ? 2_000 : MINUTE_MS;
  let books: Books;
  try {
    while (performance.now() - began < forMs) {
      const left = forMs - (performance.now() - began);
      minutes.push(await watch(sample, Math.min(minuteMs, left), began));
      forget(stage);
      log(`soak: ${told(minutes.at(-1) as Minute, await readBooks(pool), await sample(), began)}`);
    }
    weather?.stop();
    people.windUp();
    for (const end = Date.now() + DRAIN_MS; ; await sleep(1_000)) {
      books = await readBooks(pool);
      if (isDrained(books) || Date.now() > end) break;
    }
  } finally {
    weather?.stop();
    await people.stop();
    stage.github.autopilot(null);
  }
  const runs = await readRuns(stage, pool);
  await checkLedger(pool);
  log(`soak: ${books.changes} changes, ${books.refused} refusals, ${books.lost} lost`);
  await product.stop();

  const what = `soak of ${formatDuration(forMs)}`;
  const row = (measurement: string, value: number, unit: Row['unit'], target?: Row['target']) =>
    rowOf({ measurement: `${what}: ${measurement}`, unit, product: [value], target: target ?? undefined });
  const warm = at(minutes, Math.min(WARM_MS, forMs / 4));
  const ofMemory = (kind: 'resident' | 'heap', words: string, limit: number) =>
    [at(minutes, forMs / 2), at(minutes, forMs)].map((minute, place) =>
      rowOf({
        measurement: `${what}: ${words}, ${place === 0 ? 'at the half' : 'at the end'}`,
        unit: 'MB',
        product: [minute[kind]],
        against: { what: `after ${formatDuration(warm.atMs)}`, values: [warm[kind]] },
        target: place === 0 ? undefined : atMost('ratio', limit),
      }),
    );
  return [
    row('deployments', books.deployments, ''),
    row('production runs at GitHub', runs.made, ''),
    row('runs with the id of another', runs.doubled, '', never),
    row('runs of a service beside another', runs.atOnce, '', never),
    row('deployments without an end', books.unended, '', never),
    row('received and not handled', books.inboxWaiting, '', never),
    row('jobs due and not done', books.jobsDue, '', never),
    row('cards to be drawn', books.cardsToDraw, '', never),
    row('rows kept in the inbox', books.inboxRows, ''),
    row('rows kept in the queue', books.jobRows, ''),
    ...ofMemory('resident', 'resident memory', 1.1),
    ...ofMemory('heap', 'heap in use', 1.2),
    row('resident memory, most', Math.max(...minutes.map((one) => one.mostResident)), 'MB'),
  ];
}

/** Looks every few seconds for this long. */
async function watch(sample: () => Promise<Sample>, forMs: number, began: number): Promise<Minute> {
  const samples: Sample[] = [];
  for (const end = performance.now() + forMs; ; ) {
    await sleep(Math.max(0, Math.min(5_000, end - performance.now())));
    samples.push(await sample());
    if (performance.now() >= end) break;
  }
  return {
    atMs: performance.now() - began,
    resident: Math.min(...samples.map((one) => one.resident)),
    heap: Math.min(...samples.map((one) => one.heap)),
    mostResident: Math.max(...samples.map((one) => one.resident)),
  };
}

/** The minute that ended closest to that time. */
function at(minutes: readonly Minute[], ms: number): Minute {
  const off = (minute: Minute) => Math.abs(minute.atMs - ms);
  return minutes.reduce((best, one) => (off(one) < off(best) ? one : best));
}

function told(minute: Minute, books: Books, { processor, heapTaken, external }: Sample, began: number): string {
  const seconds = (performance.now() - began) / 1_000;
  return [
    `${formatDuration(minute.atMs)}: ${books.deployments} deployments, ${books.unended} under way`,
    `resident ${minute.resident.toFixed(1)} to ${minute.mostResident.toFixed(1)} MB, heap ${minute.heap.toFixed(1)} of ${heapTaken.toFixed(1)} MB, buffers ${external.toFixed(1)} MB`,
    `${Math.round((100 * processor) / seconds)} % of a processor`,
    `waiting: inbox ${books.inboxWaiting}, jobs ${books.jobsDue}, cards ${books.cardsToDraw}`,
  ].join('; ');
}

/** The stand-ins remember every delivery and drawing, which no soak asks for: gigabytes within an hour. */
function forget({ slack, github }: Stage): void {
  github.deliveries.length = 0;
  for (const message of slack.workspace.messages) message.drawings.splice(0, message.drawings.length - 1);
}
