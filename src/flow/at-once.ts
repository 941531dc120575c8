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

/** When jobs have waited for so long, those that wait are left to the queue, and so to all replicas. */
const MOST_WAIT_MS = 2_000;

/**
 * Jobs that are done are forgotten together, so late: those of one press end one after the other. Answers to people as soon as
 * the last were forgotten so long ago, because a person would see one that is sent again after a death.
 */
const FORGET_AFTER_MS = 100;
const FORGET_ANSWERS_EVERY_MS = 20;
const RELEASE_AGAIN_MS = 1_000;

/**
 * Jobs that hold each other up, and no others, as the lines of the queue do. A dispatch goes before the starts, because its
 * checks grow old. While Slack hangs, so many answers wait for it. Answers that begin together share what is read for them, so
 * those that come within `apartMs` after others wait until then.
 */
const LANES = [
  { takes: ['dispatch', 'start next'], atOnce: 16, apartMs: 0 },
  { takes: ['reply'], atOnce: 32, apartMs: 20 },
] as const;

/**
 * From `stop` on, what has not begun is left to the queue. It resolves when what is under way has ended; while others still
 * decide, it is called once more after them.
 */
export function createAtOnce({ pool, run, warn }: AtOnceDeps): AtOnce & { readonly stop: () => Promise<void> } {
  const running = new Set<Promise<void>>();
  const noted = { forget: [] as number[], release: [] as number[] };
  let answered = false;
  let notedAt = Number.NEGATIVE_INFINITY;
  /** Ends the pause before the next statement, so that it is looked at again. */
  let hurry = () => {};
  let noting: Promise<void> | null = null;
  let stopped = false;

  /** Jobs that end at about the same time share a statement. If it fails, the queue runs them once more. */
  function note(what: 'forget' | 'release', id: number): void {
    noted[what].push(id);
    if (what === 'release' || answered) hurry();
    noting ??= (async () => {
      while (noted.forget.length + noted.release.length > 0) {
        const since = performance.now();
        const restMs = () =>
          (answered ? notedAt + FORGET_ANSWERS_EVERY_MS : since + FORGET_AFTER_MS) - performance.now();
        for (let ms = restMs(); noted.release.length === 0 && !stopped && ms > 0; ms = restMs()) await pause(ms);
        answered = false;
        notedAt = performance.now();
        const done = noted.forget.splice(0);
        const left = noted.release.splice(0);
        try {
          if (done.length > 0) await forgetHeld(pool, done);
          if (left.length > 0) await releaseHeld(pool, left);
        } catch (error) {
          warn({ err: error, jobs: done.length + left.length }, 'jobs that are done may run once more');
          if (left.length === 0 || stopped) continue;
          // Nobody else takes these before their time.
          noted.release.unshift(...left);
          await pause(RELEASE_AGAIN_MS);
        }
      }
      noting = null;
    })();
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function carry({ id, name, payload }: Held): Promise<void> {
    const done = await run(name, payload).then(
      () => true,
      () => false,
    );
    if (!done) {
      // What is to be tried again was not saved: the queue has this one.
      note('release', id);
      return;
    }
    reached('held: carried out');
    if (name === 'reply') answered = true;
    note('forget', id);
  }

  const lanes = LANES.map(({ takes, atOnce, apartMs }) => {
    const waiting = takes.map((): Held[] => []);
    let busy = 0;
    let timer: NodeJS.Timeout | null = null;
    let begunAt = Number.NEGATIVE_INFINITY;
    let apart: NodeJS.Timeout | null = null;

    const isWaiting = () => waiting.some((jobs) => jobs.length > 0);

    function release(): void {
      timer = null;
      for (const { id } of waiting.flatMap((jobs) => jobs.splice(0))) note('release', id);
    }

    function begin(): void {
      while (busy < atOnce) {
        const job = waiting.find((jobs) => jobs.length > 0)?.shift();
        if (!job) break;
        busy += 1;
        begunAt = performance.now();
        const done = carry(job).finally(() => {
          busy -= 1;
          running.delete(done);
          next();
        });
        running.add(done);
      }
    }

    function next(): void {
      if (apart) return;
      const restMs = () => begunAt + apartMs - performance.now();
      if (restMs() <= 0) begin();
      if (isWaiting() && busy < atOnce) {
        apart = setTimeout(
          () => {
            apart = null;
            next();
          },
          Math.max(0, restMs()),
        );
      }
      if (isWaiting()) timer ??= setTimeout(release, MOST_WAIT_MS);
      else {
        if (timer) clearTimeout(timer);
        timer = null;
      }
    }

    return {
      add: (jobs: readonly Held[]) => {
        for (const job of jobs) waiting[takes.findIndex((name: JobName) => name === job.name)]?.push(job);
        next();
      },
      stop: () => {
        for (const one of [timer, apart]) if (one) clearTimeout(one);
        release();
      },
    };
  });

  return {
    holder: newHolder(),
    carryOut: (jobs) => {
      if (stopped) for (const { id } of jobs) note('release', id);
      else for (const lane of lanes) lane.add(jobs);
    },
    stop: async () => {
      stopped = true;
      hurry();
      for (const lane of lanes) lane.stop();
      while (running.size > 0) await Promise.all(running);
      await noting;
    },
  };
}
