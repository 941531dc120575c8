/** Another person signs off a break-glass deployment afterwards. */

import type { PressOf } from '../command.js';
import { type Decision, refused, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { permitted } from '../service/policy.js';
import { hasEnded } from './deployment.js';

/** Decides a Sign off: records that another approver reviewed a break-glass deployment. Changes nothing else. */
export function pressSignOff(target: Target, press: PressOf<'sign off'>, facts: Facts): Decision {
  const { deployment } = target;
  const by = press.by.user;
  if (!deployment || deployment.override === null)
    return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha } = deployment;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (by === deployment.requestedBy) return refused({ rule: 'own request', sha }, by, about);
  if (deployment.signedOff)
    return refused(
      { rule: 'signed off already', sha, by: deployment.signedOff.user, at: deployment.signedOff.at },
      by,
      about,
    );
  return {
    kind: 'accepted',
    writes: [
      { write: 'signed off', deploymentId: id, user: by },
      { write: 'add approval', deploymentId: id, user: by, decision: 'approved', reason: 'signed off afterwards' },
    ],
    records: [
      {
        actor: by,
        kind: 'signed off',
        sha,
        deploymentId: id,
        reason: null,
        detail: { status: hasEnded(deployment) ? deployment.status : 'under way' },
      },
    ],
    effects: [
      { effect: 'announce', deploymentId: id },
      { effect: 'redraw', changeId: deployment.changeId },
    ],
  };
}
