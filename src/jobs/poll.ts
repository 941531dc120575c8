import type pg from 'pg';
import type { Listed } from '../core/command.js';
import { takeTurn } from '../db/pace.js';
import { watchedSince } from '../db/services.js';
import type { Receive } from '../flow/receive.js';

export interface PollDeps {
  readonly pool: pg.Pool;
  readonly receive: Receive;
  /** One page of a workflow's runs, newest first. Only the first page is ever `unchanged`. */
  readonly list: (service: string, which: Which, page: number) => Promise<Page>;
  /** Not everything listed was taken in, so the next list must not be `unchanged`. */
  readonly forget: (service: string, which: Which) => void;
  readonly services: readonly string[];
  readonly everyMs: number;
}

/** `none of ours`: a page of other runs, with more to come. */
type Page = readonly Listed[] | 'none of ours' | 'unchanged' | 'no answer';

const MOST_PAGES = 5;
/** The list that is not filtered is asked for every tenth time: it costs more, and is seldom needed. */
const ALL_EVERY = 10;

type Which = 'staging' | 'all staging' | 'production';

/**
 * Finds the runs of lost webhooks, and all runs if webhooks are off. A run that was taken in before is known by its
 * key. Runs that ended before Pushbutton watched the service are left out, except the newest that passed, so that a
 * team that has just installed it has a change to deploy.
 */
export function createPoll(deps: PollDeps): () => Promise<void> {
  const known = new Set<string>();
  /** The page at which a list was broken off. Earlier pages hold nothing new next time, which does not end the poll. */
  const brokenOff = new Map<string, number>();
  /** How often this replica has polled a service. */
  const turns = new Map<string, number>();

  async function take(listed: Listed): Promise<boolean> {
    const key = keyOf(listed);
    if (known.has(key)) return false;
    await deps.receive({ key, command: listed.seen, reply: null });
    known.add(key);
    if (known.size > 20_000) known.clear();
    return true;
  }

  async function pollOne(service: string, which: Which, watched: Date): Promise<void> {
    // GitHub's times are whole seconds: a run in the first second is not older than the watch.
    const since = new Date(Math.floor(watched.getTime() / 1_000) * 1_000);
    let first: Listed | undefined;
    const name = `${service} ${which}`;
    const atLeast = brokenOff.get(name) ?? 1;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      brokenOff.set(name, Math.max(page, atLeast));
      const listed = await deps.list(service, which, page);
      if (listed === 'no answer') return deps.forget(service, which);
      if (listed === 'none of ours') continue;
      if (listed === 'unchanged' || listed.length === 0) break;
      first ??= which !== 'production' ? listed.find((one) => one.passed) : undefined;
      const recent = listed.filter((one) => new Date(one.updatedAt) >= since);
      // Oldest first, so that changes arrive in the order in which they were made.
      const news: boolean[] = [];
      for (const one of [...recent].reverse()) news.push(await take(one));
      if (recent.length < listed.length || (page >= atLeast && !news.includes(true))) break;
    }
    brokenOff.delete(name);
    if (first && new Date(first.updatedAt) < since) await take(first);
  }

  return async () => {
    const since = await watchedSince(deps.pool);
    for (const [index, service] of deps.services.entries()) {
      const from = since.get(service);
      if (!from || !(await takeTurn(deps.pool, `poll:${service}`, deps.everyMs))) continue;
      const turn = turns.get(service) ?? 0;
      turns.set(service, turn + 1);
      // Not for all services at once: hundreds of requests in a minute meet GitHub's secondary limit.
      const all: Which[] = (turn + index) % ALL_EVERY === 0 ? ['all staging'] : [];
      for (const which of [...all, 'staging', 'production'] as const) {
        await pollOne(service, which, from).catch((error: unknown) => {
          deps.forget(service, which);
          throw error;
        });
      }
    }
  };
}

function keyOf({ seen }: Listed): string {
  const { runId, attempt, status, conclusion } = seen.run;
  return `poll:${seen.type}:${seen.service}:${runId}:${attempt}:${status}:${conclusion ?? ''}`;
}
