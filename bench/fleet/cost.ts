import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionsTo, type Database } from '../database.js';
import type { Product } from '../product.js';
import type { Wire } from '../wire.js';

/** What the product used of the machine. */
export interface Cost {
  /** MB, of each replica. */
  readonly resident: readonly { readonly first: number; readonly most: number; readonly last: number }[];
  /** Milliseconds of processor time in a second, of each replica: over all, and in the busiest five seconds. */
  readonly processor: readonly { readonly mean: number; readonly most: number }[];
  /** The same of the database server; null where it cannot be seen. */
  readonly database: { readonly mean: number; readonly most: number } | null;
  /** SQL statements in a second, of all replicas. */
  readonly statements: { readonly mean: number; readonly most: number };
  readonly connections: number;
  /** The longest turn of the event loop of each replica, in milliseconds. */
  readonly blockedMs: readonly number[];
}

interface Look {
  readonly at: number;
  readonly resident: readonly number[];
  readonly processor: readonly number[];
  readonly database: number | null;
  readonly statements: number;
  readonly connections: number;
}

const LOOK_MS = 1_000;
/** So many looks are a while over which what is busiest is named. */
const WHILE = 5;

/** What is watched. `metrics`: where each replica has its own. */
export interface Watched {
  readonly replicas: readonly Product[];
  readonly wires: readonly Wire[];
  readonly database: Database;
  readonly metrics: readonly string[];
}

/** Watches until it is told to stop. */
export function watchCost({ replicas, wires, database, metrics }: Watched) {
  const looks: Look[] = [];
  const blocked = replicas.map(() => 0);
  const readBlocks = async () => {
    for (const [n, url] of metrics.entries()) {
      const text = await (await fetch(url)).text();
      const seconds = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1] ?? 0);
      blocked[n] = Math.max(blocked[n] ?? 0, seconds * 1_000);
    }
  };
  let going = true;
  const look = async (): Promise<Look> => ({
    at: performance.now(),
    resident: await Promise.all(replicas.map((one) => one.residentMb())),
    processor: await Promise.all(replicas.map((one) => one.processorMs())),
    database: await serverMs(database),
    statements: wires.reduce((sum, wire) => sum + wire.statements(), 0),
    connections: await connectionsTo(database),
  });
  const watching = (async () => {
    // What was before the day is forgotten: the longest is counted anew after each reading.
    await readBlocks();
    blocked.fill(0);
    for (; going; await sleep(LOOK_MS)) {
      looks.push(await look());
      // As often as Prometheus reads by default, and not oftener: each reading has statements of its own.
      if (looks.length % 60 === 0) await readBlocks();
    }
    looks.push(await look());
    await readBlocks();
  })();
  return {
    stop: async (): Promise<Cost> => {
      going = false;
      await watching;
      return { ...costOf(looks), blockedMs: blocked };
    },
  };
}

function costOf(looks: readonly Look[]): Omit<Cost, 'blockedMs'> {
  const [first, last] = [looks[0] as Look, looks.at(-1) as Look];
  const rates = (value: (one: Look) => number) => {
    const between = (a: Look, b: Look) => (1_000 * (value(b) - value(a))) / (b.at - a.at);
    const whiles = looks.slice(WHILE).map((one, n) => between(looks[n] as Look, one));
    const mean = between(first, last);
    return { mean, most: Math.max(mean, ...whiles) };
  };
  return {
    resident: first.resident.map((mb, n) => ({
      first: mb,
      most: Math.max(...looks.map((one) => one.resident[n] ?? 0)),
      last: last.resident[n] ?? mb,
    })),
    processor: first.processor.map((_, n) => rates((one) => one.processor[n] ?? 0)),
    database: first.database === null ? null : rates((one) => one.database ?? 0),
    statements: rates((one) => one.statements),
    connections: Math.max(...looks.map((one) => one.connections)),
  };
}

/** A tick of the clock by which Linux counts processor time (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** Processor time of the server and of all its processes, if it runs on this machine and the machine tells; proc(5). */
async function serverMs({ pool }: Database): Promise<number | null> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const statOf = async (pid: number | string) =>
    (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ').at(-1)?.split(' ') ?? [];
  const server = Number((await statOf(rows[0]?.pid ?? 0))[1]);
  if (!server) return null;
  const own = await statOf(server);
  // Its own time, and that of the processes that have ended.
  let ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(own[field] ?? 0), 0);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const fields = await statOf(pid);
    if (Number(fields[1]) === server) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK_MS;
}
