import type pg from 'pg';
import { dueJobs } from '../db/queue.js';

export interface DueJobs {
  /** A job was added or freed: see what is due, and when the next one will be. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

export interface DueJobsDeps {
  readonly pool: pg.Pool;
  /** Hears that so many jobs of this name are due. */
  readonly wake: (name: string, jobs: number) => void;
  /** The next look comes after so many ms at the latest: a notification may be lost, and the clock of the database be moved. */
  readonly everyMs: number;
}

/** From the end of one look to the next: whoever asks meanwhile shares it. */
const GAP_MS = 5;

/**
 * Wakes the runners at the moment at which a job is due: one statement for all of them, instead of one of each runner every half
 * second and at each job.
 */
export function createDueJobs({ pool, wake, everyMs }: DueJobsDeps): DueJobs {
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let asked = false;
  let restedUntil = 0;
  let stopped = false;

  function at(ms: number): void {
    if (timer) clearTimeout(timer);
    timer = stopped ? null : setTimeout(begin, ms);
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
        restedUntil = performance.now() + GAP_MS;
        at(asked ? GAP_MS : Math.max(nextMs, GAP_MS));
      });
  }

  at(everyMs);
  return {
    look: () => {
      if (asked || stopped) return;
      asked = true;
      if (!looking) at(Math.max(0, restedUntil - performance.now()));
    },
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      await looking;
    },
  };
}
