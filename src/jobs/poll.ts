import type pg from 'pg';
import type { RequiredResult } from '../core/change/results.js';
import {
  type Claimed,
  claimPolls,
  keysInInbox,
  type Looked,
  type Pace,
  schedulePolls,
  settlePolls,
} from '../db/polls.js';
import { noteRequired } from '../db/results.js';
import { watchedSince } from '../db/services.js';
import { createLook, type LookDeps, type WatchedService } from './look.js';

export interface PollDeps extends Omit<LookDeps, 'keysInInbox'> {
  readonly pool: pg.Pool;
  readonly pace: Pace;
  /** The services of the config. */
  readonly watched: readonly {
    readonly name: string;
    readonly repository: string;
    readonly requires?: readonly RequiredResult[];
  }[];
  /** What GitHub's limits allow for a repository: nothing for `pauseMs`; pauses `stretch` times as long. */
  readonly budgetOf: (repository: string) => { readonly pauseMs: number; readonly stretch: number };
  /** Saves what was heard by webhook, before it is read what is due. */
  readonly saveHeard: () => Promise<void>;
}

/** At most so many repositories in one run, of which so many at once. */
const MOST_AT_ONCE = 40;
const SIDE_BY_SIDE = 4;
/** So many lists of single workflows are read in a minute, at most so many of them at once. */
const LISTS_A_MINUTE = 200;
const MOST_SAVED_UP = 100;

export interface Poll {
  /** Looks at all repositories that are due. */
  readonly run: () => Promise<void>;
  /** Begins no further look. */
  readonly stop: () => Promise<void>;
}

/**
 * Finds the runs of lost webhooks, and all runs if webhooks are off. A repository whose webhooks are proven to arrive is
 * looked at seldom, any other every `pace.everyMs`, each by one replica at a time. A failed look is repeated after that
 * time, too. Rests while GitHub's limits ask for it. At the start all repositories are due: webhooks may have been lost while
 * no replica ran.
 */
export async function startPoll(deps: PollDeps): Promise<Poll> {
  const { pool, pace } = deps;
  const look = createLook({ ...deps, keysInInbox: (keys) => keysInInbox(pool, keys) });
  const servicesIn = new Map<string, string[]>();
  for (const { name, repository } of deps.watched) {
    const key = repository.toLowerCase();
    servicesIn.set(key, [...(servicesIn.get(key) ?? []), name]);
  }
  let since: Map<string, Date> | null = null;
  let lists = { left: MOST_SAVED_UP, at: performance.now() };
  let stopped = false;

  /** Whether the lists of single workflows may be read as well; the unread ones have their turn later. */
  function mayCompare(count: number): boolean {
    const now = performance.now();
    lists = { left: Math.min(MOST_SAVED_UP, lists.left + ((now - lists.at) * LISTS_A_MINUTE) / 60_000), at: now };
    if (lists.left <= 0) return false;
    lists.left -= 2 * count;
    return true;
  }

  async function lookAt(claimed: Claimed, watched: ReadonlyMap<string, Date>): Promise<Looked | null> {
    const services = (servicesIn.get(claimed.repository) ?? []).flatMap((name): WatchedService[] => {
      const from = watched.get(name);
      return from ? [{ name, since: from }] : [];
    });
    // The list of the repository may not reach back to what a service that has just been added needs.
    const { comparedAt } = claimed;
    const isNew = services.some((one) => comparedAt === null || one.since > comparedAt);
    const compare = (!claimed.proven || claimed.compare || isNew) && mayCompare(services.length);
    const { complete, compared, reached, unfinishedSince } = await look(claimed, services, compare);
    if (!complete) return null;
    const { repository, at } = claimed;
    return { repository, at, unfinishedSince, compared, reached, stretch: deps.budgetOf(repository).stretch };
  }

  async function run(): Promise<void> {
    await deps.saveHeard();
    const paused = pace.repositories.filter((one) => deps.budgetOf(one).pauseMs > 0);
    const claimed = await claimPolls(pool, pace, paused, MOST_AT_ONCE);
    if (claimed.length === 0) return;
    since ??= await watchedSince(pool);
    const watched = since;
    const looked: Looked[] = [];
    const met: unknown[] = [];
    // Those whose lists were compared longest ago come first, as not all may be.
    const left = claimed.sort((a, b) => Number(a.comparedAt) - Number(b.comparedAt));
    const work = async () => {
      for (let next = left.shift(); next && !stopped; next = left.shift()) {
        const done = await lookAt(next, watched).catch((error: unknown) => void met.push(error));
        if (done) looked.push(done);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    if (looked.length > 0) await settlePolls(pool, pace, looked);
    if (met.length > 0) throw met[0];
  }

  await schedulePolls(pool, pace);
  await noteRequired(pool, deps.watched);
  return {
    run,
    stop: async () => {
      stopped = true;
    },
  };
}
