/** What the thread of a card tells of a deployment: of which lines of the ledger, and whom they call. */

import type { Record } from '../decision.js';
import type { Notify, Outcome } from '../notify.js';

type Told = Pick<Record, 'kind' | 'detail'>;

/**
 * The kinds of lines that are steps of a deployment. What is not among them is nobody's news: refusals are told to whoever
 * asked alone, a merged press changes nothing, and a start is told once GitHub has answered.
 */
export const STEPS = [
  ...['requested', 'break glass', 'approved', 'approvals void', 'signed off', 'roll back asked'],
  ...['brought forward', 'time changed'],
  ...['waits', 'rate limited', 'unknown', 'still unknown', 'deploying', 'hung'],
  ...['baking', 'check failed', 'check passed', 'waits for continue', 'stage passed', 'continued'],
  ...['cancel asked', 'cancel refused', 'not cancelled', 'stray run', 'given up'],
  ...['live', 'failed', 'lost', 'cancelled', 'rejected', 'withdrawn', 'expired', 'stopped'],
] as const;
export type StepKind = (typeof STEPS)[number];

/** Whether a line of the ledger is a step of a deployment; narrows its kind. */
export const isStep = <T extends { readonly kind: string }>(line: T): line is T & { readonly kind: StepKind } =>
  (STEPS as readonly string[]).includes(line.kind);

/** How a deployment ended, or that it is hung: what the card where Roll back was pressed tells of it. */
const ENDS: readonly StepKind[] = [
  ...(['live', 'failed', 'lost', 'cancelled', 'rejected', 'withdrawn', 'expired', 'stopped', 'hung'] as const),
];
export const isEnd = ({ kind }: { readonly kind: StepKind }): boolean => ENDS.includes(kind);

/** What a step calls people for; null for a step that calls nobody. */
export function outcomeOf({ kind, detail }: Told): Outcome | null {
  switch (kind) {
    case 'requested':
    case 'approvals void':
      return Number(detail.approvals_required ?? 0) > 0 ? 'approvalNeeded' : null;
    case 'failed':
    case 'lost':
    case 'hung':
      return 'productionFailed';
    case 'waits for continue':
      return 'continueNeeded';
    case 'live':
      return 'live';
    default:
      return null;
  }
}

/** Whether the thread has a line for it. */
export function isTold(step: Told, notify: Notify): boolean {
  const outcome = outcomeOf(step);
  return notify[outcome ?? 'steps'] !== 'none';
}
