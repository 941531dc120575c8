/** The service that a command is about, and the rows that it names. */

import type { Command } from '../core/command.js';
import { namedIn } from '../core/deployment/deployment.js';
import type { RunTarget } from '../core/deployment/outside.js';
import { changeById, changeByKey, changeBySha } from '../db/changes.js';
import { deploymentById, deploymentByKey, deploymentOfRun, underWayOf } from '../db/deployments.js';
import { outsideRun } from '../db/outside-runs.js';
import type { Queryable } from '../db/pool.js';

/** The service of a command; null when it is unknown or the command concerns all services. */
export async function serviceOf(db: Queryable, command: Command): Promise<string | null> {
  if ('service' in command) return command.service;
  if (command.type === 'unknown press' || command.type === 'stop' || command.type === 'resume all') return null;
  if ('change' in command) return (await changeByKey(db, command.change))?.service ?? null;
  return (await deploymentByKey(db, command.deployment))?.service ?? null;
}

/** Reads the rows that a command names, under the service's row lock. `head`: the change that is sent next. */
export async function readTarget(
  tx: Queryable,
  service: string,
  command: Command,
  head: number | null,
): Promise<RunTarget> {
  const nothing: RunTarget = { change: null, deployment: null, underWay: null, outside: null, restored: null };
  switch (command.type) {
    case 'deploy':
    case 'hold':
    case 'let go':
    case 're-run': {
      const change = await changeByKey(tx, command.change);
      return { ...nothing, change, underWay: change ? await underWayOf(tx, service, change.sha) : null };
    }
    case 'retry':
    case 'roll back':
    case 'cancel':
    case 'withdraw':
    case 'approve':
    case 'reject':
    case 'sign off':
    case 'replace': {
      const deployment = await deploymentByKey(tx, command.deployment);
      if (!deployment) return nothing;
      const change = command.type === 'retry' ? await changeById(tx, deployment.changeId) : null;
      return { ...nothing, change, deployment, underWay: await underWayOf(tx, service, deployment.sha) };
    }
    case 'roll back service':
    case 'give up':
    case 'lock':
    case 'unlock':
    case 'resume':
    case 'service time passed':
    case 'stop':
    case 'resume all':
    case 'unknown press':
      return nothing;
    // It is about the service; the change is read because the pressed card may be a second copy to adopt.
    case 'resume from a card':
      return { ...nothing, change: await changeByKey(tx, command.change) };
    case 'staging seen':
      return { ...nothing, change: await changeBySha(tx, service, command.run.sha) };
    case 're-run not seen':
      return { ...nothing, change: await changeById(tx, command.changeId) };
    case 'job moved':
      return { ...nothing, deployment: await deploymentOfRun(tx, service, command.runId, []) };
    case 'production seen': {
      const { run } = command;
      const deployment = await deploymentOfRun(tx, service, run.runId, namedIn(run.title));
      const restored = deployment?.restores ? await deploymentById(tx, deployment.restores) : null;
      return { ...nothing, deployment, restored, outside: await outsideRun(tx, service, run.runId, run.attempt) };
    }
    case 'start next':
      return { ...nothing, change: head === null ? null : await changeById(tx, head) };
    case 'dispatch answered':
    case 'not sent':
    case 'look-up refused':
    case 'not found':
    case 'run read':
    case 'cancel answered':
    case 'stray refused':
    case 'time passed':
      return { ...nothing, deployment: await deploymentById(tx, command.deploymentId) };
  }
}
