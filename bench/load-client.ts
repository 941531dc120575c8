/**
 * The load client, in a process of its own: a closed loop of senders over kept connections, or arrivals at a fixed rate
 * over as many. It takes one order per line on stdin and answers each with a line on stdout.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Prepared, prepare, type RequestKind } from './payloads.js';

export interface LoadOrder {
  /** One, or several that take turns. */
  readonly origin: string | readonly string[];
  readonly requests: RequestKind;
  readonly concurrency: number;
  /** The loop ends at whichever comes first. */
  readonly most: number;
  readonly forMs: number;
  /** Sent first and not counted. */
  readonly warmUp: number;
  /** This many a second, whatever the answers do, until `most` are sent, however long it takes. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Answers that were not 2xx, and requests without one. If there are any, nothing else of a closed loop counts. */
  readonly bad: number;
  readonly perSecond: number;
  /** Milliseconds from sending to the whole answer; at a fixed rate from the moment it was due. */
  readonly p50: number;
  readonly p99: number;
}

async function carryOut({ origin, requests, concurrency, most, forMs, warmUp, rate }: LoadOrder): Promise<LoadResult> {
  const prepared = prepare(requests, most + warmUp);
  const pools = [origin].flat().map((one) => new Pool(one, { connections: concurrency, pipelining: 1 }));
  try {
    await loop(pools, prepared.splice(0, warmUp), concurrency, 60_000);
    return await (rate === undefined ? loop(pools, prepared, concurrency, forMs) : arrivals(pools, prepared, rate));
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

async function loop(
  pools: readonly Pool[],
  prepared: Prepared[],
  concurrency: number,
  forMs: number,
): Promise<LoadResult> {
  const counted = createCount();
  let next = 0;
  async function sender(): Promise<void> {
    while (next < prepared.length && performance.now() - counted.began < forMs) {
      const turn = next++;
      await counted.send(poolOf(pools, turn), prepared[turn] as Prepared, performance.now());
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sender));
  return counted.result();
}

/** A request that finds no free connection waits in the pool while its time runs. */
async function arrivals(pools: readonly Pool[], prepared: Prepared[], rate: number): Promise<LoadResult> {
  const counted = createCount();
  const underWay: Promise<void>[] = [];
  while (underWay.length < prepared.length) {
    const due = Math.min(prepared.length, Math.ceil(((performance.now() - counted.began) * rate) / 1_000));
    for (let n = underWay.length; n < due; n += 1) {
      underWay.push(counted.send(poolOf(pools, n), prepared[n] as Prepared, counted.began + (n * 1_000) / rate));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  return counted.result();
}

const poolOf = (pools: readonly Pool[], turn: number): Pool => pools[turn % pools.length] as Pool;

function createCount() {
  const took: number[] = [];
  let bad = 0;
  const began = performance.now();
  return {
    began,
    async send(pool: Pool, one: Prepared, since: number): Promise<void> {
      try {
        const answer = await pool.request({ method: 'POST', ...one });
        await answer.body.dump();
        if (answer.statusCode < 200 || answer.statusCode > 299) bad += 1;
      } catch {
        bad += 1;
      }
      took.push(performance.now() - since);
    },
    result(): LoadResult {
      const seconds = (performance.now() - began) / 1_000;
      took.sort((a, b) => a - b);
      const quantile = (q: number) => took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? 0;
      return { sent: took.length, bad, perSecond: took.length / seconds, p50: quantile(0.5), p99: quantile(0.99) };
    },
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await carryOut(JSON.parse(line) as LoadOrder)));
}
