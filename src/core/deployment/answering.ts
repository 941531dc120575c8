/** Which answers a request is bound to, and when there is no use in asking. */

import type { Change } from '../change/change.js';
import type { ServicePolicy } from '../decision.js';
import type { Refusal } from '../refusal.js';
import { gateFor, shutGates } from '../service/gates.js';
import { first, newestPassed, notHeld, notLiveYet, passedStaging } from '../service/policy.js';
import { type ServiceState, supersedes } from '../service/service.js';
import {
  type Answered,
  type AnswerFault,
  type Asks,
  allMissing,
  type Given,
  settled,
  standardAnswers,
  wordsOf,
} from './asks.js';
import type { Deployment } from './deployment.js';

type NotAnswered = Extract<Refusal, { rule: 'not answered' }>;
type Bound = { readonly answered: Answered | null } | NotAnswered;

const NOTHING_ASKED: Asks = { inputs: [], checks: [] };

/** The answers of a Deploy, or why they do not count. `given`: null when the person was not asked, which a card does first. */
export function toAnswer(
  state: ServiceState,
  change: Change,
  policy: Pick<ServicePolicy, 'asks'>,
  given: Given | null,
): Bound {
  const { asks } = policy;
  if (asks === null && (given === null || given.values.length === 0)) return { answered: null };
  const found = given ? settled(asks ?? NOTHING_ASKED, given) : { faults: allMissing(asks ?? NOTHING_ASKED) };
  if ('answered' in found) return found;
  const key = supersedes(state.newestPassed, change) ? null : change.key;
  return notAnswered(state.name, change.sha, found.faults, key);
}

/** The answers of a Retry: those of the deployment that it repeats; the defaults if nothing was asked then. */
export function answersAgain(
  state: ServiceState,
  { answered, sha, kind }: Pick<Deployment, 'answered' | 'sha' | 'kind'>,
  { asks }: Pick<ServicePolicy, 'asks'>,
): Bound {
  if (answered !== null || asks === null) return { answered };
  if (kind === 'roll back') return { answered: standardAnswers(asks) };
  const found = settled(asks, { values: [], checked: [] });
  return 'answered' in found ? found : notAnswered(state.name, sha, found.faults, null);
}

/** The refusals for those of these answers that only some people may give, because they are not the default. */
export function limited(
  { name, asks }: Pick<ServicePolicy, 'name' | 'asks'>,
  answered: Answered | null,
): Extract<Refusal, { rule: 'may not answer' }>[] {
  if (!asks || !answered) return [];
  return asks.inputs.flatMap(({ input, label, kind, standard, by: answerers }) => {
    const answer = answered.given.find((one) => one.input === input);
    if (!answer || answerers === null || answer.value === (standard ?? '')) return [];
    const about = { service: name, label, answer: answer.words, standard: wordsOf(kind, standard ?? '') };
    return [{ rule: 'may not answer', ...about, answerers } as const];
  });
}

function notAnswered(service: string, sha: string, faults: readonly AnswerFault[], change: string | null): NotAnswered {
  return {
    rule: 'not answered',
    service,
    sha,
    missing: faults.flatMap((one) => (one.is === 'missing' ? [one.input] : [])),
    checks: faults.flatMap((one) => (one.is === 'not checked' ? one.checks : [])),
    wrong: faults.flatMap((one) => {
      if (one.is === 'not offered') return [`${one.input}=${one.value}`];
      return one.is === 'not asked' || one.is === 'too long' ? [one.input] : [];
    }),
    change,
  };
}

/**
 * Whether Deploy on a card would be refused, or join what is under way, whatever is answered. Then nobody is asked: the press
 * is decided as it is.
 */
export function comesToNothing(
  state: ServiceState,
  change: Change,
  policy: Pick<ServicePolicy, 'freezes' | 'timezone' | 'requires' | 'withinMs'>,
): boolean {
  const { active, queue, scheduled, waiting, readAt } = state;
  return (
    [active, ...queue, ...scheduled, ...waiting].some((one) => one?.sha === change.sha) ||
    first(
      passedStaging(change, policy, readAt),
      notLiveYet(state, change.sha),
      newestPassed(state, change),
      notHeld(change),
    ) !== null ||
    gateFor(shutGates(state, policy, readAt), 'deploy') !== null
  );
}
