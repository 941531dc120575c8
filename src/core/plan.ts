/** What several decisions write into their plans alike. */

import type { Decision, Effect, Record } from './decision.js';
import type { Deployment } from './deployment/deployment.js';
import { detailOf, type Refusal } from './refusal.js';

export type Plan = Extract<Decision, { kind: 'accepted' }>;

/** A plan that does this alone. */
export const planOf = (plan: Partial<Omit<Plan, 'kind'>>): Plan => ({
  kind: 'accepted',
  writes: [],
  records: [],
  effects: [],
  ...plan,
});

/** All of them, in order. */
export const joined = (...plans: readonly Plan[]): Plan =>
  planOf({
    writes: plans.flatMap((one) => one.writes),
    records: plans.flatMap((one) => one.records),
    effects: plans.flatMap((one) => one.effects),
  });

/** A line of the ledger that nobody's press wrote. */
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

/** What shows a deployment: its change's card, the one that a roll back was pressed on, and what was said of broken glass. */
export function cardsOf(deployment: Deployment): Effect[] {
  const redraw = (changeId: number): Effect => ({ effect: 'redraw', changeId });
  return [
    redraw(deployment.changeId),
    ...(deployment.pressedOn === null ? [] : [redraw(deployment.pressedOn)]),
    ...(deployment.override === null ? [] : [{ effect: 'announce', deploymentId: deployment.id } as const]),
  ];
}

/** Ends a deployment that nobody's press ends, with the ledger's line; the next has its turn. */
export function end(
  deployment: Deployment,
  status: 'rejected' | 'expired' | 'failed' | 'lost',
  reason: string,
  detail: Record['detail'] = {},
): Plan {
  return {
    kind: 'accepted',
    writes: [{ write: 'end', deploymentId: deployment.id, status, reason }],
    records: [line(deployment, status, reason, detail)],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** Nobody has done what it waited for; who asked is told. */
export function expired(deployment: Deployment, reason: string, detail: Record['detail'] = {}): Plan {
  const { service, sha } = deployment;
  const told = tellRequester(deployment, null, { rule: 'expired', service, sha, reason });
  return joined(end(deployment, 'expired', reason, detail), planOf({ effects: told }));
}

/** Tells who asked, alone: not what they did themselves, and nobody where nobody asked. */
export function tellRequester({ requestedBy }: Deployment, by: string | null, refusal: Refusal): Effect[] {
  return requestedBy === by || requestedBy === 'pushbutton' ? [] : [{ effect: 'tell', user: requestedBy, refusal }];
}

/** The requester is told alone: the press was accepted, and a rule has refused it since. */
export function rejected(head: Deployment, refusal: Refusal, reason: string): Plan {
  const ended = end(head, 'rejected', reason, detailOf(refusal));
  return { ...ended, effects: [...ended.effects, ...tellRequester(head, null, refusal)] };
}
