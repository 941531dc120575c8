/** Re-run, pressed for a required result that failed beside the push run. */

import { type Decision, type Effect, type Record, refused } from '../decision.js';
import type { Change } from './change.js';
import { nameOf, ownStatus, type RequiredResult, standings, wholeStatus } from './results.js';

/**
 * Asks GitHub to run the failed runs again that are required, each once. Checks and statuses are their Apps' own: the refusal
 * names where they are run again. null: nothing that is required beside the push run has failed.
 */
export function rerunResults(change: Change, by: string, requires: readonly RequiredResult[]): Decision | null {
  const { id, sha, service, staging } = change;
  const failed = standings(requires, change).filter(({ status }) => status === 'failed');
  const [first] = failed;
  if (!first) return null;
  const about = { sha, asked: 're-run' };
  const runs = failed.flatMap(({ required, seen }) => (required.is === 'workflow' && seen ? [{ required, seen }] : []));
  const fresh = runs.filter(({ seen }) => seen.askedBy === undefined);
  const redraw: Effect = { effect: 'redraw', changeId: id };
  if (runs.length === 0) {
    const url = first.seen?.url || staging.url;
    const refusal = { rule: 'not ours to re-run', service, sha, result: nameOf(first.required), url } as const;
    return { ...refused(refusal, by, about), effects: [redraw] };
  }
  if (fresh.length === 0) {
    const url = runs[0]?.seen.url ?? staging.url;
    const refusal = { rule: 'staging does not need it', sha, staging: 'running', url } as const;
    return { ...refused(refusal, by, about), effects: [redraw] };
  }
  const asked = new Set(fresh.map(({ seen }) => seen));
  const results = (change.results ?? []).map((one) => (asked.has(one) ? { ...one, askedBy: by } : one));
  const own = ownStatus(staging);
  return {
    kind: 'accepted',
    writes: [{ write: 'results', sha, results, own, whole: wholeStatus(own, requires, { results }) }],
    records: fresh.map(
      ({ required, seen }): Record => ({
        actor: by,
        kind: 're-run asked',
        sha,
        deploymentId: null,
        reason: null,
        detail: { result: nameOf(required), run_id: seen.id, attempt: seen.attempt },
      }),
    ),
    effects: [
      ...fresh.map(({ seen }): Effect => {
        return { effect: 're-run result', changeId: id, runId: seen.id, attempt: seen.attempt };
      }),
      redraw,
    ],
  };
}
