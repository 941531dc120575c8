/** Every rule that a deployment of one change would be asked, and what each says now. */

import type { Change } from '../change/change.js';
import { nameOf, ownStatus, standings } from '../change/results.js';
import type { Presser } from '../command.js';
import type { ServicePolicy } from '../decision.js';
import { type Comparison, countOf, type Facts, isUntold, type Untold } from '../facts.js';
import type { Refusal } from '../refusal.js';
import { refusalOf, shutGates } from '../service/gates.js';
import { type Pace, paceOf } from '../service/pace.js';
import {
  aheadOfLive,
  newestPassed,
  notHeld,
  notLiveYet,
  notTooMany,
  onBranch,
  passedStaging,
  permitted,
} from '../service/policy.js';
import { liveSha, type Pause, type ServiceState } from '../service/service.js';
import { requiredFor } from './approvals.js';
import type { Deployment } from './deployment.js';

/**
 * What a rule says. `asks`: it passes once the number is confirmed, which a press on Deploy asks for. `not known`: Slack or GitHub
 * did not say; without an answer nothing starts.
 */
type Verdict =
  | { readonly is: 'passes' | 'asks' }
  | { readonly is: 'refuses'; readonly refusal: Refusal }
  | { readonly is: 'not known'; readonly whom: 'Slack' | 'GitHub'; readonly because: Untold };

export type RuleAsked =
  | { readonly asks: 'person'; readonly verdict: Verdict }
  | { readonly asks: 'staging'; readonly passedAt: Date | null; readonly verdict: Verdict }
  /** One for each result that is required beside the push run. */
  | { readonly asks: 'result'; readonly result: string; readonly url: string | null; readonly verdict: Verdict }
  | { readonly asks: 'branch'; readonly branch: string; readonly verdict: Verdict }
  /** `aheadBy`: how many changes would ship, without `others`; null when nothing is known to be live. */
  | {
      readonly asks: 'live';
      readonly live: string | null;
      readonly aheadBy: number | null;
      readonly others?: number;
      readonly verdict: Verdict;
    }
  | { readonly asks: 'changes'; readonly most: number; readonly count: number | null; readonly verdict: Verdict }
  | { readonly asks: 'hold'; readonly verdict: Verdict }
  /** One for each gate that is shut, or one that passes. */
  | { readonly asks: 'gate'; readonly verdict: Verdict };

export interface Why {
  readonly service: string;
  readonly change: Change;
  readonly rules: readonly RuleAsked[];
  /** What it would wait for once it is requested. */
  readonly after: {
    readonly approvals: number;
    readonly approvers: readonly string[];
    /** Whether authors of what ships may approve it. */
    readonly authors: boolean;
    /** What is sent or queued before it. */
    readonly ahead: readonly Deployment[];
    /** One of these that is newer: once it is live, this one is refused, as older than what is live. */
    readonly overtakenBy: Deployment | null;
    /** The least time since the last deployment is not over. */
    readonly pace: Pace | null;
  };
  /** The deployment of the same SHA that is under way: a press would join it. */
  readonly underWay: Deployment | null;
  /** What continuous deployment waits for; it refuses nobody who deploys by hand. */
  readonly pause: Pause | null;
  /** A newer change that passed: this one is deployed only by naming its SHA. */
  readonly newer: Extract<Refusal, { rule: 'superseded' }> | null;
}

/** Looks up what the rules need for whoever asks; null if there is no such service or change. */
export type AskWhy = (service: string, changeKey: string, by: Presser) => Promise<Why | null>;

/** The facts that the rules need, looked up for whoever asks. */
export type WhyFacts = Pick<Facts, 'permission' | 'comparison' | 'onBranch'>;

