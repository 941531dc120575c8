import type { FoundIn, Listed, RunList, RunPage } from '../core/command.js';
import type { Incoming } from '../db/inbox.js';
import { type Claimed, MOST_BACK_MS } from '../db/polls.js';
import type { Receive } from '../flow/receive.js';

export interface LookDeps {
  /** Only the first page is ever `unchanged`. `mending`: there may be faults that a good answer ends. */
  readonly list: (list: RunList, page: number, mending: boolean) => Promise<RunPage | 'unchanged' | 'no answer'>;
  /** Not everything listed was taken in, so the next answer must not be `unchanged`. */
  readonly forget: (list: RunList) => void;
  readonly receive: Receive;
  /** Which of these keys were taken in before, by any replica. */
  readonly keysInInbox: (keys: readonly string[]) => Promise<readonly string[]>;
}

/** A service of a repository, and since when it is watched. */
export interface WatchedService {
  readonly name: string;
  readonly since: Date;
}

/**
 * What a look found out. `complete`: the list of the repository was read; `compared`: those of its workflows, too;
 * `reached`: it was read as far back as there may be news.
 */
export interface Sight {
  readonly complete: boolean;
  readonly compared: boolean;
  readonly reached: boolean;
  readonly unfinishedSince: Date | null;
}

interface Reading {
  readonly list: RunList;
  readonly runs: readonly Listed[];
  /** Whether they begin with the newest: an unchanged first page is not read again. */
  readonly fromTop: boolean;
  readonly complete: boolean;
  /** Whether it was read as far as there may be news. */
  readonly reached: boolean;
}

const MOST_PAGES = 5;
/** So many are saved in one statement, which has a second. */
const MOST_TOGETHER = 50;
/** Younger news may have come between the reading of two lists. */
const YOUNG_MS = 60_000;

/**
 * Looks at the runs of a repository and takes in what is new. A run that was taken in before is known by its key. Runs
 * that ended before Pushbutton watched a service are left out, except the newest that passed, so that a team that has
 * just installed it has a change to deploy. `compare`: the lists of each workflow are read as well. They go further back
 * than the list of a busy repository; but GitHub's list by branch may be hours behind. Throws when news cannot be saved.
 */
