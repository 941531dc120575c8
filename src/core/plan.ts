/** What several decisions write into their plans alike. */

import type { Decision, Effect, Record, ServicePolicy } from './decision.js';
import type { Deployment } from './deployment/deployment.js';
import type { Refusal } from './refusal.js';

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
): Extract<Decision, { kind: 'accepted' }> {
  return {
    kind: 'accepted',
    writes: [{ write: 'end', deploymentId: deployment.id, status, reason }],
    records: [line(deployment, status, reason, detail)],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** Continuous deployment pauses itself after a start that came to nothing. */
export function pausing(
  ended: Extract<Decision, { kind: 'accepted' }>,
  why: 'failed' | 'lost',
  deploymentId: number,
  policy: ServicePolicy,
): Extract<Decision, { kind: 'accepted' }> {
  if (policy.mode !== 'continuous') return ended;
  return { ...ended, writes: [...ended.writes, { write: 'pause', by: 'pushbutton', why, deploymentId }] };
}

/** Tells who asked, alone: not what they did themselves, and nobody where nobody asked. */
export function tellRequester({ requestedBy }: Deployment, by: string | null, refusal: Refusal): Effect[] {
  return requestedBy === by || requestedBy === 'pushbutton' ? [] : [{ effect: 'tell', user: requestedBy, refusal }];
}
