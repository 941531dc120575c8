/** What a report about the other required results means for a change, and what becomes of their re-runs. */

import { type Decision, type Effect, NOTHING, type Record, type ServicePolicy, type Target } from '../decision.js';
import type { Refusal } from '../refusal.js';
import type { Write } from '../write.js';
import type { Change } from './change.js';
import { keyOf, nameOf, ownStatus, type RequiredResult, standings, toldAs, wholeStatus, withNews } from './results.js';
import type { SeenResult } from './seen-result.js';

/**
 * Decides about results that GitHub reported. Each that has ended goes on the ledger; the first that ends posts the card; when
 * the last turns green the card gets Deploy, and when one turns red Deploy goes. A change that is not known yet has its
 * results read once it is.
 */
export function resultsSeen(
  { change }: Pick<Target, 'change'>,
  reported: readonly SeenResult[],
  { requires = [], paths }: Pick<ServicePolicy, 'requires' | 'paths'>,
): Decision {
  if (!change) return NOTHING;
  const { all, news } = withNews(requires, change.results ?? [], reported);
  const own = ownStatus(change.staging);
  const whole = wholeStatus(own, requires, { results: all });
  const isSaved = requires.length > 0 === (change.staging.own !== undefined);
  if (news.length === 0 && whole === change.staging.status && isSaved) return NOTHING;
  const ended = news.filter(({ status }) => status !== 'running');
  const failed = standings(requires, { results: all }).flatMap(({ seen }) =>
    seen?.status === 'failed' && ended.includes(seen) ? [seen] : [],
  );
  const effects: Effect[] = [{ effect: 'redraw', changeId: change.id }];
  // Describing it posts its card. Once the push run has ended, that was done.
  // With paths, what carries another change is known only now.
  const isEnd = paths !== undefined && whole !== change.staging.status && whole !== 'running';
  if ((own === 'running' && ended.length > 0) || isEnd) effects.push({ effect: 'describe', sha: change.sha });
  if (whole !== change.staging.status && [whole, change.staging.status].includes('passed'))
    effects.push({ effect: 'redraw service' });
  const told = failed.map((seen) => ({ changeId: change.id, runId: seen.id, attempt: toldAs(seen) }));
  return {
    kind: 'accepted',
    writes: [
      { write: 'results', sha: change.sha, results: all, own: requires.length > 0 ? own : null, whole },
      ...told.map((one): Write => ({ write: 'failure', failed: one })),
    ],
    records: ended.map((seen) => recordOf(seen, change, requires)),
    effects: [...effects, ...told.map((one): Effect => ({ effect: 'read failure', failed: one }))],
  };
}

function recordOf(seen: SeenResult, { sha }: Pick<Change, 'sha'>, requires: readonly RequiredResult[]): Record {
  const required = requires.find((one) => keyOf(one) === seen.of);
  return {
    actor: 'pushbutton',
    kind: `result ${seen.status}`,
    sha,
    deploymentId: null,
    reason: seen.status === 'failed' ? seen.word : null,
    detail: {
      result: required ? nameOf(required) : seen.of,
      // Readers of the ledger link runs.
      [required?.is === 'workflow' ? 'run_id' : 'id']: seen.id,
      attempt: seen.attempt,
    },
  };
}

/** Decides about a requested re-run of a required run that did not start: whoever asked is told, and Re-run is back. */
export function resultRerunNotSeen(
  { change }: Pick<Target, 'change'>,
  { runId, attempt, refused }: { readonly runId: number; readonly attempt: number; readonly refused?: string },
  { requires = [] }: Pick<ServicePolicy, 'requires'>,
): Decision {
  const asked = change?.results?.find((one) => one.id === runId && one.attempt === attempt && one.askedBy);
  if (!change || !asked?.askedBy) return NOTHING;
  const { id, sha, service } = change;
  const { askedBy, ...seen } = asked;
  const refusal: Refusal =
    refused === undefined
      ? { rule: 're-run not seen', service, sha, url: seen.url }
      : { rule: 'github refuses', what: 'Re-run', service, sha, message: refused };
  const results = (change.results ?? []).map((one) => (one === asked ? seen : one));
  const own = ownStatus(change.staging);
  return {
    kind: 'accepted',
    writes: [{ write: 'results', sha, results, own, whole: wholeStatus(own, requires, { results }) }],
    records: [
      {
        actor: 'pushbutton',
        kind: refused === undefined ? 're-run not seen' : 're-run refused',
        sha,
        deploymentId: null,
        reason: refused ?? null,
        detail: { run_id: runId, attempt },
      },
    ],
    effects: [
      { effect: 'redraw', changeId: id },
      { effect: 'tell', user: askedBy, refusal },
    ],
  };
}
