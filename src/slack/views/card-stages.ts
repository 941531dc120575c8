/** The stages of a deployment on its card, and the states between two of them. */

import type { Card, CardState } from '../../core/card.js';
import { type Deployment, hasEnded } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { hasPassedStage, lastStage, nextStage, type Stage, stageOf } from '../../core/stages/stage.js';
import { button, ofStage } from '../buttons.js';
import { shown } from '../limits.js';
import { capitalised } from './card-gates.js';
import { approved, paused, resume, retry, rollBack, shut, whyAllowed } from './card-rules.js';
import { waitsFor } from './card-waits.js';
import { ended } from './ends.js';
import { who } from './people.js';
import { continueQuestion, stopHereQuestion } from './questions.js';
import { bold, date, emoji, link, type Phrase, sha, theirs, time } from './rich.js';
import { statusOf } from './stage-words.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { MARK, STATUS } from './words.js';

type Of<K extends CardState['is']> = Extract<CardState, { is: K }>;

/** A line for each stage: its mark, its name, its state in a word, and the time. */
export const stageLines = (deployment: Deployment, names: Names): Phrase[] =>
  deployment.stages.map((stage) => {
    const { mark, words } = stageWords(deployment, stage, names);
    return [emoji(mark), ' ', bold(stage.plan.name), ' ', ...words];
  });

function stageWords(deployment: Deployment, stage: Stage, names: Names): { mark: string; words: Phrase } {
  const run: Phrase = 'run' in stage && stage.run ? [' · ', link(stage.run.url, 'run')] : [];
  switch (stage.is) {
    case 'waits':
      return { mark: 'white_circle', words: [hasEnded(deployment) ? 'not reached' : 'waits'] };
    case 'skipped':
      return {
        mark: 'heavy_minus_sign',
        words: [deployment.kind === 'roll back' ? 'already has it' : 'passed before'],
      };
    case 'running':
      return { mark: MARK[deployment.status], words: [STATUS[deployment.status], ' since ', time(stage.startedAt)] };
    case 'baking':
      return stage.waitsSince === null
        ? {
            mark: MARK.baking,
            words: [
              'baking until ',
              time(stage.bakesUntil),
              ...checksInShort(stage),
              ...continued(stage, names),
              ...run,
            ],
          }
        : { mark: MARK.waiting, words: ['deployed ', time(stage.ranAt), ...run] };
    case 'passed':
      return { mark: 'white_check_mark', words: ['passed ', time(stage.endedAt), ...continued(stage, names), ...run] };
    case 'failed': {
      const word = deployment.status === 'lost' || deployment.status === 'cancelled' ? deployment.status : 'failed';
      return { mark: MARK[word], words: [`${word} `, time(stage.endedAt), ...run] };
    }
  }
}

/** How its checks stand; nothing without checks. */
function checksInShort({ checks, plan }: Extract<Stage, { is: 'baking' }>): Phrase {
  const asked = checks.filter(({ lastAt }) => lastAt !== null);
  if (asked.length === 0) return [];
  const worst = Math.max(...checks.map(({ failuresInARow }) => failuresInARow));
  if (worst === 0) return [' · checks ok'];
  const failing = checks.findIndex(({ failuresInARow }) => failuresInARow === worst);
  return [` · a check failed ${worst} of ${plan.checks.http[failing]?.fails ?? worst}`];
}

const continued = ({ continuedBy }: { readonly continuedBy: string | null }, names: Names): Phrase =>
  continuedBy === null ? [] : [` · continued by ${who(continuedBy, names)}`];

/** Of a service with stages: ` canary`, the stage that a state is in. */
export const inStage = (deployment: Deployment): string => {
  const stage = stageOf(deployment);
  return stage ? ` ${stage.plan.name}` : '';
};

/** ` · canary, eu, us`: the stages that a deployment will go through that has not started. */
export const stagesAhead = ({ stages }: Card): Phrase[] =>
  stages.length === 0 ? [] : [[`Goes through ${stages.join(', ')}`]];

