/** Slack takes about one message a second for each channel and person (docs: chat.postMessage's special tier). */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { takeSecond } from '../db/pace.js';

/** Its second has not come. Nothing was sent, and it is no try, unless it says so. */
export interface NotYet {
  readonly is: 'not yet';
  readonly afterMs: number;
  /** It waits for something that may never come. */
  readonly isTry?: true;
}

/** A second so near is waited for. Whoever comes back comes so early, and so mostly before those who have not waited yet. */
const NEAR_MS = 150;

/** When those who left come back: the last of them, for each pool and channel, in ms of `performance.now()`. */
const lastBack = new WeakMap<pg.Pool, Map<string, number>>();

/**
 * Takes the next second of a channel or person, over all replicas, and waits for it. When it is not near, it is left to
 * others: the answer says when to come back, so that a job does not keep other jobs from their turn meanwhile. This replica
 * has those whom it sends away come back one after the other; another replica may send its own at the same time, and then
 * one of them waits once more. So call it before anything slow: who reads first may lose every second meanwhile.
 */
export async function awaitSecond(
  { pool, pauses }: { readonly pool: pg.Pool; readonly pauses: Pauses },
  channel: string,
): Promise<NotYet | null> {
  const second = await takeSecond(pool, channel, NEAR_MS, pauses);
  const back = lastBack.get(pool) ?? new Map<string, number>();
  lastBack.set(pool, back);
  const now = performance.now();
  const last = back.get(channel) ?? 0;
  if (second.is === 'taken') {
    if (last <= now) back.delete(channel);
    await sleep(second.waitMs);
    return null;
  }
  const at = Math.max(now + second.freeMs, last + pauses.slack.post);
  back.set(channel, at);
  return { is: 'not yet', afterMs: Math.max(0, at - now - NEAR_MS) };
}