export function createLook(deps: LookDeps) {
  const known = new Set<string>();
  /** The page at which a list was broken off. Earlier pages hold nothing new next time, which does not end the reading. */
  const brokenOff = new Map<string, number>();
  /** What the first page of a list had, while it is unchanged; of its runs, those that have not ended. */
  const firstPages = new Map<string, RunPage>();

  async function unknownIn(runs: readonly Listed[]): Promise<Listed[]> {
    const fresh = runs.filter((one) => !known.has(keyOf(one)));
    if (fresh.length === 0) return [];
    if (known.size > 50_000) known.clear();
    for (const key of await deps.keysInInbox(fresh.map(keyOf))) known.add(key);
    return fresh.filter((one) => !known.has(keyOf(one)));
  }

  /** Reads pages, newest first, as far as there may be news: until `enough`. */
  async function read(
    list: RunList,
    mending: boolean,
    enough: (page: RunPage, unknown: readonly Listed[], changed: boolean) => boolean,
  ): Promise<Reading> {
    const name = 'repository' in list ? list.repository : `${list.service} ${list.of}`;
    const atLeast = brokenOff.get(name) ?? 1;
    const runs: Listed[] = [];
    let fromTop = true;
    let reached = false;
    for (let number = 1; number <= MOST_PAGES; number += 1) {
      brokenOff.set(name, Math.max(number, atLeast));
      const answer = await deps.list(list, number, mending);
      if (answer === 'no answer') {
        deps.forget(list);
        return { list, runs, fromTop, complete: false, reached: false };
      }
      fromTop &&= answer !== 'unchanged';
      const page = answer === 'unchanged' ? firstPages.get(name) : answer;
      if (!page) {
        reached = true;
        break;
      }
      if (number === 1) firstPages.set(name, { ...page, runs: page.runs.filter(isUnfinished) });
      runs.push(...page.runs);
      const unknown = page.isLast ? [] : await unknownIn(page.runs);
      reached = page.isLast || (number >= atLeast && enough(page, unknown, answer !== 'unchanged'));
      if (reached) break;
    }
    brokenOff.delete(name);
    return { list, runs, fromTop, complete: true, reached };
  }

  /** The runs that are new to us, in the order in which they were made. */
  async function newsIn(readings: readonly Reading[], services: readonly WatchedService[]): Promise<Listed[]> {
    const all = new Map<string, Listed>();
    for (const one of readings.flatMap(({ runs }) => runs)) all.set(keyOf(one), one);
    const sinceOf = new Map(services.map((one) => [one.name, wholeSeconds(one.since)]));
    const newest = new Map<string, Listed>();
    for (const one of readings.flatMap(({ fromTop, runs }) => (fromTop ? runs : []))) {
      const best = newest.get(one.seen.service);
      if (one.passed && (!best || numberOf(best) < numberOf(one))) newest.set(one.seen.service, one);
    }
    const isNewest = (one: Listed) => {
      const best = newest.get(one.seen.service);
      return best !== undefined && keyOf(best) === keyOf(one);
    };
    const wanted = [...all.values()].filter((one) => {
      const since = sinceOf.get(one.seen.service);
      return since && (new Date(one.updatedAt) >= since || isNewest(one));
    });
    const times = ({ createdAt, updatedAt }: Listed) => `${createdAt} ${updatedAt}`;
    return (await unknownIn(wanted)).sort((a, b) => times(a).localeCompare(times(b)));
  }

  return async (claimed: Claimed, services: readonly WatchedService[], compare: boolean): Promise<Sight> => {
    const readings: Reading[] = [];
    const begun: RunList[] = [];
    try {
      for (const service of compare ? services : []) {
        const since = wholeSeconds(service.since);
        for (const of of ['staging', 'production'] as const) {
          begun.push({ of, service: service.name });
          const reading = await read({ of, service: service.name }, claimed.faulty, (page, unknown, changed) => {
            const old = page.runs.some((one) => new Date(one.updatedAt) < since);
            return !changed || old || (page.runs.length > 0 && unknown.length === 0);
          });
          readings.push(reading);
        }
      }
      const shared = await read({ of: 'repository', repository: claimed.repository }, claimed.faulty, (page) => {
        return page.oldest !== null && new Date(page.oldest) <= claimed.backTo;
      });
      readings.push(shared);
      const news = await newsIn(readings, services);
      const incoming = news.map((one) => incomingOf(one, foundIn(one, readings, claimed.at)));
      for (let from = 0; from < incoming.length; from += MOST_TOGETHER) {
        const some = incoming.slice(from, from + MOST_TOGETHER);
        await deps.receive(...some);
        for (const { key } of some) known.add(key);
      }
      const unfinished = readings
        .flatMap(({ runs }) => runs.filter(isUnfinished))
        .map(({ createdAt }) => new Date(createdAt).getTime())
        // What is older is never reached by that list.
        .filter((createdAt) => createdAt > claimed.at.getTime() - MOST_BACK_MS);
      return {
        complete: shared.complete,
        compared: compare && readings.every((one) => one.complete),
        reached: shared.reached,
        unfinishedSince: unfinished.length === 0 ? null : new Date(Math.min(...unfinished)),
      };
    } catch (error) {
      for (const list of begun) deps.forget(list);
      deps.forget({ of: 'repository', repository: claimed.repository });
      throw error;
    }
  };
}

const numberOf = ({ seen }: Listed): number => (seen.type === 'staging seen' ? seen.run.runNumber : 0);

const isUnfinished = ({ seen }: Listed): boolean =>
  seen.type === 'results seen'
    ? seen.results.some(({ status }) => status === 'running')
    : seen.run.status !== 'completed';

/** GitHub's times are whole seconds: a run in the first second is not older than the watch. */
const wholeSeconds = (at: Date): Date => new Date(Math.floor(at.getTime() / 1_000) * 1_000);

function foundIn(one: Listed, readings: readonly Reading[], at: Date): FoundIn {
  const { service, type } = one.seen;
  const workflow = readings.find(
    ({ list }) => 'service' in list && list.service === service && `${list.of} seen` === type,
  );
  const key = keyOf(one);
  if (workflow?.runs.some((other) => keyOf(other) === key)) return 'workflow';
  const isOld = at.getTime() - new Date(one.updatedAt).getTime() > YOUNG_MS;
  return workflow?.complete && isOld ? 'repository alone' : 'repository';
}

const incomingOf = (one: Listed, found: FoundIn): Incoming => ({
  key: keyOf(one),
  command: { ...one.seen, foundIn: found },
  reply: null,
});

function keyOf({ seen }: Listed): string {
  if (seen.type === 'results seen') {
    const stands = seen.results.map(({ of, id, attempt, word }) => `${of}:${id}:${attempt}:${word}`);
    return `poll:${seen.type}:${seen.service}:${stands.join(':')}`;
  }
  const { runId, attempt, status, conclusion } = seen.run;
  return `poll:${seen.type}:${seen.service}:${runId}:${attempt}:${status}:${conclusion ?? ''}`;
}
