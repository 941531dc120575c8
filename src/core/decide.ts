/** The one place where it is decided: state, command, policy and facts in; a plan or a named refusal out. */

import type { Command } from './command.js';
import { type Decision, type Facts, NOTHING, refused, type ServicePolicy } from './decision.js';
import { dispatchAnswered, notFound, notSent, startNext } from './dispatch.js';
import type { RunTarget } from './outside.js';
import { pressCancel, pressDeploy, pressReRun, pressRetry, pressRollBack, pressWithdraw } from './presses.js';
import { productionSeen } from './production.js';
import type { ServiceState } from './service.js';
import { rerunNotSeen, stagingSeen } from './staging.js';
import { cancelAnswered, strayRefused, timePassed } from './watch.js';

/**
 * Pure. The caller holds the service's row lock, has read `state` and `target` under it, and saves what comes out
 * in the same transaction.
 */
export function decide(
  state: ServiceState,
  target: RunTarget,
  command: Command,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  switch (command.type) {
    case 'deploy':
      return pressDeploy(state, target, command, facts);
    case 'retry':
      return pressRetry(state, target, command, facts);
    case 'roll back':
    case 'roll back service':
      return pressRollBack(state, target, command, facts);
    case 'cancel':
      return pressCancel(target, command, facts);
    case 'withdraw':
      return pressWithdraw(target, command, facts);
    case 're-run':
      return pressReRun(target, command, facts);
    case 'unknown press':
      return refused({ rule: 'unknown button' }, command.by.user, { asked: command.action });
    case 'staging seen':
      return stagingSeen(target, command.run);
    case 'production seen':
      return productionSeen(state, target, command.run, facts);
    case 'job moved':
      if (!target.deployment || target.deployment.status === 'lost') return NOTHING;
      return {
        kind: 'accepted',
        writes: [],
        records: [],
        effects: [{ effect: 'follow', deploymentId: target.deployment.id, afterMs: 0 }],
      };
    case 'start next':
      return startNext(state, target, policy, facts);
    case 'dispatch answered':
      return dispatchAnswered(target, command.answer, facts);
    case 'not sent':
      return notSent(target);
    case 'not found':
      return notFound(target, facts);
    case 'cancel answered':
      return cancelAnswered(target, command.answer, facts);
    case 'stray refused':
      return strayRefused(target, command.runId, command.message);
    case 'time passed':
      return timePassed(target, policy, facts);
    case 're-run not seen':
      return rerunNotSeen(target, command.attempt, command.refused ?? null);
  }
}
