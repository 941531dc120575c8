/** The one place that decides: state, command, policy and facts in; a plan or a named refusal out. */

import { resultRerunNotSeen, resultsSeen } from './change/results-seen.js';
import { rerunNotSeen, stagingSeen } from './change/staging.js';
import { touchesSeen } from './change/touches.js';
import type { Command } from './command.js';
import { type Decision, NOTHING, refused, type ServicePolicy } from './decision.js';
import { pressApprove, pressReject } from './deployment/approvals.js';
import { notPastTimes } from './deployment/at-time.js';
import { dispatchAnswered, notSent, startNext } from './deployment/dispatch.js';
import { lookUpRefused, notFound } from './deployment/look-up.js';
import type { RunTarget } from './deployment/outside.js';
import { pressCancel, pressReRun, pressWithdraw } from './deployment/presses.js';
import { jobMoved, productionSeen } from './deployment/production.js';
import { pressReplace } from './deployment/replace.js';
import { pressDeploy, pressRetry } from './deployment/requests.js';
import { pressRollBack } from './deployment/roll-back.js';
import { pressSignOff } from './deployment/sign-off.js';
import { pressGiveUp, runRead } from './deployment/stuck.js';
import { cancelAnswered, strayRefused, timePassed } from './deployment/watch.js';
import type { Facts } from './facts.js';
import { deployItself } from './service/continuous.js';
import {
  decideStop,
  lockTimePassed,
  pressHold,
  pressLetGo,
  pressLock,
  pressResume,
  pressUnlock,
} from './service/locks.js';
import type { ServiceState } from './service/service.js';
import { pressContinue, pressStopHere } from './stages/between.js';
import { checked, checkRunEnded } from './stages/checked.js';

/**
 * Decides what a command does. Pure. The caller holds the service's row lock, has read `state` and `target` under it,
 * and saves the decision in the same transaction.
 */
export function decide(
  state: ServiceState,
  target: RunTarget,
  command: Command,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  return notPastTimes(decideOne(state, target, command, policy, facts), state);
}

function decideOne(
  state: ServiceState,
  target: RunTarget,
  command: Command,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  switch (command.type) {
    case 'deploy':
    case 'deploy at':
      return pressDeploy(state, target, command, policy, facts);
    case 'retry':
      return pressRetry(state, target, command, policy, facts);
    case 'roll back':
    case 'roll back service':
      return pressRollBack(state, target, command, policy, facts);
    case 'replace':
      return pressReplace(state, target, command, facts);
    case 'approve':
      return pressApprove(state, target, command, policy, facts);
    case 'reject':
      return pressReject(target, command, facts);
    case 'sign off':
      return pressSignOff(target, command, facts);
    case 'hold':
      return pressHold(state, target, command, facts);
    case 'let go':
      return pressLetGo(target, command, facts);
    case 'lock':
      return pressLock(state, command, facts);
    case 'give up':
      return pressGiveUp(state, command, policy, facts);
    case 'unlock':
      return pressUnlock(state, command, facts);
    case 'resume':
    case 'resume from a card':
      return pressResume(state, command, policy, facts);
    case 'stop':
    case 'resume all':
      return decideStop(state.stop, command, facts.permission);
    case 'cancel':
      return pressCancel(target, command, facts);
    case 'continue':
      return pressContinue(target, command, facts);
    case 'stop here':
      return pressStopHere(target, command, facts);
    case 'withdraw':
      return pressWithdraw(target, command, facts);
    case 're-run':
      return pressReRun(target, command, policy, facts);
    case 'unknown press':
      return refused({ rule: 'unknown button' }, command.by.user, { asked: command.action });
    case 'staging seen':
      return stagingSeen(target, command.run, policy);
    case 'touches seen':
      return touchesSeen(target, command);
    case 'results seen':
      return resultsSeen(target, command.results, policy);
    case 'production seen':
      return productionSeen(state, target, command.run, policy, facts);
    case 'job moved':
      return jobMoved(target.deployment);
    case 'start next':
      return startNext(state, target, policy, facts);
    case 'dispatch answered':
      if (command.deployId !== undefined && command.deployId !== target.deployment?.deployId) return NOTHING;
      return dispatchAnswered(state, target, command.answer, policy, facts);
    case 'not sent':
      return notSent(target);
    case 'look-up refused':
      return lookUpRefused(target, command.message);
    case 'not found':
      return notFound(state, target, policy, facts);
    case 'run read':
      return runRead(state, target, command.shown, policy, facts);
    case 'cancel answered':
      return cancelAnswered(state, target, command.answer, policy, facts);
    case 'stray refused':
      return strayRefused(target, command.runId, command.message);
    case 'checked':
      return checked(state, target, command, policy, facts);
    case 'check run ended':
      return checkRunEnded(state, target, command, policy, facts);
    case 'time passed':
      return timePassed(target, policy, facts);
    case 'service time passed':
      return serviceTimePassed(state, policy, facts);
    case 'result re-run not seen':
      return resultRerunNotSeen(target, command, policy);
    case 're-run not seen':
      return rerunNotSeen(target, command.attempt, command.refused ?? null, command.forGood ?? false);
  }
}

/** Decides one thing at a time: an expired lock is removed first. */
function serviceTimePassed(state: ServiceState, policy: ServicePolicy, facts: Facts): Decision {
  const lock = lockTimePassed(state, facts);
  return lock.kind === 'nothing' ? deployItself(state, policy, facts) : lock;
}
