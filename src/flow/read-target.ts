/** What is read for a decision. */

import type { Command } from '../core/command.js';
import { type Deployment, namedIn } from '../core/deployment/deployment.js';
import type { RunTarget } from '../core/deployment/outside.js';
import type { ServiceState } from '../core/service/service.js';
import { changeById } from '../db/changes.js';
import { deploymentById, deploymentOfRun } from '../db/deployments.js';
import { outsideRun } from '../db/outside-runs.js';
import type { Queryable } from '../db/pool.js';
import { type Named, readNamed } from '../db/service-state.js';

/** What a decision is about: the state of the service, and the rows that the command names. */
interface Subject {
  readonly state: ServiceState;
  readonly target: RunTarget;
}

/**
 * Reads under the service's row lock what decisions of one transaction are about. Commands that name the same rows share
 * what was read, until `forget` is called because a decision has changed something.
 */
export function createReader(
  tx: Queryable,
  service: string,
  /** Whether the change of what is approved is read, too. */
  approvesChanges: boolean,
): { readonly read: (command: Command) => Promise<Subject>; readonly forget: () => void } {
  const known = new Map<string, Promise<Subject>>();
  return {
    read: (command) => {
      const key = JSON.stringify([
        command.type === 'retry',
        approvesChanges && command.type === 'approve',
        namedBy(command),
        runOf(command),
      ]);
      const subject = known.get(key) ?? readSubject(tx, service, command, approvesChanges);
      known.set(key, subject);
      return subject;
    },
    forget: () => known.clear(),
  };
}

async function readSubject(
  tx: Queryable,
  service: string,
  command: Command,
  approvesChanges: boolean,
): Promise<Subject> {
  const { state, change, deployment } = await readNamed(tx, service, namedBy(command));
  const sha = (change ?? deployment)?.sha;
  const target = { change, deployment, underWay: underWayOf(state, sha), outside: null, restored: null };
  switch (command.type) {
    case 'start next': {
      // The statement orders the queue by microseconds, the state by milliseconds: the state's word holds.
      const { active } = state;
      const baking = active?.status === 'baking' ? active : null;
      const restored = baking?.restores ? await deploymentById(tx, baking.restores) : null;
      const head = (baking ?? state.queue[0])?.changeId;
      if (head === undefined || change?.id === head) return { state, target: { ...target, restored } };
      return { state, target: { ...target, change: await changeById(tx, head), restored } };
    }
    case 'approve':
      if (!approvesChanges || !deployment) return { state, target };
      return { state, target: { ...target, change: await changeById(tx, deployment.changeId) } };
    case 'retry':
      return { state, target: { ...target, change: deployment && (await changeById(tx, deployment.changeId)) } };
    case 'production seen': {
      const { run } = command;
      const own = await deploymentOfRun(tx, service, run.runId, namedIn(run.title));
      const restored = own?.restores ? await deploymentById(tx, own.restores) : null;
      const outside = await outsideRun(tx, service, run.runId, run.attempt);
      return { state, target: { ...target, deployment: own, restored, outside } };
    }
    default:
      return { state, target };
  }
}

/** The deployment of this commit that has not ended. */
function underWayOf({ active, queue, scheduled, waiting }: ServiceState, sha: string | undefined): Deployment | null {
  return [active, ...queue, ...scheduled, ...waiting].find((one) => one?.sha === sha) ?? null;
}

/** What `deploymentOfRun` and `outsideRun` look for. */
const runOf = (command: Command): unknown => (command.type === 'production seen' ? command.run : null);

/** What is read of a command beside the state of its service. */
function namedBy(command: Command): Named {
  switch (command.type) {
    case 'deploy':
    case 'deploy at':
    case 'hold':
    case 'let go':
    case 're-run':
    // It is about the service; the change is read because the pressed card may be a second copy to adopt.
    case 'resume from a card':
      return { change: command.change };
    case 'retry':
    case 'roll back':
    case 'cancel':
    case 'continue':
    case 'stop here':
    case 'withdraw':
    case 'approve':
    case 'reject':
    case 'sign off':
    case 'replace':
      return { deployment: command.deployment };
    case 'staging seen':
      return { sha: command.run.sha };
    case 'results seen':
      return { sha: command.sha };
    case 'result re-run not seen':
    case 're-run not seen':
    case 'touches seen':
      return { change: command.changeId };
    case 'start next':
      return { head: true };
    case 'dispatch answered':
    case 'not sent':
    case 'look-up refused':
    case 'not found':
    case 'run read':
    case 'cancel answered':
    case 'stray refused':
    case 'time passed':
    case 'checked':
    case 'check run ended':
      return { deployment: command.deploymentId };
    case 'roll back service':
    case 'give up':
    case 'lock':
    case 'unlock':
    case 'resume':
    case 'service time passed':
    case 'stop':
    case 'resume all':
    case 'unknown press':
    case 'job moved':
    case 'production seen':
      return {};
  }
}
