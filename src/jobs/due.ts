import type pg from 'pg';
import { dueJobs } from '../db/queue.js';

export interface DueJobs {
  /** A job was added or freed: check what is due, and when the next job will be. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

export interface DueJobsDeps {
  readonly pool: pg.Pool;
  /** Called with a job's name and how many of them are due. */
  readonly wake: (name: string, jobs: number) => void;
  /** The longest time between two looks: a notification may be lost, or the database's clock may be changed. */
  readonly everyMs: () => number;
}

/** From the end of one look to the next; everyone who asks in between shares that one. */
const GAP_MS = 20;

/**
 * Wakes the runners when a job is due. This takes one statement for all of them, instead of one per runner every half
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
        return Math.min(everyMs(), ...jobs.flatMap(({ nextMs }) => nextMs ?? []));
      })
      // A database that does not answer is asked again; the runners also look by themselves.
      .catch(everyMs)
      .then((nextMs) => {
        looking = null;
        restedUntil = performance.now() + GAP_MS;
        at(asked ? GAP_MS : Math.max(nextMs, GAP_MS));
      });
  }

  at(everyMs());
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
