import type { Write } from '../core/decision.js';
import { askRerun, saveStaging } from './changes.js';
import { saveOutsideRun } from './outside-runs.js';
import type { Queryable } from './pool.js';
import { hideLive, setLive } from './services.js';
import {
  addAnswered,
  addApproval,
  addDeployment,
  askCancel,
  endDeployment,
  noteNotCancelled,
  noteTold,
  queueAgain,
  setReplaced,
  takeCancelBack,
  toDeploying,
  toDispatching,
  toHung,
  toUnknown,
} from './transitions.js';

/**
 * Saves the writes of a decision in order, in its transaction. Returns the id of the deployment that it added, if any.
 * Throws when a row is not where the decision left it, or by the name of the constraint that forbids it.
 */
export async function saveWrites(tx: Queryable, service: string, writes: readonly Write[]): Promise<number | null> {
  let added: number | null = null;
  for (const write of writes) {
    switch (write.write) {
      case 'add deployment':
        added = await addDeployment(tx, service, write);
        break;
      case 'add approval': {
        const id = write.deploymentId === 'new' ? added : write.deploymentId;
        if (id === null) throw new Error('an approval of a new deployment came before it');
        await addApproval(tx, id, write.user, write.decision, null);
        break;
      }
      case 'queue again':
        await queueAgain(tx, write.deploymentId, write.notBefore, write.waitsFor);
        break;
      case 'dispatching':
        await toDispatching(tx, write.deploymentId);
        break;
      case 'unknown':
        await toUnknown(tx, write.deploymentId);
        break;
      case 'answered':
        await addAnswered(tx, write.deploymentId, write.seconds);
        break;
      case 'deploying':
        await toDeploying(tx, write.deploymentId, write.run);
        break;
      case 'hung':
        await toHung(tx, write.deploymentId);
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
        await endDeployment(tx, write.deploymentId, write.status, write.reason);
        break;
      case 'live':
        await setReplaced(tx, write.deploymentId, write.replaced);
        await setLive(tx, service, write.deploymentId, write.keepsOutside, write.asOf);
        break;
      case 'outside run':
        await saveOutsideRun(tx, service, write.run, write.deploymentId);
        if (write.hidesLive) await hideLive(tx, service, write.run.runId);
        break;
      case 'staging':
        await saveStaging(tx, service, write.run);
        break;
      case 're-run asked':
        await askRerun(tx, write.changeId, write.attempt, write.by);
        break;
    }
  }
  return added;
}
