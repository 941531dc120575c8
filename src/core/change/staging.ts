/** What a staging run means for its change. */

import { type Decision, type Effect, NOTHING, type Record, type ServicePolicy, type Target } from '../decision.js';
import type { Refusal } from '../refusal.js';
import type { Write } from '../write.js';
import { endedEarly, isNews, type StagingRun, stagingStatus } from './change.js';
import { wholeStatus, withNews } from './results.js';

/**
 * Decides about a staging run that GitHub reported. An ended run goes on the ledger and its card is drawn; a newly
 * passed one takes Deploy away from every older card. With `paths` it does so once it is known that it touches them.
 */
export function stagingSeen(
  target: Target,
  run: StagingRun,
  policy: Pick<ServicePolicy, 'paths' | 'requires'>,
): Decision {
  const { change } = target;
  if (!isNews(change?.staging ?? null, run)) return NOTHING;
  const status = stagingStatus(run);
  const records: Record[] =
    status === 'running'
      ? []
      : [
          {
            actor: `github:${run.actor}`,
            // Its jobs are not known yet: the line has the run's own word.
            kind: `staging ${endedEarly(run) ? run.conclusion : status}`,
            sha: run.sha,
            deploymentId: null,
            reason: status === 'failed' ? run.conclusion : null,
            detail: { run_id: run.runId, attempt: run.attempt },
          },
        ];
  const effects: Effect[] = [];
  if (status !== 'running') effects.push({ effect: 'describe', sha: run.sha });
  if (change) effects.push({ effect: 'redraw', changeId: change.id });
  if (status === 'passed' || change?.staging.status === 'passed') effects.push({ effect: 'redraw service' });
  const { paths, requires = [] } = policy;
  const writes: Write[] = [{ write: 'staging', run, ...(paths && { aside: 'not known' as const }) }];
  if (requires.length > 0) {
    const results = withNews(requires, change?.results ?? [], []).all;
    writes.push({
      write: 'results',
      sha: run.sha,
      results,
      own: status,
      whole: wholeStatus(status, requires, { results }),
    });
    // What was reported before the change was known is looked for now.
    effects.push({ effect: 'read results', sha: run.sha });
  }
  return { kind: 'accepted', writes, records, effects };
}

/**
 * Decides about a requested re-run that did not start: the requester is told why, and the card offers Re-run again, unless
 * GitHub refuses it for good.
 */
export function rerunNotSeen(target: Target, attempt: number, message: string | null, forGood: boolean): Decision {
  const { change } = target;
  if (!change || change.rerunOf !== attempt || change.staging.attempt !== attempt) return NOTHING;
  const { id, sha, service, rerunBy } = change;
  const kind = message === null ? 're-run not seen' : 're-run refused';
  const refusal: Refusal =
    message === null
      ? { rule: 're-run not seen', service, sha, url: change.staging.url }
      : { rule: 'github refuses', what: 'Re-run', service, sha, message };
  return {
    kind: 'accepted',
    writes: [
      { write: 're-run asked', changeId: id, attempt: null, by: null },
      ...(forGood && message !== null ? [{ write: 're-run refused', changeId: id, message } as const] : []),
    ],
    records: [{ actor: 'pushbutton', kind, sha, deploymentId: null, reason: message, detail: { attempt } }],
    effects: [
      { effect: 'redraw', changeId: id },
      ...(rerunBy !== null ? [{ effect: 'tell', user: rerunBy, refusal } as const] : []),
    ],
  };
}
