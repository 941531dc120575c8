import type { Write } from '../core/write.js';
import { setAside } from './asides.js';
import { askRerun, refuseRerun, saveStaging } from './changes.js';
import { passCheckRun } from './check-runs.js';
import { endDeployment, type RunEnded } from './end-deployment.js';
import { noteFailure } from './failures.js';
import {
  askToConfirm,
  clearLock,
  clearStop,
  clearUndone,
  holdChange,
  letGo,
  markUndone,
  noteNudged,
  pause,
  resume,
  setLock,
  setStop,
} from './gates.js';
import { saveOutsideRun } from './outside-runs.js';
import type { Queryable } from './pool.js';
import { saveResults } from './results.js';
import { hideLive, setLive } from './services.js';
import {
  continueStage,
  endStage,
  noteStageRun,
  passStage,
  putBack,
  reachStage,
  saveChecks,
  stageRan,
  stageWaits,
  stageWaitTold,
  startStage,
} from './stages.js';
import { moveStart, noteTimeCame } from './start-times.js';
import {
  addAnswered,
  addApproval,
  addDeployment,
  approve,
  askAnew,
  askCancel,
  noteGitHubSays,
  noteMissing,
  noteNotCancelled,
  noteReminded,
  noteTold,
  queueAgain,
  setReplaced,
  signOff,
  takeCancelBack,
  toDeploying,
  toDispatching,
  toHung,
  toQueued,
  toUnknown,
} from './transitions.js';

/** What is noted of deployments while traces are made. */
export interface Traced {
  /** The span in which they are asked for. */
  readonly here: string | null;
  /** One starts, whose request was made in this span. */
  readonly starts: (deploymentId: number, trace: string | null) => void;
  /** One has ended. */
  readonly ended: (deploymentId: number, run: RunEnded) => void;
}

/**
 * Saves the writes of a decision in order, in its transaction. Returns the id of the deployment that it added, if any.
 * Throws if a row has changed since the decision, or if a constraint forbids a write; that error names the constraint.
 */
export async function saveWrites(
  tx: Queryable,
  service: string,
  writes: readonly Write[],
  traced: Traced | null = null,
): Promise<number | null> {
  let added: number | null = null;
  for (const write of writes) {
    switch (write.write) {
      case 'add deployment':
        added = await addDeployment(tx, service, write, traced?.here ?? null);
        break;
      case 'add approval':
        await addApproval(tx, write.deploymentId, write.user, write.decision, write.reason ?? null);
        break;
      case 'queue again':
        if ((await queueAgain(tx, write.deploymentId, write.notBefore, write.waitsFor, write.gate))?.stage)
          await putBack(tx, write.deploymentId);
        break;
      case 'dispatching':
        await toDispatching(tx, write.deploymentId, write.uncounted, traced?.starts);
        break;
      case 'move start':
        await moveStart(tx, write.deploymentId, write.startAt, write.confirmed);
        break;
      case 'time came':
        await noteTimeCame(tx, write.deploymentId);
        break;
      case 'unknown':
        if ((await toUnknown(tx, write.deploymentId))?.stage) await reachStage(tx, write.deploymentId);
        break;
      case 'github says':
        await noteGitHubSays(tx, write.deploymentId, write.message);
        break;
      case 'answered':
        await addAnswered(tx, write.deploymentId, write.seconds);
        break;
      case 'deploying':
        if ((await toDeploying(tx, write.deploymentId, write.run))?.stage)
          await noteStageRun(tx, write.deploymentId, write.run);
        break;
      case 'start stage':
        await startStage(tx, service, write);
        break;
      case 'stage ran':
        await stageRan(tx, write);
        break;
      case 'stage passed':
        await passStage(tx, write);
        break;
      case 'check run passed':
        await passCheckRun(tx, write.deploymentId, write.place);
        break;
      case 'checks':
        await saveChecks(tx, write);
        break;
      case 'stage waits':
        await stageWaits(tx, write.deploymentId, write.place);
        break;
      case 'stage wait told':
        await stageWaitTold(tx, write.deploymentId, write.place);
        break;
      case 'continue':
        await continueStage(tx, write);
        break;
      case 'hung':
        await toHung(tx, write.deploymentId);
        break;
      case 'missing':
        await noteMissing(tx, write.deploymentId, write.reads);
        break;
      case 'told unknown':
        await noteTold(tx, write.deploymentId);
        break;
      case 'cancel refused':
        await takeCancelBack(tx, write.deploymentId);
        break;
      case 'told not cancelled':
        await noteNotCancelled(tx, write.deploymentId);
        break;
      case 'ask cancel':
        await askCancel(tx, write.deploymentId, write.by);
        break;
      case 'end':
        if (
          (await endDeployment(tx, write.deploymentId, write.status, write.reason, write.by ?? null, traced?.ended))
            ?.stage
        )
          await endStage(tx, write.deploymentId, write.status, write.reason);
        break;
      case 'live':
        await setReplaced(tx, write.deploymentId, write.replaced);
        await setLive(tx, service, write.deploymentId, write.keepsOutside, write.asOf, write.moved);
        await clearUndone(tx, service, write.deploymentId);
        break;
      case 'outside run':
        await saveOutsideRun(tx, service, write.run, write.deploymentId);
        if (write.hidesLive) await hideLive(tx, service, write.run.runId);
        break;
      case 'staging':
        await saveStaging(tx, service, write.run, write.aside ?? null);
        break;
      case 'aside':
        await setAside(tx, write.changeId, write.aside);
        break;
      case 'results':
        await saveResults(tx, service, write);
        break;
      case 'failure':
        await noteFailure(tx, write.failed, null, null);
        break;
      case 'approve':
        await approve(tx, write);
        break;
      case 'approved':
        await toQueued(tx, write.deploymentId);
        break;
      case 'ask anew':
        await askAnew(tx, write);
        break;
      case 'reminded':
        await noteReminded(tx, write.deploymentId);
        break;
      case 'signed off':
        await signOff(tx, write.deploymentId, write.user);
        break;
      case 'lock':
        await setLock(tx, service, write.by, write.reason, write.until);
        break;
      case 'unlock':
        await clearLock(tx, service);
        break;
      case 'stop':
        await setStop(tx, write.by, write.reason);
        break;
      case 'end stop':
        await clearStop(tx);
        break;
      case 'lock nudged':
        await noteNudged(tx, service);
        break;
      case 'pause':
        await pause(tx, service, write.by, write.why, write.deploymentId === 'new' ? added : write.deploymentId);
        break;
      case 'resume':
        await resume(tx, service);
        break;
      case 'hold':
        await holdChange(tx, write.changeId, write.by, write.reason);
        break;
      case 'let go':
        await letGo(tx, write.changeId);
        break;
      case 'ask to confirm':
        await askToConfirm(tx, write);
        break;
      case 'undo':
        await markUndone(tx, service, write.deploymentId, write.restored, write.from);
        break;
      case 're-run refused':
        await refuseRerun(tx, write.changeId, write.message);
        break;
      case 're-run asked':
        await askRerun(tx, write.changeId, write.attempt, write.by);
        break;
    }
  }
  return added;
}
