/** The status of a deployment in words that name its stage. */

import type { Deployment, Of } from '../../core/deployment/deployment.js';
import { lastStage, stageOf } from '../../core/stages/stage.js';
import { STATUS } from './words.js';

/** `deploying eu`, `baking in canary`, `failed at eu`; without stages the status alone. */
export function statusOf(deployment: Deployment): string {
  const stage = lastStage(deployment)?.plan.name;
  const word = STATUS[deployment.status];
  if (stage === undefined) return word;
  switch (deployment.status) {
    case 'dispatching':
    case 'deploying':
      return `${word} ${stage}`;
    case 'unknown':
    case 'hung':
      return `${word}, in ${stage}`;
    case 'baking':
      return between(deployment, stage);
    case 'failed':
      return `failed at ${stage}`;
    case 'lost':
    case 'cancelled':
    case 'stopped':
      return `${word} at ${stage}`;
    default:
      return word;
  }
}

function between(deployment: Of<'baking'>, stage: string): string {
  const baking = stageOf(deployment);
  if (baking?.is !== 'baking') return `waits after ${stage}`;
  return baking.waitsSince === null ? `baking in ${stage}` : `waits for Continue after ${stage}`;
}
