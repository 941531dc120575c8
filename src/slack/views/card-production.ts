import type { Card, CardState } from '../../core/card.js';
import type { Deployment } from '../../core/deployment/deployment.js';
import { lastStage } from '../../core/stages/stage.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { failed, outside, went } from './card-ended.js';
import { approvalLines, capitalised } from './card-gates.js';
import { approved, markedBad, paused, resume, retry, rollBack, shut, takeBack, whyAllowed } from './card-rules.js';
import { baking, inStage, stageLines, stagesAhead, stoppedAt } from './card-stages.js';
import { cancelAsked, hungLine, lostLine } from './card-stuck.js';
import { drawQueuedFor, pacing } from './card-waiting.js';
import { waitsFor } from './card-waits.js';
import { ended } from './ends.js';
import { jobsAsTheyGo } from './jobs.js';
import { who } from './people.js';
import { approveQuestion, cancelQuestion } from './questions.js';
import { date, type Phrase, sha, theirs } from './rich.js';
import { goesBack, wouldShip } from './ships.js';
import { statusOf } from './stage-words.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { ASKED, MARK, runUrl, STATUS } from './words.js';

type InProduction = Exclude<
  CardState,
  { is: 'staging runs again' | 'waits for results' | 'failed staging' | 'passed staging' | 'superseded' }
>;

/** A deployment's states from the press to the end, and the states of what is in production; with its stages, if it has any. */
export function drawProduction(card: Card, state: InProduction): StateDrawing {
  const drawing = drawDeployment(card, state);
  const { deployment } = state;
  const isOver = state.is === 'live' || state.is === 'live until an outside run' || state.is === 'rolling back';
  const stages = isOver ? [] : hasStarted(deployment) ? stageLines(deployment, card.names) : stagesAhead(card);
  // Once it has ended, the run of a stage is linked beside its name.
  const last = lastStage(deployment);
  const ofStage = last !== null && last.is !== 'running';
  return stages.length === 0
    ? drawing
    : { ...drawing, run: ofStage ? null : drawing.run, lines: [...stages, ...drawing.lines] };
}

/** What has stages has started; before that, it will have those of the config. */
const hasStarted = ({ stages, status }: Deployment): boolean =>
  stages.length > 0 || (status !== 'waiting' && status !== 'queued');

function drawDeployment(card: Card, state: InProduction): StateDrawing {
  const { service, change, names } = card;
  const { deployment } = state;
  const asked: Phrase = [
    ` · ${ASKED[deployment.kind]} ${who(deployment.requestedBy, names)}, `,
    date(deployment.requestedAt),
  ];
  const cancelled = cancelAsked(deployment, names);
  switch (state.is) {
    case 'waiting for approval':
      return {
        ...nothing,
        mark: MARK.waiting,
        words: STATUS.waiting,
        detail: asked,
        lines: [
          deployment.kind === 'roll back' ? goesBack(state.undoes) : wouldShip(state.ships),
          ...approvalLines(card, state.deployment),
        ],
        buttons: [
          button('approve', deployment.key, { confirm: approveQuestion(service, deployment, state.ships) }),
          button('reject', deployment.key),
          takeBack(card, deployment),
        ],
      };
    case 'queued':
      return {
        ...nothing,
        mark: MARK.queued,
        words: 'queued',
        detail: [`, place ${state.place}`, ...behind(state.behind), ...asked],
        lines: [...waitsFor(state.deployment, names), ...pacing(state.pace), ...approved(deployment, names)],
        buttons: [takeBack(card, deployment)],
      };
    case 'queued for':
      return drawQueuedFor(card, state, asked);
    case 'dispatching':
      return { ...nothing, mark: MARK.dispatching, words: STATUS.dispatching, detail: [inStage(deployment), ...asked] };
    case 'unknown':
      return {
        ...nothing,
        mark: MARK.unknown,
        words: STATUS.unknown,
        detail: asked,
        lines: [
          ['GitHub did not answer the start sent ', date(state.deployment.sentAt), '; it is never sent twice'],
          ...(state.deployment.githubSays === null
            ? []
            : [['GitHub refuses to look it up: ', theirs(state.deployment.githubSays, shown.reason)]]),
          ...(state.deployment.toldAt
            ? [
                [
                  'GitHub does not say whether there is a run; the operators were notified, ',
                  date(state.deployment.toldAt),
                ],
              ]
            : []),
        ],
      };
    case 'deploying': {
      const jobs = jobsAsTheyGo(deployment.jobs);
      return {
        ...nothing,
        mark: MARK.deploying,
        words: STATUS.deploying,
        run: runUrl(deployment),
        detail: [inStage(deployment), ...asked],
        lines: [...(jobs ? [jobs] : []), ...cancelled, ...whyAllowed(deployment, names)],
        buttons: [button('cancel', deployment.key, { confirm: cancelQuestion(service, change.sha) })],
      };
    }
    case 'hung': {
      const { hungAt } = state.deployment;
      return {
        ...nothing,
        mark: MARK.hung,
        words: 'hung',
        run: runUrl(deployment),
        detail: [' since ', date(hungAt), ...asked],
        lines: [hungLine(state.deployment, state.timeoutMs), ...cancelled],
        buttons: [button('cancel', deployment.key, { confirm: cancelQuestion(service, change.sha) })],
      };
    }
    case 'baking':
      return baking(card, state, asked);
    case 'stopped':
      return stoppedAt(card, state, asked);
    case 'live':
      return {
        ...nothing,
        mark: MARK.live,
        words: 'live',
        run: runUrl(deployment),
        detail: [' since ', date(state.since), ` · ${went(state.deployment, names)}`],
        lines: [
          ...cancelled.map((phrase) => [...phrase, ', too late']),
          ...whyAllowed(deployment, names),
          ...shut(card, 'roll back', state.rollBackTo !== null),
          ...paused(card),
        ],
        buttons: [...rollBack(card, state.deployment, state.rollBackTo), ...resume(card)],
      };
    case 'live until an outside run':
      return outside(card, state);
    case 'failed in production':
      return failed(card, state, asked, cancelled);
    case 'lost':
      return {
        ...nothing,
        mark: MARK.lost,
        words: 'lost',
        run: runUrl(deployment),
        detail: asked,
        lines: [
          ...(state.after ? [capitalised(ended(state.after, names))] : []),
          lostLine(state.deployment, names),
          ...markedBad(card),
          ...shut(card, deployment.kind === 'roll back' ? 'roll back' : 'retry', true),
          ...paused(card),
        ],
        buttons: [...retry(card, state.deployment, 'lost'), ...resume(card)],
      };
    case 'rolling back':
      return {
        ...nothing,
        mark: 'rewind',
        words: 'rolling back',
        detail: [
          ' to ',
          sha(state.to.sha, runUrl(state.to)),
          ` · ${statusOf(state.to)} · requested by ${who(state.to.requestedBy, names)}`,
        ],
      };
  }
}

const behind = (ahead: Deployment | null): Phrase =>
  ahead ? [' behind ', sha(ahead.sha, runUrl(ahead)), ` (${statusOf(ahead)})`] : [];
