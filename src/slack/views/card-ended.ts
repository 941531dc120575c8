import type { Card, CardState } from '../../core/card.js';
import type { Ended } from '../../core/deployment/deployment.js';
import { isBlocked } from '../../core/mine.js';
import type { Names } from '../../core/report.js';
import { lastStage } from '../../core/stages/stage.js';
import { shown } from '../limits.js';
import { capitalised, gateLine, offered } from './card-gates.js';
import { markedBad, paused, resume, retry, rollBack, shut, whyAllowed } from './card-rules.js';
import { retryGoesOn } from './card-stages.js';
import { ended } from './ends.js';
import { failingJobs, spoken } from './jobs.js';
import { who } from './people.js';
import { date, link, type Phrase, sha, theirs } from './rich.js';
import { wouldShip } from './ships.js';
import { statusOf } from './stage-words.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { MARK, runUrl } from './words.js';

/** Who made this change live. */
export const went = ({ kind, requestedBy }: Ended, names: Names): string =>
  kind === 'roll back' ? `restored by ${who(requestedBy, names)}` : `deployed by ${who(requestedBy, names)}`;

/** It was live when a run outside Pushbutton started. */
export function outside(card: Card, state: Extract<CardState, { is: 'live until an outside run' }>): StateDrawing {
  const { run: since, deployment, deployable, ships } = state;
  const { lines, buttons } = offered(card, state.stands, ships);
  const would = wouldShip(ships, !isBlocked(state.stands));
  return {
    ...nothing,
    mark: 'grey_question',
    words: 'live until a run outside Pushbutton',
    detail: [' · ', link(since.url, 'its run'), ', ', date(since.startedAt), ' by ', theirs(since.actor, shown.name)],
    lines: [
      [`What is live now is not known. This one was ${went(deployment, card.names)}`],
      ...(deployable ? [would, ...card.gates.map((gate) => gateLine(gate, card.names)), ...lines] : []),
    ],
    buttons: deployable ? buttons : [],
  };
}

/** It failed in production, or in one of its stages. */
export function failed(
  card: Card,
  { deployment, rollBackTo, after }: Extract<CardState, { is: 'failed in production' }>,
  detail: Phrase,
  cancelled: Phrase[],
): StateDrawing {
  const failing = failingJobs(deployment.jobs);
  const { reason } = deployment;
  const last = lastStage(deployment);
  const byCheck = last?.is === 'failed' && last.ranAt !== null;
  const why: Phrase[] = byCheck
    ? [['Check: ', theirs(reason ?? '', shown.reason)]]
    : deployment.run
      ? reason === null || reason === 'failure'
        ? []
        : [['It ended as ', theirs(spoken(reason), shown.reason)]]
      : [['GitHub refused to start it: ', theirs(reason ?? '', shown.reason, undefined, 'no reason given')]];
  const where: Phrase[] =
    deployment.run && failing.length === 0 && !byCheck
      ? [['For the failing job, see ', link(deployment.run.url, 'the run')]]
      : [];
  const still: Phrase[] = rollBackTo ? [['Roll back deploys ', sha(rollBackTo.sha), ', which was live before']] : [];
  return {
    mark: MARK.failed,
    words: statusOf(deployment),
    detail,
    failing,
    run: runUrl(deployment),
    lines: [
      ...(after ? [capitalised(ended(after, card.names))] : []),
      ...why,
      ...where,
      ...cancelled,
      ...retryGoesOn(deployment),
      ...still,
      ...whyAllowed(deployment, card.names),
      ...markedBad(card),
      ...shut(card, deployment.kind === 'roll back' ? 'roll back' : 'retry', true),
      ...paused(card),
    ],
    buttons: [...retry(card, deployment, 'failed'), ...rollBack(card, deployment, rollBackTo), ...resume(card)],
  };
}
