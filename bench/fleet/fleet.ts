import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../src/core/duration.js';
import { THIS_TREE } from '../against.js';
import type { Line } from '../children.js';
import type { Database } from '../database.js';
import { freePort } from '../free-port.js';
import type { Row } from '../rows.js';
import { type Books, isDrained, readBooks } from '../soak/figures.js';
import type { Stage } from '../stage.js';
import { openWire } from '../wire.js';
import { readFleet } from './books.js';
import { githubCalls, slackCalls } from './calls.js';
import { type FleetOutside, type FleetService, fleetConfig, fleetSize, openOutside, servicesOf } from './company.js';
import { watchCost } from './cost.js';
import { liveDay } from './crowd.js';
import { planDay } from './day.js';
import { rowsOf } from './figures.js';
import { dispatchesOf, lagsOf } from './lags.js';
import { listen } from './news.js';
import { seeded } from './seeded.js';

const REPLICAS = 2;
const DAY_MS = 600_000;
/** What was received is handled by then. */
const MOMENT_MS = 5_000;
/** Both replicas are ready, and the minute of their start is over. */
const SETTLE_MS = 90_000;
/** Slack's limits hold back what is left at the end of a day. */
const DRAIN_MS = 1_800_000;
const STAGING_MS = 6_000;
const PRODUCTION_MS = 24_000;

/**
 * A day of an organisation with a thousand services, packed into ten minutes, on two replicas; Slack and GitHub have their
 * real limits. SEED repeats the pushes and the times of the presses.
 */
export async function measureFleet(stage: Stage): Promise<Row[]> {
  const { quick, log } = stage;
  const forMs = stage.forMs ?? (quick ? 1_200 : DAY_MS);
  const seed = Number(process.env.SEED ?? 1);
  const size = fleetSize(quick, forMs);
  const services = servicesOf(size);
  const random = seeded(seed);
  const day = planDay(size, random);
  const outside = await openOutside(services);
  const { slack, github } = outside;
  const database = await stage.database();
  const digestAt = new Date(Date.now() + (quick ? 3_600_000 : SETTLE_MS + forMs / 2));
  const config = path.join(stage.folder, 'fleet.yml');
  await writeFile(config, fleetConfig(services, `${digestAt.getUTCMinutes()} ${digestAt.getUTCHours()} * * *`));
  const wires = await Promise.all(Array.from({ length: REPLICAS }, () => openWire(database.url)));
  const metrics: string[] = [];
  const complaints = collectComplaints();
  try {
    const replicas = [];
    for (const wire of wires) {
      const port = String(await freePort());
      metrics.push(`http://127.0.0.1:${port}/metrics`);
      const settings = { ...outside.settings, GITHUB_TOKEN: '', PUSHBUTTON_CONFIG: config, METRICS_PORT: port };
      replicas.push(await stage.product(wire, settings, THIS_TREE, complaints.heard));
    }
    const hooks = replicas.map(({ url }) => `${url}/github/webhooks`);
    github.setWebhookUrl(hooks[0] as string);
    const stagingMs = quick ? 300 : STAGING_MS;
    github.autopilot({
      stagingMs,
      productionMs: quick ? 600 : PRODUCTION_MS,
      outcome: () => (random() < 0.07 ? 'failure' : 'success'),
    });
    await beKnown(outside, services, database);
    const told = listen(outside, services, hooks);
    await sleep(quick ? 0 : SETTLE_MS);
    log(`fleet: ${services.length} services, ${day.pushes.length} pushes, ${day.presses.length} presses, seed ${seed}`);
    const cost = watchCost({ replicas, wires, database, metrics });
    const began = Date.now();
    const telling = setInterval(() => {
      const waiting = slack.workspace.messages.length;
      void readBooks(database.pool).then((books) =>
        log(
          `fleet: ${formatDuration(Math.round((Date.now() - began) / 1_000) * 1_000)}: ${told.news.length} news, ${waiting} messages, ${books.deployments} deployments of which ${books.unended} under way, ${books.cardsToDraw} cards to draw, inbox ${books.inboxWaiting}`,
        ),
      );
    }, 15_000);
    const events = replicas.map(({ url }) => `${url}/slack/events`);
    const pressers = await liveDay(outside, services, day, events, random);
    // The last results are those of pushes at the very end.
    await sleep(Math.max(0, began + forMs + stagingMs - Date.now()));
    await github.idle();
    const dayCost = await cost.stop();
    await drained(database.pool, DRAIN_MS);
    const drainedMs = Date.now() - began - forMs;
    clearInterval(telling);
    told.stop();
    github.autopilot(null);
    const inDay = (call: { at: Date | number }) => Number(call.at) >= began;
    const digests = slack.workspace.messages.filter((one) => one.text.includes('digest'));
    const others = new Map(digests.map((one) => [one.channel, [digestAt.getTime() - (digestAt.getTime() % 60_000)]]));
    const books = await readFleet(outside, services, database.pool);
    for (const line of books.untrue) log(`fleet: ${line}`);
    const rows = rowsOf({
      what: `fleet, ${size.services.toLocaleString('en')} services`,
      news: told.news,
      counted: told.counted,
      lags: lagsOf(told.news, slack.workspace.messages, others),
      digests: digests.map((one) => Number(one.ts) * 1_000 - (others.get(one.channel)?.[0] ?? 0)),
      dispatched: dispatchesOf(pressers, github.calls({ method: 'POST' })),
      slack: slackCalls(slack.calls().filter(inDay)),
      github: githubCalls(github.calls().filter(inDay)),
      cost: dayCost,
      books,
      // A poll may have come in since, which is handled in a moment.
      left: await drained(database.pool, MOMENT_MS),
      drainedMs,
      complaints: complaints.counted().reduce((sum, [, times]) => sum + times, 0),
    });
    await Promise.all(replicas.map((one) => one.stop()));
    for (const [words, times] of complaints.counted()) log(`fleet: logged ${times} times: ${words}`);
    return rows;
  } finally {
    await Promise.all(wires.map((wire) => wire.stop()));
    await outside.stop();
  }
}

/**
 * As on any other day: the webhooks of each repository have arrived before, and its lists were compared lately. On the very
 * first, the poll would read two lists for each service.
 */
async function beKnown({ github }: FleetOutside, services: readonly FleetService[], { pool }: Database): Promise<void> {
  for (const full_name of new Set(services.map((one) => one.repository)))
    await github.deliver('workflow_run', { action: 'completed', workflow_run: {}, repository: { id: 1, full_name } });
  await pool.query("update repository_polls set compared_at = clock_timestamp() where repository <> '*'");
}

const COMPLAINTS = ['warn', 'error', 'fatal'];

/** Counts what a replica warns of, by its words. */
function collectComplaints() {
  const times = new Map<string, number>();
  return {
    heard: ({ level, msg, err, error }: Line): void => {
      if (!COMPLAINTS.includes(String(level))) return;
      const words = [msg, err, error].flatMap((one) => (one === undefined ? [] : JSON.stringify(one))).join(' ');
      times.set(words, (times.get(words) ?? 0) + 1);
    },
    counted: () => [...times].sort((a, b) => b[1] - a[1]),
  };
}

/** The books once nothing is under way, or after so many ms. */
async function drained(pool: Database['pool'], withinMs: number): Promise<Books> {
  for (const end = Date.now() + withinMs; ; await sleep(500)) {
    const books = await readBooks(pool);
    if (isDrained(books) || Date.now() >= end) return books;
  }
}
