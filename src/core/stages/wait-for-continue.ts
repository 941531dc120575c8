/** A stage whose bake is over waits for Continue: people are called once, and the operators are told when nobody presses. */

import { type Decision, NOTHING } from '../decision.js';
import type { Of } from '../deployment/deployment.js';
import type { Facts } from '../facts.js';
import { cardsOf, inStage, line, planOf } from '../plan.js';
import { nextStage, type StageOf } from './stage.js';

/** So long after people were called, the operators are told. */
const TOLD_MS = 24 * 3_600_000;

/** Decides what the wait means now. The card changes with it, since nothing else happens at the end of such a bake. */
export function waitForContinue(deployment: Of<'baking'>, stage: StageOf<'baking'>, { now }: Facts): Decision {
  const { id: deploymentId } = deployment;
  const { place, waitsSince, toldAt } = stage;
  const told = (since: Date) => new Date(since.getTime() + TOLD_MS);
  if (waitsSince === null) {
    const next = nextStage(deployment)?.plan.name ?? null;
    return planOf({
      writes: [{ write: 'stage waits', deploymentId, place }],
      records: [line(deployment, 'waits for continue', null, { ...inStage(deployment), next })],
      effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: told(now) }],
    });
  }
  if (toldAt !== null) return NOTHING;
  if (told(waitsSince) > now) return planOf({ effects: [{ effect: 'start next', at: told(waitsSince) }] });
  return planOf({
    writes: [{ write: 'stage wait told', deploymentId, place }],
    records: [line(deployment, 'still waits for continue', null, inStage(deployment))],
    effects: [{ effect: 'tell operators', deploymentId, about: 'waits for continue' }],
  });
}
