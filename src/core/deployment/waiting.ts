/** What keeps the head of the queue from starting, and what happens to it meanwhile. */

import type { Decision, Effect } from '../decision.js';
import { type Facts, isUntold } from '../facts.js';
import { cardsOf, expired, line, planOf, rejected } from '../plan.js';
import { type Gate, opensAt } from '../service/gates.js';
import type { Pace } from '../service/pace.js';
import type { Of, WaitsFor } from './deployment.js';

/** A deployment that has waited for an outside fact for so long is expired, so that it cannot start out of the blue. */
const EXPIRES_MS = 2 * 3_600_000;
/** GitHub may refuse something briefly; what it refuses for this long, a person must fix. */
const REFUSED_MS = 5 * 60_000;

/** What is sent next: the head of the queue, or a deployment between two stages. */
export type Head = Of<'queued'> | Of<'baking'>;

/** Keeps the deployment at the head of the queue while a gate is shut or the pace not kept. The card and, once, the ledger show it. */
export function waitAt(head: Head, gate: Gate | Pace, facts: Facts): Decision {
  const again = facts.now.getTime() + facts.pauses.queue.gate;
  const at = new Date(Math.min(again, opensAt(gate)?.getTime() ?? again));
  const by = 'by' in gate ? gate.by : null;
  const { reason } = gate;
  if (
    head.gated?.gate === gate.gate &&
    head.gated.reason === reason &&
    head.gated.until === null &&
    head.waitsFor === gate.gate
  )
    return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'start next', at }] };
  return {
    kind: 'accepted',
    writes: [
      {
        write: 'queue again',
        deploymentId: head.id,
        // GitHub's rate limit still applies, also after a second gate; other waits start over.
        notBefore: head.waitsFor === 'github rate limit' || isAtGate(head) ? head.notBefore : null,
        waitsFor: gate.gate,
        gate: { by, reason },
      },
    ],
    records: [line(head, 'waits', `${gate.gate}: ${reason}`, { gate: gate.gate, by, ...numbersOf(gate) })],
    effects: [{ effect: 'start next', at }, ...cardsOf(head), { effect: 'redraw service' }],
  };
}

/** What the ledger has of a pace. */
const numbersOf = (gate: Gate | Pace) =>
  gate.gate === 'paced'
    ? { every_ms: gate.everyMs, after: gate.after, sent_at: gate.since.toISOString(), until: gate.until.toISOString() }
    : {};

/** Whether it last waited for a gate. */
const isAtGate = ({ waitsFor, gated }: Head): boolean => gated !== null && waitsFor === gated.gate;

/** Keeps waiting for GitHub's rate limit. If a gate shut and opened meanwhile, it no longer waits for that gate. */
export function notYet(head: Head, notBefore: Date): Decision {
  const later: Effect[] = [{ effect: 'start next', at: notBefore }];
  if (!isAtGate(head)) return planOf({ effects: later });
  const waitsFor = 'github rate limit';
  return planOf({
    writes: [{ write: 'queue again', deploymentId: head.id, notBefore, waitsFor }],
    records: [line(head, 'waits', waitsFor)],
    effects: [...later, ...cardsOf(head), { effect: 'redraw service' }],
  });
}

/** What the start waits for, and the least time before asking again. */
interface Missing {
  readonly what: WaitsFor;
  readonly retryAfterMs: number;
}

/** The first fact that is missing for the start; null when none is. */
export function whatIsMissing({ permission, approvers, comparison, shipped, onBranch }: Facts): Missing | null {
  const people = [permission, ...(approvers?.values() ?? [])].filter((one) => one?.is === 'not looked up');
  if (people.length > 0)
    return { what: 'slack', retryAfterMs: Math.max(...people.map((one) => one?.retryAfterMs ?? 0)) };
  const untold = [comparison, shipped, onBranch].filter(isUntold);
  const refused = untold.find((one) => typeof one === 'object' && 'refused' in one);
  if (refused) return { what: { githubRefuses: refused.refused }, retryAfterMs: 0 };
  const limited = untold.flatMap((one) => (typeof one === 'object' && 'retryAfterMs' in one ? [one.retryAfterMs] : []));
  if (limited.length > 0) return { what: 'github rate limit', retryAfterMs: Math.max(...limited) };
  const failed = untold.find((one) => typeof one === 'object' && 'failed' in one);
  if (failed) return { what: { githubFails: failed.failed }, retryAfterMs: 0 };
  if (untold.length > 0) return { what: 'github', retryAfterMs: 0 };
  const authors = shipped === undefined || isUntold(shipped) ? null : shipped.authors;
  return authors === 'not looked up' ? { what: 'slack', retryAfterMs: 0 } : null;
}

function inWords(what: WaitsFor): string {
  if (typeof what === 'string') return what;
  return 'githubFails' in what ? `GitHub answers ${what.githubFails}` : `GitHub refuses: ${what.githubRefuses}`;
}

/** In an outage the status of GitHub's failures changes from one try to the next: that is no news. */
const kindOf = (what: WaitsFor): string =>
  typeof what === 'object' && 'githubFails' in what ? 'github' : inWords(what);

/** Keeps the deployment waiting for an outside fact. Ends it as rejected after a refusal of 5 min, as expired after 2 h. */
export function waitFor(head: Head, { what, retryAfterMs }: Missing, facts: Facts): Decision {
  const reason = inWords(what);
  const since = (date: Date | null) => (date ? facts.now.getTime() - date.getTime() : 0);
  if (typeof what === 'object' && 'githubRefuses' in what && since(head.refusedSince) > REFUSED_MS) {
    const { service, sha } = head;
    return rejected(head, { rule: 'github refuses to compare', service, sha, message: what.githubRefuses }, reason);
  }
  // Time spent at a gate does not count: the wait for an answer begins now.
  if (!isAtGate(head) && since(head.waitsSince) > EXPIRES_MS)
    return expired(head, what === 'slack' || what === 'github' ? `no answer from ${what}` : reason);
  const notBefore = new Date(facts.now.getTime() + Math.max(facts.pauses.queue.fact, retryAfterMs));
  const isNew = head.waitsFor === null || kindOf(head.waitsFor) !== kindOf(what);
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: head.id, notBefore, waitsFor: what }],
    records: isNew ? [line(head, 'waits', reason)] : [],
    effects: [{ effect: 'start next', at: notBefore }, ...(isNew ? cardsOf(head) : [])],
  };
}
