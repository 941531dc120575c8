/** What the answers to the HTTP checks of a stage mean. */

import type { Command } from '../command.js';
import { type Decision, NOTHING, type Record, type ServicePolicy, type Target } from '../decision.js';
import type { Deployment } from '../deployment/deployment.js';
import { afterEnd } from '../deployment/end-run.js';
import { rollsBackItself } from '../deployment/roll-back.js';
import type { Facts } from '../facts.js';
import { cardsOf, joined, line, planOf } from '../plan.js';
import { pausing } from '../service/pause.js';
import type { ServiceState } from '../service/service.js';
import { type Asked, afterAnswer, type CheckState, type HttpCheck } from './checks.js';
import { stageOf } from './stage.js';

/** What has changed with the answers; nothing else is worth a line: an answer as expected after one as expected is no news. */
export const isNews = ({ failuresInARow }: CheckState, asked: Asked): boolean =>
  asked.is === 'failed' || failuresInARow > 0;

/**
 * Decides about the answers of a stage's checks. Each failure, and the first success after one, is a line of the ledger; too many
 * failures in a row fail the stage. What was asked for a stage that the deployment has left changes nothing.
 */
export function checked(
  state: ServiceState,
  { deployment }: Target,
  { place, answers }: Extract<Command, { type: 'checked' }>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const stage = deployment && stageOf(deployment);
  if (!deployment || stage?.is !== 'baking' || stage.place !== place) return NOTHING;
  const { id } = deployment;
  const states = [...stage.checks];
  const records: Record[] = [];
  let failure: string | null = null;
  for (const { nth, asked, agoMs } of answers) {
    const check = stage.plan.checks.http[nth];
    const before = states[nth];
    if (!check || !before) continue;
    const after = afterAnswer(check, before, asked, new Date(facts.now.getTime() - agoMs));
    states[nth] = after.state;
    if (isNews(before, asked)) records.push(lineOf(deployment, stage.plan.name, check, asked, after.state));
    if (after.hasFailed && asked.is === 'failed') failure ??= reasonOf(check, asked);
  }
  const noted = planOf({
    writes: [{ write: 'checks', deploymentId: id, place, checks: states }],
    records,
    effects: records.length > 0 ? cardsOf(deployment) : [],
  });
  return failure === null ? noted : joined(noted, failedBy(state, deployment, stage.plan.name, failure, policy, facts));
}

/** Decides about the end of a stage's check workflow. */
export function checkRunEnded(
  state: ServiceState,
  { deployment }: Target,
  { place, failure, url }: Extract<Command, { type: 'check run ended' }>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const stage = deployment && stageOf(deployment);
  if (!deployment || stage?.is !== 'baking' || stage.place !== place) return NOTHING;
  const { workflow } = stage.plan.checks;
  if (workflow === null || stage.checkRun === null || stage.checkRun.is === 'passed') return NOTHING;
  const detail = { stage: stage.plan.name, check: workflow.workflow, url };
  if (failure === null) {
    return planOf({
      writes: [{ write: 'check run passed', deploymentId: deployment.id, place }],
      records: [line(deployment, 'check passed', null, detail)],
      effects: [...cardsOf(deployment), { effect: 'start next', at: null }],
    });
  }
  return joined(
    planOf({ records: [line(deployment, 'check failed', failure, detail)] }),
    failedBy(state, deployment, stage.plan.name, `${workflow.workflow}: ${failure}`, policy, facts),
  );
}

/** Ends a deployment whose stage a check has failed. */
const failedBy = (
  state: ServiceState,
  deployment: Deployment,
  stage: string,
  reason: string,
  policy: ServicePolicy,
  facts: Facts,
) =>
  joined(
    planOf({
      writes: [{ write: 'end', deploymentId: deployment.id, status: 'failed', reason }],
      records: [line(deployment, 'failed', reason, { stage, check: true })],
      effects: afterEnd(deployment),
    }),
    pausing(state, policy, { by: 'pushbutton', why: 'failed', deploymentId: deployment.id }),
    rollsBackItself(state, deployment, policy, facts, true),
  );

function lineOf(deployment: Deployment, stage: string, check: HttpCheck, asked: Asked, now: CheckState): Record {
  const { get, fails, expect } = check;
  if (asked.is !== 'failed') return line(deployment, 'check passed', null, { stage, check: get, status: asked.status });
  const { why, status, words } = asked;
  return line(deployment, 'check failed', words === '' ? why : words, {
    ...{ stage, check: get, why, status, expected: expect },
    ...{ in_a_row: now.failuresInARow, of: fails },
  });
}

/** One line, for the end of the deployment. */
function reasonOf({ get, fails }: HttpCheck, { why, status, words }: Extract<Asked, { is: 'failed' }>): string {
  const times = fails === 1 ? '' : ` ${fails} times in a row`;
  const what = status === null ? why : `it answered ${status}`;
  return `${get} failed${times}: ${what}${words === '' ? '' : `: ${words}`}`;
}
