import type pg from 'pg';
import { dueJobs } from '../db/queue.js';

export interface DueJobs {
  /** Somebody looked and found nothing: see when the next job is due. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

export interface DueJobsDeps {
  readonly pool: pg.Pool;
  /** Hears that so many jobs of this name are due. */
  readonly wake: (name: string, jobs: number) => void;
  /** The next look comes after so many ms at the latest: the clock of the database may be moved. */
  readonly everyMs: number;
}

/** From the end of one look to the next: whoever asks meanwhile shares it. */
const GAP_MS = 10;

/**
 * Wakes the runners at the moment at which a job that was to wait is due: one statement when they have nothing left to do,
 * instead of one of each runner every half second.
 */
export function createDueJobs({ pool, wake, everyMs }: DueJobsDeps): DueJobs {
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let asked = false;
  let stopped = false;

  function at(ms: number): void {
    if (timer) clearTimeout(timer);
    timer = stopped ? null : setTimeout(begin, Math.max(ms, GAP_MS));
  }

  function begin(): void {
    asked = false;
    looking = dueJobs(pool)
      .then((jobs) => {
        for (const { name, due } of jobs) if (due > 0 && !stopped) wake(name, due);
        return Math.min(everyMs, ...jobs.flatMap(({ nextMs }) => nextMs ?? []));
      })
      // A database that does not answer is asked again; the runners look by themselves, too.
      .catch(() => everyMs)
      .then((nextMs) => {
        looking = null;
        at(asked ? GAP_MS : nextMs);
      });
  }

  return {
    look: () => {
      if (asked) return;
      asked = true;
      if (!looking) at(GAP_MS);
    },
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      await looking;
    },
  };
}
