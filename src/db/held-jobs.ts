/**
 * Jobs that a replica carries out itself, right after the commit that added them. The queue has them as well, due later, for
 * the case that this replica dies.
 */

import { randomUUID } from 'node:crypto';
import type { Added, JobName } from './job-names.js';
import type { Queryable } from './pool.js';

/** A job that its holder carries out now. */
export interface Held {
  readonly id: number;
  readonly name: JobName;
  readonly payload: object;
}

/** What a person waits for. */
const HELD: readonly JobName[] = ['start next', 'dispatch', 'reply'];
/** Longer than any job takes, also while Slack hangs. When its holder dies, the job is due at once, see `freeJobsOfTheDead`. */
const HELD_MS = 45_000;

export const isHeld = ({ name, when }: Added): boolean =>
  HELD.includes(name) && (when.at ?? null) === null && (when.afterMs ?? 0) === 0;

/** What the names of holders begin with, beside which the queue's workers report. */
export const HOLDER = 'replica-';
export const newHolder = (): string => `${HOLDER}${randomUUID()}`;

/** The key of a held job: this, its holder, a colon and something of its own. */
export const HELD_KEY = 'held:';
export const keysOf = (holder: string): string => `${HELD_KEY}${holder}:`;

/** Has a key of its own: another job of the same kind must not be lost when this one is done. */
export const heldBy = (holder: string, added: Added): Added => ({
  ...added,
  when: { key: `${keysOf(holder)}${randomUUID()}`, afterMs: HELD_MS },
});

/** They are done: the queue forgets them. One that it has taken meanwhile stays. */
export async function forgetHeld(db: Queryable, ids: readonly number[]): Promise<void> {
  await db.query({ name: 'forget-held', text: 'select from graphile_worker.complete_jobs($1)', values: [ids] });
}

/** Their holder cannot carry them out: the queue takes them at once. */
export async function releaseHeld(db: Queryable, ids: readonly number[]): Promise<void> {
  await db.query({
    name: 'release-held',
    text: `select pg_notify('jobs:insert', '') from graphile_worker.reschedule_jobs($1, run_at := clock_timestamp())`,
    values: [ids],
  });
}
