import type { Card, CardState } from '../../core/card.js';
import type { Deployment, Ended, Of } from '../../core/deployment/deployment.js';
import { isBlocked } from '../../core/mine.js';
import type { Names } from '../../core/report.js';
import { gateFor } from '../../core/service/gates.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { approvalLines, capitalised, gatedLine, gateLine, offered } from './card-gates.js';
import { approved, markedBad, paused, resume, retry, shut, takeBack, whyAllowed } from './card-rules.js';
import { cancelAsked, hungLine, lostLine } from './card-stuck.js';
import { ended } from './ends.js';
import { failingJobs, jobsAsTheyGo, spoken } from './jobs.js';
import { who } from './people.js';
import { approveQuestion, cancelQuestion, rollBackQuestion } from './questions.js';
import { date, link, type Phrase, sha, theirs } from './rich.js';
import { goesBack, wouldShip } from './ships.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { ASKED, MARK, runUrl, STATUS } from './words.js';

type InProduction = Exclude<
  CardState,
  { is: 'staging runs again' | 'failed staging' | 'passed staging' | 'superseded' }
>;

/** A deployment's states from the press to the end, and the states of what is in production. */
export function drawProduction(card: Card, state: InProduction): StateDrawing {
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
        lines: [...waitsFor(state.deployment, names), ...approved(deployment, names)],
        buttons: [takeBack(card, deployment)],
      };
    case 'dispatching':
      return { ...nothing, mark: MARK.dispatching, words: STATUS.dispatching, detail: asked };
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
        detail: asked,
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
          ` · ${STATUS[state.to.status]} · requested by ${who(state.to.requestedBy, names)}`,
        ],
      };
  }
}

/** Who made this change live. */
const went = ({ kind, requestedBy }: Ended, names: Names): string =>
  kind === 'roll back' ? `restored by ${who(requestedBy, names)}` : `deployed by ${who(requestedBy, names)}`;

const behind = (ahead: Deployment | null): Phrase =>
  ahead ? [' behind ', sha(ahead.sha, runUrl(ahead)), ` (${STATUS[ahead.status]})`] : [];

function waitsFor({ waitsFor, notBefore, gated }: Of<'queued'>, names: Names): Phrase[] {
  const when: Phrase = notBefore ? [', not before ', date(notBefore)] : [];
  if (typeof waitsFor === 'object' && waitsFor !== null && 'githubFails' in waitsFor)
    return [
      [
        `GitHub does not answer a check needed before the start, but fails with ${waitsFor.githubFails}; Pushbutton keeps asking`,
      ],
    ];
  if (typeof waitsFor === 'object' && waitsFor !== null)
    return [
      ['GitHub refuses a check needed before the start: ', theirs(waitsFor.githubRefuses, shown.reason)],
      ['Pushbutton keeps asking; after five minutes it ends as rejected'],
    ];
  switch (waitsFor) {
    case null:
      return [];
    case 'locked':
    case 'stopped':
    case 'frozen':
      return gated ? [gatedLine(gated, names)] : [];
    case 'github rate limit':
      return [["GitHub's rate limit: nothing was started; it will be sent automatically", ...when]];
    case 'slack':
      return [['Slack does not answer whether this is allowed; Pushbutton keeps asking']];
    case 'github':
      return [['GitHub does not answer a check needed before the start; Pushbutton keeps asking']];
  }
}

function rollBack(card: Card, from: Ended, to: Ended | null) {
  if (!to || gateFor(card.gates, 'roll back')) return [];
  return [button('roll back', from.key, { confirm: rollBackQuestion(card.service, from.sha, to.sha) })];
}

function outside(card: Card, state: Extract<CardState, { is: 'live until an outside run' }>): StateDrawing {
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

function failed(
  card: Card,
  { deployment, rollBackTo, after }: Extract<CardState, { is: 'failed in production' }>,
  detail: Phrase,
  cancelled: Phrase[],
): StateDrawing {
  const failing = failingJobs(deployment.jobs);
  const { reason } = deployment;
  const why: Phrase[] = deployment.run
    ? reason === null || reason === 'failure'
      ? []
      : [['It ended as ', theirs(spoken(reason), shown.reason)]]
    : [['GitHub refused to start it: ', theirs(reason ?? '', shown.reason, undefined, 'no reason given')]];
  const where: Phrase[] =
    deployment.run && failing.length === 0 ? [['For the failing job, see ', link(deployment.run.url, 'the run')]] : [];
  const still: Phrase[] = rollBackTo ? [['Roll back deploys ', sha(rollBackTo.sha), ', which was live before']] : [];
  return {
    mark: MARK.failed,
    words: 'failed in production',
    detail,
    failing,
    run: runUrl(deployment),
    lines: [
      ...(after ? [capitalised(ended(after, card.names))] : []),
      ...why,
      ...where,
      ...cancelled,
      ...still,
      ...whyAllowed(deployment, card.names),
      ...markedBad(card),
      ...shut(card, deployment.kind === 'roll back' ? 'roll back' : 'retry', true),
      ...paused(card),
    ],
    buttons: [...retry(card, deployment, 'failed'), ...rollBack(card, deployment, rollBackTo), ...resume(card)],
  };
}
