/** Carries out jobs right after the commit that added them, without a trip through the queue. */

import type pg from 'pg';
import { reached } from '../crash-points.js';
import { forgetHeld, type Held, newHolder, releaseHeld } from '../db/held-jobs.js';
import type { JobName } from '../db/job-names.js';

export interface AtOnce {
  /** Under this name the queue keeps the jobs for this replica; others take them once it counts as dead. */
  readonly holder: string;
  readonly carryOut: (jobs: readonly Held[]) => void;
}

export interface AtOnceDeps {
  readonly pool: pg.Pool;
  /** Carries out one job; throws when it did not, and has not added another one that will. */
  readonly run: (name: JobName, payload: object) => Promise<void>;
  readonly warn: (details: object, message: string) => void;
}

/** Answers are many and short; a start goes before them. */
const isStart = ({ name }: Held): boolean => name !== 'reply';
const MOST_AT_ONCE = 16;
/** More than these are left to the queue, and so to all replicas. */
const MOST_WAITING = 500;

/**
 * From `stop` on, what has not begun is left to the queue. It resolves when what is under way has ended; while others still
 * decide, it is called once more after them.
 */
export function createAtOnce({ pool, run, warn }: AtOnceDeps): AtOnce & { readonly stop: () => Promise<void> } {
  const waiting: Held[] = [];
  const running = new Set<Promise<void>>();
  const noted = { forget: [] as number[], release: [] as number[] };
  let noting: Promise<void> | null = null;
  let stopped = false;

  /** Jobs that end while a statement is under way share the next one. If it fails, the queue runs them once more. */
  function note(what: 'forget' | 'release', id: number): void {
    noted[what].push(id);
    noting ??= (async () => {
      while (noted.forget.length + noted.release.length > 0) {
        const done = noted.forget.splice(0);
        const left = noted.release.splice(0);
        try {
          if (done.length > 0) await forgetHeld(pool, done);
          if (left.length > 0) await releaseHeld(pool, left);
        } catch (error) {
          warn({ err: error, jobs: done.length + left.length }, 'jobs that are done may run once more');
        }
      }
      noting = null;
    })();
  }

  async function carry({ id, name, payload }: Held): Promise<void> {
    const done = await run(name, payload).then(
      () => true,
      () => false,
    );
    if (!done) return;
    reached('held: carried out');
    note('forget', id);
  }

  function next(): void {
    while (running.size < MOST_AT_ONCE) {
      const place = waiting.findIndex(isStart);
      const [job] = waiting.splice(Math.max(place, 0), 1);
      if (!job) return;
      const done = carry(job).finally(() => {
        running.delete(done);
        next();
      });
      running.add(done);
    }
  }

  return {
    holder: newHolder(),
    carryOut: (jobs) => {
      const room = stopped ? 0 : Math.max(MOST_WAITING - waiting.length, 0);
      const all = [...jobs.filter(isStart), ...jobs.filter((job) => !isStart(job))];
      waiting.push(...all.slice(0, room));
      for (const { id } of all.slice(room)) note('release', id);
      next();
    },
    stop: async () => {
      stopped = true;
      for (const { id } of waiting.splice(0)) note('release', id);
      while (running.size > 0) await Promise.all(running);
      await noting;
    },
  };
}
