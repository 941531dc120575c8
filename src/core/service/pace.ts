/** The pace of a service: the least time from one deployment that was sent to the next. */

import type { ServicePolicy } from '../decision.js';
import type { Deployment, Of } from '../deployment/deployment.js';
import { formatDuration } from '../duration.js';
import { hasPassedStage } from '../stages/stage.js';
import type { ServiceState } from './service.js';

/** The least time is not over. What waits for it starts by itself; nobody is refused. */
export interface Pace {
  readonly gate: 'paced';
  /** For the ledger. */
  readonly reason: string;
  /** When the last deployment was sent, and which commit that was. */
  readonly since: Date;
  readonly after: string;
  /** When the next one may be sent. */
  readonly until: Date;
  readonly everyMs: number;
}

type Sent = Pick<ServiceState, 'lastSent' | 'lastSentAt'>;
type Rule = Pick<ServicePolicy, 'everyMs'>;

/**
 * The pace that the next Deploy or Retry has to keep at `now`, or null if it may be sent. It counts from the start that was
 * sent last, whatever its kind and its end. A start that GitHub refused does not count: nothing was deployed, and it had
 * kept the pace itself. If the clock was put back to before that start, `waitsSince` or else now takes its place, so that
 * nothing waits for longer than the pace.
 */
export function paceOf(
  { lastSent, lastSentAt }: Sent,
  { everyMs }: Rule,
  now: Date,
  waitsSince: Date | null = null,
): Pace | null {
  if (everyMs === undefined || !lastSent || !lastSentAt || wasRefused(lastSent)) return null;
  const from = [lastSentAt, waitsSince, now].find((one) => one !== null && one <= now) ?? now;
  const until = new Date(from.getTime() + everyMs);
  if (until <= now) return null;
  const reason = `at least ${formatDuration(everyMs)} between two deployments`;
  return { gate: 'paced', reason, since: lastSentAt, after: lastSent.sha, until, everyMs };
}

/** The pace that keeps this deployment, or null. Roll back and break glass keep none. */
export function paceFor(state: Sent, deployment: Of<'queued'> | Of<'baking'>, rule: Rule, now: Date): Pace | null {
  // Between two stages it is the same deployment.
  if (keepsNone(deployment) || deployment.status === 'baking') return null;
  const { gated } = deployment;
  return paceOf(state, rule, now, gated?.gate === 'paced' && gated.until === null ? gated.since : null);
}

const keepsNone = ({ kind, override }: Deployment): boolean => kind === 'roll back' || override !== null;

/** Whether GitHub refused its start. One that kept no pace counts all the same: it may have come right after another. */
const wasRefused = (deployment: Deployment): boolean =>
  deployment.status === 'failed' && deployment.run === null && !hasPassedStage(deployment) && !keepsNone(deployment);
