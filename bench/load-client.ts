/**
 * The load client, a process of its own: a closed loop of so many senders over kept connections. It takes one order a line
 * on stdin and answers each with a line on stdout.
 */
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { type Prepared, prepare, type RequestKind } from './payloads.js';

export interface LoadOrder {
  readonly origin: string;
  readonly requests: RequestKind;
  readonly concurrency: number;
  /** The loop ends at whichever comes first. */
  readonly most: number;
  readonly forMs: number;
  /** Sent before, and not counted. */
  readonly warmUp: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Answers that were not 2xx, and requests without an answer. Where there are any, nothing else here counts. */
  readonly bad: number;
  readonly perSecond: number;
  /** Milliseconds from the sending to the whole answer. */
  readonly p50: number;
  readonly p99: number;
}

async function carryOut({ origin, requests, concurrency, most, forMs, warmUp }: LoadOrder): Promise<LoadResult> {
  const prepared = prepare(requests, most + warmUp);
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  try {
    await loop(pool, prepared.splice(0, warmUp), concurrency, 60_000);
    return await loop(pool, prepared, concurrency, forMs);
  } finally {
    await pool.close();
  }
}

async function loop(pool: Pool, prepared: Prepared[], concurrency: number, forMs: number): Promise<LoadResult> {
  const took: number[] = [];
  let next = 0;
  let bad = 0;
  const began = performance.now();
  async function sender(): Promise<void> {
    while (next < prepared.length && performance.now() - began < forMs) {
      const one = prepared[next++] as Prepared;
      const sent = performance.now();
      try {
        const answer = await pool.request({ method: 'POST', ...one });
        await answer.body.dump();
        if (answer.statusCode < 200 || answer.statusCode > 299) bad += 1;
      } catch {
        bad += 1;
      }
      took.push(performance.now() - sent);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sender));
  const seconds = (performance.now() - began) / 1_000;
  took.sort((a, b) => a - b);
  const quantile = (q: number) => took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? 0;
  return { sent: took.length, bad, perSecond: took.length / seconds, p50: quantile(0.5), p99: quantile(0.99) };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await carryOut(JSON.parse(line) as LoadOrder)));
}
