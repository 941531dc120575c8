import { type Answer, ok, refusal } from './answer.js';
import { type Call, paged } from './api.js';
import { runShape } from './run-shapes.js';
import { latest, type Run, type World } from './world.js';

const statuses = ['queued', 'waiting', 'in_progress', 'completed', 'requested', 'pending'];
const conclusions = [
  ...['action_required', 'cancelled', 'failure', 'neutral', 'skipped', 'stale', 'success', 'timed_out'],
  'startup_failure',
];
// A filtered search never returns more than its first thousand.
const most = 1000;

/**
 * Reads GitHub's date search: `>=ISO`, `>ISO`, `<=ISO`, `<ISO`, `ISO..ISO` (either end `*`), or a day. Returns the
 * test, or null for anything else.
 */
function createdFilter(text: string): ((at: Date) => boolean) | null {
  const time = (part: string, end: boolean) => {
    if (part === '*') return end ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(part);
    return Date.parse(day && end ? `${part}T23:59:59Z` : part);
  };
  // GitHub keeps whole seconds, so the compared time is truncated.
  const seconds = (at: Date) => Math.floor(at.getTime() / 1000) * 1000;
  const range = /^(.+)\.\.(.+)$/.exec(text);
  const [, sign = '', single = ''] = /^(>=|<=|>|<)?(.+)$/.exec(text) ?? [];
  const from = time(range?.[1] ?? single, false);
  const to = time(range?.[2] ?? single, true);
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  if (sign === '>=') return (at) => seconds(at) >= from;
  if (sign === '>') return (at) => seconds(at) > to;
  if (sign === '<=') return (at) => seconds(at) <= to;
  if (sign === '<') return (at) => seconds(at) < from;
  return (at) => seconds(at) >= from && seconds(at) <= to;
}

/** Answers a list of runs: filtered, newest first, paged, without runs that the list does not know yet. */
export function listRuns(world: World, call: Call, runs: Run[]): Answer {
  const { query } = call;
  const created = query.get('created');
  const createdTest = created === null ? () => true : createdFilter(created);
  if (!createdTest) return refusal(422, `Validation Failed: "${created}" is not a date search`);
  const status = query.get('status');
  if (status !== null && ![...statuses, ...conclusions].includes(status)) {
    return refusal(422, `Validation Failed: "${status}" is no status`);
  }
  const is = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const stale = query.get('branch') !== null || query.get('event') !== null ? world.staleSince : null;
  const matching = runs.filter((run) => {
    const now = latest(run);
    return (
      (stale === null || run.createdAt < stale) &&
      is('branch', run.headBranch) &&
      is('event', run.event) &&
      is('actor', run.actor) &&
      is('head_sha', run.headCommit.sha) &&
      is('check_suite_id', String(run.checkSuiteId)) &&
      (status === null || status === now.status || status === now.conclusion) &&
      createdTest(run.createdAt)
    );
  });
  const visible = matching.filter((run) => {
    const hidden = run.hidden.until > world.now().getTime() || run.hidden.lists > 0;
    run.hidden.lists = Math.max(0, run.hidden.lists - 1);
    return !hidden;
  });
  const { items, headers } = paged(world, call, visible.reverse().slice(0, most));
  const bare = query.get('exclude_pull_requests') === 'true';
  return ok(
    {
      total_count: visible.length,
      workflow_runs: items.map((run) => runShape(world, run, latest(run), bare)),
    },
    headers,
  );
}
