/** Deployments that are requested for a time: when that may be, what happens when it comes, and how it is moved. */

import { shortSha } from '../change/change.js';
import type { PressOf } from '../command.js';
import type { Decision, Effect } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, expired, joined, line, planOf } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { ServiceState } from '../service/service.js';
import type { Deployment, Of } from './deployment.js';

/** A deployment can be requested for a time within the next seven days. */
const MOST_AHEAD_MS = 7 * 86_400_000;
/** If nothing ran at its time, it starts up to an hour later; after that it would come out of the blue. */
const MISSED_MS = 3_600_000;

/** The time that a press asks for, also by confirming the number of changes; null if it asks for none. */
export function timeAsked(press: PressOf<'deploy' | 'deploy at'>, { askedFor }: Facts): Date | null {
  if (press.type === 'deploy at') return new Date(press.startAt);
  return press.all ? (askedFor ?? null) : null;
}

/** Refuses a time that is too far ahead, or that was over long before the press could be decided. */
export function soonEnough(startAt: Date | null, service: string, sha: string, now: Date): Refusal | null {
  if (startAt === null) return null;
  const ahead = startAt.getTime() - now.getTime();
  if (ahead > MOST_AHEAD_MS) return { rule: 'too far ahead', service, sha, at: startAt, mostMs: MOST_AHEAD_MS };
  return ahead < -MISSED_MS ? { rule: 'time is over', service, sha, at: startAt } : null;
}

type Unsent = Of<'waiting'> | Of<'queued'>;

/** The deployment if it is not to be sent before a time that has not come; else null. */
export function forLater(deployment: Deployment | null, now: Date): Unsent | null {
  if (deployment?.status !== 'waiting' && deployment?.status !== 'queued') return null;
  return deployment.startAt !== null && deployment.startAt > now ? deployment : null;
}

/** Moves a deployment to another time, or to now. Its approvals stay: what was approved does not change. */
export function moved(deployment: Unsent, by: string, startAt: Date | null, confirmed: number | null): Decision {
  const { id, sha } = deployment;
  return planOf({
    writes: [{ write: 'move start', deploymentId: id, startAt, confirmed }],
    records: [
      {
        actor: by,
        kind: startAt === null ? 'brought forward' : 'time changed',
        sha,
        deploymentId: id,
        reason: null,
        detail: {
          was_to_start_at: deployment.startAt?.toISOString() ?? null,
          ...(startAt && { start_at: startAt.toISOString() }),
        },
      },
    ],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  });
}

/**
 * Decides about queued deployments whose time has come and that nobody has noticed yet; null if there are none. It says
 * what goes before them. One whose time came more than an hour ago, while nothing ran, ends as expired.
 */
export function timesCome(state: ServiceState, { now }: Facts): Decision | null {
  const come = state.queue.filter(
    ({ startAt, cameAt, queuedAt }) => startAt !== null && cameAt === null && queuedAt < startAt,
  );
  if (come.length === 0) return null;
  const isMissed = ({ startAt }: Deployment) => now.getTime() - Number(startAt) > MISSED_MS;
  const missed = come.filter(isMissed).map((one) => expired(one, NOTHING_RAN, timeOf(one)));
  const noticed = come
    .filter((one) => !isMissed(one))
    .map((one) => {
      const ahead = state.queue[state.queue.indexOf(one) - 1] ?? state.active;
      return planOf({
        writes: [{ write: 'time came', deploymentId: one.id }],
        records: [
          line(one, 'time came', null, timeOf(one)),
          ...(ahead ? [line(one, 'waits', `its turn, after ${shortSha(ahead.sha)}`, { ahead: ahead.sha })] : []),
        ],
        effects: cardsOf(one),
      });
    });
  const again: Effect[] = [{ effect: 'redraw service' }, { effect: 'start next', at: null }];
  return joined(...missed, ...noticed, planOf({ effects: again }));
}

const NOTHING_RAN = 'nothing ran at its time, nor in the hour after it';
const timeOf = ({ startAt }: Deployment) => ({ start_at: startAt?.toISOString() ?? null });

/** A start that finds nothing to do comes back at the next time for which a deployment was requested. */
export function mindingTimes(decision: Decision, { scheduled }: ServiceState): Decision {
  const next = scheduled[0]?.startAt ?? null;
  if (next === null || (decision.kind !== 'accepted' && decision.kind !== 'nothing')) return decision;
  const plan = decision.kind === 'accepted' ? decision : planOf({});
  if (plan.effects.some(({ effect }) => effect === 'start next')) return plan;
  return { ...plan, effects: [...plan.effects, { effect: 'start next', at: next }] };
}

/** No start is put off beyond the next time for which a deployment was requested, whatever puts it off. */
export function notPastTimes(decision: Decision, { scheduled }: ServiceState): Decision {
  const next = scheduled[0]?.startAt ?? null;
  if (next === null || decision.kind !== 'accepted') return decision;
  const sooner = (one: Effect): Effect =>
    one.effect === 'start next' && one.at !== null && one.at > next ? { ...one, at: next } : one;
  return { ...decision, effects: decision.effects.map(sooner) };
}
