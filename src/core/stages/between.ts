/** What happens between two stages: the bake, Continue, Stop here, and which deployment is sent next. */

import type { PressOf } from '../command.js';
import { type Decision, type Effect, type Record, refused, type Target } from '../decision.js';
import type { Deployment, Of } from '../deployment/deployment.js';
import { redrawn, wrongState } from '../deployment/presses.js';
import type { Run } from '../deployment/run.js';
import type { Head } from '../deployment/waiting.js';
import type { Facts } from '../facts.js';
import { cardsOf, joined, line, type Plan, planOf } from '../plan.js';
import { permitted } from '../service/policy.js';
import type { ServiceState } from '../service/service.js';
import type { Write } from '../write.js';
import { unasked } from './checks.js';
import type { Stage, StageOf } from './stage.js';
import { lastStage, nextStage, stageOf } from './stage.js';
import { waitForContinue } from './wait-for-continue.js';

/** What is sent next: the deployment between two stages, which keeps its service, else the head of the queue. */
export function toStart({ active, queue }: Pick<ServiceState, 'active' | 'queue'>): Head | null {
  if (active === null) return queue[0] ?? null;
  return active.status === 'baking' && stageOf(active) === null && nextStage(active) ? active : null;
}

/** Whether a stage has baked for long enough and waits for nobody. */
function isOver(stage: StageOf<'baking'>, isLast: boolean, now: Date): boolean {
  const { bakesUntil, continuedBy, plan } = stage;
  // Continue skips what its checks would still say.
  if (continuedBy === null && !isChecked(stage)) return false;
  return bakesUntil <= now && (isLast || plan.next === 'itself' || continuedBy !== null);
}

/** Whether each of its checks was answered, and the last answer of each was as expected. */
const isChecked = ({ checks, checkRun }: StageOf<'baking'>): boolean =>
  (checkRun === null || checkRun.is === 'passed') &&
  checks.every(({ lastAt, failuresInARow }) => lastAt !== null && failuresInARow === 0);

type StageRan = Extract<Write, { write: 'stage ran' }>;

/** A stage whose bake is over and whose checks have not all answered is looked at again so much later. */
const CHECKED_MS = 5_000;

/** The write of a stage whose run ended well. Its checks begin now; without them it has none. */
export const stageRan = (
  { id: deploymentId }: Deployment,
  place: number,
  run: Run,
  ranAt: Date,
  bakesUntil: Date,
  checks: Pick<StageRan, 'checks' | 'checkId'> = { checks: [], checkId: null },
): StageRan => ({ write: 'stage ran', deploymentId, place, run, ranAt, bakesUntil, ...checks });

/** The run of a stage ended well: the deployment bakes in it, or goes on at once. `onward` is the plan of going on. */
export function afterRun(
  deployment: Deployment,
  { place, plan }: StageOf<'running'>,
  run: Run,
  ranAt: Date,
  facts: Facts,
  onward: () => Plan,
): Plan {
  const bakesUntil = new Date(facts.now.getTime() + plan.bakeMs);
  const waits = plan.next === 'press' && nextStage(deployment) !== null;
  const { workflow } = plan.checks;
  const stays = plan.bakeMs > 0 || waits || workflow !== null;
  const ran = planOf({
    writes: [
      stageRan(deployment, place, run, ranAt, bakesUntil, {
        checks: stays ? plan.checks.http.map(() => unasked(facts.now)) : [],
        checkId: workflow === null ? null : facts.deployId,
      }),
    ],
    records:
      plan.bakeMs > 0 || workflow !== null
        ? [
            line(deployment, 'baking', null, {
              stage: plan.name,
              run_id: run.id,
              until: bakesUntil.toISOString(),
              waits,
            }),
          ]
        : [],
    effects: [
      ...cardsOf(deployment),
      { effect: 'follow', deploymentId: deployment.id, afterMs: 0 },
      { effect: 'redraw service' },
    ],
  });
  if (!stays) return joined(ran, onward());
  const asks: Effect[] = plan.checks.http.length > 0 ? [{ effect: 'ask checks', deploymentId: deployment.id }] : [];
  const runs: Effect[] = workflow === null ? [] : [{ effect: 'run check', deploymentId: deployment.id }];
  return joined(ran, planOf({ effects: [{ effect: 'start next', at: bakesUntil }, ...asks, ...runs] }));
}

