/** A run that keeps its service and does not end: GitHub has lost it, or a person gives it up. */

import type { PressOf } from '../command.js';
import { type Decision, NOTHING, refused, type ServicePolicy, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, end, joined, planOf } from '../plan.js';
import { pausing } from '../service/pause.js';
import { permitted } from '../service/policy.js';
import type { ServiceState } from '../service/service.js';
import type { Deployment, Of } from './deployment.js';
import { CANCEL_MS } from './watch.js';

/** A run is gone when GitHub said so this often in a row, for at least this long. */
const GONE_READS = 3;
const GONE_MS = 60_000;

/**
 * Decides about a run that was read: GitHub shows it, or says that there is none in a repository that it shows. One that is
 * gone for good ends as `lost`: it may have changed production before.
 */
export function runRead(
  state: ServiceState,
  { deployment }: Target,
  shown: boolean,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  if (deployment?.status !== 'deploying' && deployment?.status !== 'hung') return NOTHING;
  const { id, run, missing } = deployment;
  if (shown) return missing ? planOf({ writes: [{ write: 'missing', deploymentId: id, reads: 0 }] }) : NOTHING;
  const reads = (missing?.reads ?? 0) + 1;
  if (!missing || reads < GONE_READS || facts.now.getTime() - missing.since.getTime() < GONE_MS)
    return planOf({ writes: [{ write: 'missing', deploymentId: id, reads: Math.min(reads, GONE_READS) }] });
  return joined(
    end(deployment, 'lost', GONE, { run_id: run.id }),
    pausing(state, policy, { by: 'pushbutton', why: 'lost', deploymentId: id }),
    planOf({ effects: [{ effect: 'tell operators', deploymentId: id, about: 'run gone' }] }),
  );
}

/** The reason of a deployment whose run GitHub no longer shows. */
const GONE = 'GitHub no longer has its run';

type Stuck = Of<'hung'> | Of<'deploying'> | Of<'unknown'>;

/**
 * Whether a person may give a deployment up: its run is hung, or should have been cancelled a minute ago, or GitHub has not
 * said for so long whether there is one that the operators were told.
 */
function isStuck(deployment: Deployment, now: Date): deployment is Stuck {
  if (deployment.status === 'hung') return true;
  if (deployment.status === 'unknown') return deployment.toldAt !== null;
  if (deployment.status !== 'deploying' || deployment.cancelAskedAt === null) return false;
  return now.getTime() - deployment.cancelAskedAt.getTime() > CANCEL_MS;
}

/**
 * Decides a Give up: the deployment that keeps the service ends as `lost`, with the person's reason, and the next one may
 * start. Its run is cancelled for as long as GitHub takes that, and what it still does is shown as a run outside Pushbutton;
 * a run that nobody has seen is looked for as after any lost start.
 */
export function pressGiveUp(
  state: ServiceState,
  press: PressOf<'give up'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const by = press.by.user;
  const { active } = state;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, { asked: press.type });
  if (!active || !isStuck(active, facts.now)) {
    const refusal = { rule: 'nothing to give up', service: state.name, status: active?.status ?? null } as const;
    return refused(refusal, by, { asked: press.type });
  }
  const { id, sha } = active;
  const runId = active.status === 'unknown' ? null : active.run.id;
  const [, , lostMs] = facts.pauses.github.lookUp;
  const { reason } = press;
  return joined(
    planOf({
      writes: [{ write: 'end', deploymentId: id, status: 'lost', reason, by }],
      records: [{ actor: by, kind: 'given up', sha, deploymentId: id, reason, detail: { run_id: runId } }],
      effects: [
        ...cardsOf(active),
        { effect: 'redraw service' },
        runId === null
          ? { effect: 'look up', deploymentId: id, afterMs: lostMs }
          : { effect: 'cancel stray', deploymentId: id, runId },
        { effect: 'tell operators', deploymentId: id, about: 'given up' },
        { effect: 'start next', at: null },
      ],
    }),
    pausing(state, policy, { by, why: 'lost', deploymentId: id }),
  );
}