/** The same rules that a press on Deploy and the start after it are asked, each by itself. It decides nothing. */
export function whyNot(state: ServiceState, change: Change, policy: ServicePolicy, facts: WhyFacts): Why {
  const { sha } = change;
  const live = liveSha(state);
  const comparison: Comparison | null = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const aheadBy = comparison && countOf(comparison);
  const compared: Verdict | null = isUntold(facts.comparison) ? untold(facts.comparison) : null;
  const gates = shutGates(state, policy, state.readAt);
  const rules: RuleAsked[] = [
    { asks: 'person', verdict: person(facts.permission) },
    ...ofStaging(change, policy, state.readAt),
    {
      asks: 'branch',
      branch: policy.branch,
      verdict: isUntold(facts.onBranch)
        ? untold(facts.onBranch)
        : verdictOf(onBranch(sha, policy.branch, facts.onBranch)),
    },
    {
      asks: 'live',
      live,
      aheadBy,
      ...(comparison?.others !== undefined && { others: comparison.others }),
      verdict: verdictOf(notLiveYet(state, sha), compared, aheadOfLive(state, sha, comparison, false)),
    },
    { asks: 'hold', verdict: verdictOf(notHeld(change)) },
    ...(gates.length === 0
      ? [{ asks: 'gate', verdict: PASSES } as const]
      : gates.map((gate) => ({ asks: 'gate', verdict: verdictOf(refusalOf(gate, state.name)) }) as const)),
  ];
  if (policy.maxChanges !== null) {
    const most = policy.maxChanges;
    const verdict: Verdict = compared ?? { is: notTooMany(change, policy, aheadBy, null, null) ? 'asks' : 'passes' };
    rules.push({ asks: 'changes', most, count: aheadBy, verdict });
  }
  const superseded = newestPassed(state, change);
  const sent = [...(state.active ? [state.active] : []), ...state.queue];
  const same =
    [state.active, ...state.queue, ...state.scheduled, ...state.waiting].find((one) => one?.sha === sha) ?? null;
  const ahead = same && sent.includes(same) ? sent.slice(0, sent.indexOf(same)) : sent;
  return {
    service: state.name,
    change,
    rules,
    after: {
      approvals: requiredFor('deploy', null, policy),
      approvers: policy.approvals.from,
      authors: policy.approvals.authors,
      ahead,
      overtakenBy: same ? null : (ahead.find((one) => isNewer(one, change)) ?? null),
      pace: paceOf(state, policy, state.readAt),
    },
    underWay: same,
    pause: policy.mode === 'continuous' ? state.pause : null,
    newer: superseded?.rule === 'superseded' ? superseded : null,
  };
}

/** The push run, and what else is required, each by itself. */
function ofStaging(change: Change, policy: ServicePolicy, at: Date): RuleAsked[] {
  const { requires = [] } = policy;
  const own = { ...change, staging: { ...change.staging, status: ownStatus(change.staging) } };
  const pushRun = requires.length === 0 ? change : own;
  const passedAt = requires.length === 0 ? change.passedAt : null;
  return [
    { asks: 'staging', passedAt, verdict: verdictOf(passedStaging(pushRun, {}, at)) },
    ...requires.map((required): RuleAsked => {
      const alone = { ...change, staging: { ...change.staging, own: 'passed' as const } };
      const verdict = verdictOf(passedStaging(alone, { ...policy, requires: [required] }, at));
      const [stands] = standings([required], change);
      return { asks: 'result', result: nameOf(required), url: stands?.seen?.url || null, verdict };
    }),
  ];
}

/** Whether nothing that is asked now refuses it. */
export const mayDeploy = ({ rules }: Pick<Why, 'rules'>): boolean =>
  rules.every(({ verdict }) => verdict.is === 'passes' || verdict.is === 'asks');

const isNewer = (deployment: Deployment, change: Change): boolean =>
  deployment.kind !== 'roll back' && deployment.runNumber > change.staging.runNumber;

const PASSES: Verdict = { is: 'passes' };

/** The first that does not pass. */
function verdictOf(...found: readonly (Refusal | Verdict | null)[]): Verdict {
  const first = found.find((one) => one !== null) ?? null;
  if (first === null) return PASSES;
  return 'rule' in first ? { is: 'refuses', refusal: first } : first;
}

function person(permission: Facts['permission']): Verdict {
  const refusal = permitted(permission);
  if (refusal?.rule !== 'not looked up') return verdictOf(refusal);
  const { retryAfterMs } = refusal as { readonly retryAfterMs?: number };
  return { is: 'not known', whom: 'Slack', because: retryAfterMs === undefined ? 'unavailable' : { retryAfterMs } };
}

const untold = (because: Untold): Verdict => ({ is: 'not known', whom: 'GitHub', because });