/** A stage is behind the deployment: the next one may start. */
export const passed = (deployment: Deployment, { place, plan }: Stage): Plan =>
  planOf({
    writes: [{ write: 'stage passed', deploymentId: deployment.id, place }],
    records: [line(deployment, 'stage passed', null, { stage: plan.name })],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  });

/**
 * Decides about a deployment that bakes: a rollback that waits takes its place, and a bake that is over lets it go on. null
 * when the next stage is to be started. `onward` is the plan of going on.
 */
export function whileBaking(
  { queue }: ServiceState,
  active: Of<'baking'>,
  facts: Facts,
  onward: (stage: StageOf<'baking'>) => Plan,
): Decision | null {
  if (queue[0]?.kind === 'roll back') return stopped(active, 'a rollback takes its place');
  const stage = stageOf(active);
  if (stage?.is !== 'baking') return null;
  if (isOver(stage, nextStage(active) === null, facts.now)) return onward(stage);
  if (stage.bakesUntil <= facts.now && isChecked(stage)) return waitForContinue(active, stage, facts);
  const soon = new Date(facts.now.getTime() + CHECKED_MS);
  return planOf({ effects: [{ effect: 'start next', at: stage.bakesUntil <= facts.now ? soon : stage.bakesUntil }] });
}

/** Ends a deployment between two stages. What it left in the stages that it passed stays there. */
export function stopped(
  deployment: Deployment,
  reason: string | null,
  by: string | null = null,
  detail: Record['detail'] = {},
): Plan {
  const { id, sha } = deployment;
  const stage = lastStage(deployment)?.plan.name ?? null;
  return planOf({
    writes: [{ write: 'end', deploymentId: id, status: 'stopped', reason, ...(by !== null && { by }) }],
    records: [
      { actor: by ?? 'pushbutton', kind: 'stopped', sha, deploymentId: id, reason, detail: { ...detail, stage } },
    ],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  });
}

/** Decides a Continue: the rest of the bake is skipped, or the deployment goes on that waits for it. */
export function pressContinue(target: Target, press: PressOf<'continue'>, facts: Facts): Decision {
  const no = notBaking(target, press, facts);
  if (no) return no;
  const deployment = target.deployment as Of<'baking'>;
  const stage = stageOf(deployment) as StageOf<'baking'>;
  const by = press.by.user;
  const { id, sha } = deployment;
  const leftMs = Math.max(0, stage.bakesUntil.getTime() - facts.now.getTime());
  const detail = { stage: stage.plan.name, bake_left_ms: leftMs };
  return planOf({
    writes: [{ write: 'continue', deploymentId: id, place: stage.place, by }],
    records: [{ actor: by, kind: 'continued', sha, deploymentId: id, reason: null, detail }],
    effects: [...cardsOf(deployment), { effect: 'start next', at: null }],
  });
}

/** Decides a Stop here: the deployment ends, and the stages that it has passed stay as they are. */
export function pressStopHere(target: Target, press: PressOf<'stop here'>, facts: Facts): Decision {
  return notBaking(target, press, facts) ?? stopped(target.deployment as Of<'baking'>, null, press.by.user);
}

/** The refusal of a press for a stage that the deployment is no longer in; null when it still is. */
function notBaking(
  { deployment }: Target,
  press: PressOf<'continue'> | PressOf<'stop here'>,
  facts: Facts,
): Decision | null {
  const by = press.by.user;
  if (!deployment) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const about = { sha: deployment.sha, deploymentId: deployment.id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  const stage = stageOf(deployment);
  const mayContinue = stage?.is === 'baking' && stage.continuedBy === null;
  const isThere =
    deployment.status === 'baking' &&
    lastStage(deployment)?.key === press.stage &&
    (press.type === 'stop here' || mayContinue);
  return isThere ? null : redrawn(refused(wrongState(press.type, deployment), by, about), deployment.changeId);
}
