import type { ChangeRef } from '../../core/change/change.js';
import { type Deployment, hasEnded } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { answeredLines } from './answered.js';
import { answer, type Message } from './message.js';
import { statusOf, whenItStarts } from './pace.js';
import { who } from './people.js';
import { date, type Phrase, theirs } from './rich.js';
import { named, runLink } from './words.js';

/** An accepted press or command: a new deployment, or one that was already under way. */
export interface Done {
  readonly is: 'accepted' | 'merged';
  readonly service: string;
  readonly change: ChangeRef;
  readonly deployment: Deployment;
  /** True when older deployments are queued before it and it could take their place. */
  readonly mayReplace: boolean;
}

/** What was accepted, who requested it and where it stands; from here on, the card shows the progress. */
export function doneMessage(
  { is, service, change, deployment, mayReplace }: Done,
  names: Names,
  timezone = 'UTC',
): Message {
  const what: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(change)];
  const why: Phrase =
    hasEnded(deployment) && deployment.reason ? [' (', theirs(deployment.reason, shown.reason), ')'] : [];
  const state: Phrase = [...statusOf(deployment), ...why, ...runLink(deployment)];
  const by: Phrase = [`by ${who(deployment.requestedBy, names)}, `, date(deployment.requestedAt)];
  const verb = deployment.kind === 'roll back' ? 'Rollback to' : 'Deployment of';
  const answers = answeredLines(deployment);
  if (is === 'merged') {
    const whose: Phrase[] =
      answers.length > 0 ? [[`What ${who(deployment.requestedBy, names)} answered holds:`], ...answers] : [];
    return answer([
      [`${verb} `, ...what, ' is already under way, requested ', ...by, ': ', ...state, '.'],
      ['Your request joins it; no second run starts.'],
      ...whose,
    ]);
  }
  const replaces = mayReplace && deployment.status === 'queued';
  const opening: Phrase[] = [
    [`${verb} `, ...what, ' is recorded: ', ...state, '.'],
    ['Requested ', ...by, '. Its card shows the progress.'],
    ...answers,
  ];
  if (is === 'accepted' && deployment.startAt) opening.push(...whenItStarts(deployment.startAt, timezone));
  if (!replaces) return answer(opening);
  const offer: Phrase = [
    'Older deployments are queued before it. Replace ends them; their changes then ship with this one.',
  ];
  return answer([...opening, offer], [button('replace', deployment.key)]);
}