/** Between two stages: what it waits for, Continue, Stop here and Roll back. */
export function baking(card: Card, { deployment, rollBackTo }: Of<'baking'>, asked: Phrase): StateDrawing {
  const { names, service } = card;
  const stage = stageOf(deployment);
  const last = lastStage(deployment);
  const next = nextStage(deployment)?.plan.name ?? null;
  const inStage = stage?.is === 'baking' ? stage : null;
  const waitsSince = inStage?.waitsSince ?? null;
  const state: Pick<StateDrawing, 'mark' | 'words' | 'detail'> =
    inStage === null
      ? { mark: MARK.queued, words: `waits after ${last?.plan.name ?? ''}`, detail: next ? [`, ${next} is next`] : [] }
      : waitsSince === null
        ? { mark: MARK.baking, words: STATUS.baking, detail: bakes(inStage, next) }
        : { mark: MARK.waiting, words: 'waits for Continue', detail: [` to start ${next}, since `, date(waitsSince)] };
  const goOn =
    inStage?.continuedBy === null
      ? [
          button('continue', ofStage(deployment.key, inStage.key), {
            confirm: continueQuestion(service, deployment.sha, inStage.plan.name, next),
          }),
        ]
      : [];
  const stop = last
    ? [
        button('stop here', ofStage(deployment.key, last.key), {
          confirm: stopHereQuestion(service, deployment.sha, last.plan.name),
        }),
      ]
    : [];
  return {
    ...nothing,
    ...state,
    detail: [...state.detail, ...asked],
    lines: [
      ...waitsFor(deployment, names),
      // A gate that is shut is said already.
      ...(deployment.waitsFor === null ? whyAllowed(deployment, names) : approved(deployment, names)),
    ],
    buttons: [...goOn, ...stop, ...rollBack(card, deployment, rollBackTo)],
  };
}

/** ` in canary until 15:52 · then eu starts by itself` */
function bakes({ plan, bakesUntil, continuedBy }: Extract<Stage, { is: 'baking' }>, next: string | null): Phrase {
  const then =
    next === null
      ? 'then it is live'
      : plan.next === 'press' && continuedBy === null
        ? `then ${next} waits for Continue`
        : `then ${next} starts by itself`;
  return [` in ${plan.name} until `, isLong(plan.bakeMs) ? date(bakesUntil) : time(bakesUntil), ` · ${then}`];
}

/** Whether the end of a bake needs its day. */
const isLong = (bakeMs: number): boolean => bakeMs >= 12 * 3_600_000;

/** It ended with stages that it had passed: what is in them stays until a Retry or a Roll back. */
export function stoppedAt(card: Card, { deployment, rollBackTo, after }: Of<'stopped'>, asked: Phrase): StateDrawing {
  const { names } = card;
  const { reason, endedBy, cancelBy, status } = deployment;
  const by = status === 'cancelled' ? cancelBy : endedBy;
  const why: Phrase[] = reason === null || status === 'cancelled' ? [] : [capitalised([theirs(reason, shown.reason)])];
  return {
    ...nothing,
    mark: MARK[status],
    words: statusOf(deployment),
    detail: [...(by === null ? [] : [` by ${who(by, names)}`]), ...asked],
    lines: [
      ...(after ? [capitalised(ended(after, names))] : []),
      ...why,
      ...retryGoesOn(deployment),
      ...(rollBackTo ? [['Roll back deploys ', sha(rollBackTo.sha), ', which is still live elsewhere']] : []),
      ...whyAllowed(deployment, names),
      ...shut(card, 'retry', true),
      ...paused(card),
    ],
    buttons: [...retry(card, deployment, 'failed'), ...rollBack(card, deployment, rollBackTo), ...resume(card)],
  };
}

/** Where a Retry begins, if a stage is behind the deployment. */
export function retryGoesOn(deployment: Deployment): Phrase[] {
  const again = deployment.stages.find((one) => one.is === 'failed' || one.is === 'waits')?.plan.name;
  return again && deployment.kind !== 'roll back' && hasPassedStage(deployment)
    ? [[`Retry goes on with ${again}`]]
    : [];
}
