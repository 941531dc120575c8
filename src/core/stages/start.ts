/** What is saved when a stage is started. */

import type { Head } from '../deployment/waiting.js';
import type { ServiceState } from '../service/service.js';
import type { Write } from '../write.js';
import { nextStage, type StagesPolicy } from './stage.js';
import { stepsOf } from './walk.js';

/**
 * The id by which the run of a start is found, the name of its stage, and what is saved of it. A deployment keeps the stages of
 * the config as they are at its first. Each further stage has an id of its own. Without stages, nothing is saved.
 */
export function startOf(
  state: ServiceState,
  head: Head,
  policy: StagesPolicy,
  deployId: string,
): { readonly deployId: string; readonly stage: string | null; readonly writes: readonly Write[] } {
  const { id: deploymentId } = head;
  const next = head.status === 'baking' ? nextStage(head) : null;
  if (next) {
    const { place, plan } = next;
    const own = next.deployId ?? deployId;
    const write: Write = { write: 'start stage', deploymentId, place, deployId: own, steps: null };
    return { deployId: own, stage: plan.name, writes: [write] };
  }
  if (policy.stages.length === 0) return { deployId: head.deployId, stage: null, writes: [] };
  const steps = stepsOf(state, head, policy);
  const first = steps.findIndex(({ skipped }) => !skipped);
  const write: Write = { write: 'start stage', deploymentId, place: first + 1, deployId: head.deployId, steps };
  return { deployId: head.deployId, stage: steps[first]?.plan.name ?? null, writes: [write] };
}
