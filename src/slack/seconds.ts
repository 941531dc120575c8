/** Slack takes about one message a second for each channel and person (docs: chat.postMessage's special tier). */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { takeSecond } from '../db/pace.js';
import type { SlackAnswer } from './client.js';

/** A second so near is waited for. Whoever comes back comes so early, and so before those who have not waited yet. */
const NEAR_MS = 150;

/** When those who left come back: the last of them, for each pool and channel, in ms of `performance.now()`. */
const lastBack = new WeakMap<pg.Pool, Map<string, number>>();

/**
 * Takes the next second of a channel or person, over all replicas, and waits for it. When it is not near, it is left to
 * others: the answer says when to come back, so that a job does not keep other jobs from their turn meanwhile. Those who
 * come back to this replica do so one after the other.
 */
export async function awaitSecond(
  { pool, pauses }: { readonly pool: pg.Pool; readonly pauses: Pauses },
  channel: string,
): Promise<Extract<SlackAnswer<never>, { is: 'rate limited' }> | null> {
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
  return { is: 'rate limited', retryAfterMs: Math.max(0, at - now - NEAR_MS) };
}
