/** The parts that the plans of several decisions share. */

import type { Decision, Effect, Record } from './decision.js';
import type { Deployment } from './deployment/deployment.js';
import { detailOf, type Refusal } from './refusal.js';
import { hasPassedStage, lastStage } from './stages/stage.js';

export type Plan = Extract<Decision, { kind: 'accepted' }>;

/** A plan with only these parts. */
export const planOf = (plan: Partial<Omit<Plan, 'kind'>>): Plan => ({
  kind: 'accepted',
  writes: [],
  records: [],
  effects: [],
  ...plan,
});

/** Joins plans, in order. */
export const joined = (...plans: readonly Plan[]): Plan =>
  planOf({
    writes: plans.flatMap((one) => one.writes),
    records: plans.flatMap((one) => one.records),
    effects: plans.flatMap((one) => one.effects),
  });

/** A ledger line by Pushbutton itself, about a deployment. */
export const line = (
  deployment: Deployment,
  kind: string,
  reason: string | null = null,
  detail: Record['detail'] = {},
): Record => ({
  actor: 'pushbutton',
  kind,
  sha: deployment.sha,
  deploymentId: deployment.id,
  reason,
  detail,
});

/** The stage that a deployment is in, or was in last, for a line of the ledger; nothing without stages. */
export function inStage(deployment: Deployment): { readonly stage?: string } {
  const stage = lastStage(deployment);
  return stage ? { stage: stage.plan.name } : {};
}

/** Redraws what shows a deployment: its card, the card where Roll back was pressed, and the break-glass announcement. */
export function cardsOf(deployment: Deployment): Effect[] {
  const redraw = (changeId: number): Effect => ({ effect: 'redraw', changeId });
  return [
    redraw(deployment.changeId),
    ...(deployment.pressedOn === null ? [] : [redraw(deployment.pressedOn)]),
    ...(deployment.override === null ? [] : [{ effect: 'announce', deploymentId: deployment.id } as const]),
  ];
}

/**
 * Ends a deployment without a press, with a ledger line, and starts the next one. One that has passed a stage is not rejected
 * or expired, but stopped: what it left there stays.
 */
export function end(
  deployment: Deployment,
  as: 'rejected' | 'expired' | 'failed' | 'lost',
  reason: string,
  detail: Record['detail'] = {},
): Plan {
  const before = as === 'rejected' || as === 'expired';
  const status = before && hasPassedStage(deployment) ? 'stopped' : as;
  return {
    kind: 'accepted',
    writes: [{ write: 'end', deploymentId: deployment.id, status, reason }],
    records: [line(deployment, status, reason, { ...detail, ...inStage(deployment) })],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** Ends a deployment as expired, and tells the requester. */
export function expired(deployment: Deployment, reason: string, detail: Record['detail'] = {}): Plan {
  const { service, sha } = deployment;
  const told = tellRequester(deployment, null, { rule: 'expired', service, sha, reason });
  return joined(end(deployment, 'expired', reason, detail), planOf({ effects: told }));
}

/** Tells the requester privately; nobody when `by` is the requester or the deployment was automatic. */
export function tellRequester({ requestedBy }: Deployment, by: string | null, refusal: Refusal): Effect[] {
  return requestedBy === by || requestedBy === 'pushbutton' ? [] : [{ effect: 'tell', user: requestedBy, refusal }];
}

/** Ends a deployment as rejected by a rule after its press was accepted, and tells the requester. */
export function rejected(head: Deployment, refusal: Refusal, reason: string): Plan {
  const ended = end(head, 'rejected', reason, detailOf(refusal));
  return { ...ended, effects: [...ended.effects, ...tellRequester(head, null, refusal)] };
}
