import type { ChangeRef } from '../../core/change.js';
import { type Deployment, hasEnded } from '../../core/deployment.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { who } from './people.js';
import { date, type Phrase, theirs } from './rich.js';
import { named, runLink, STATUS } from './words.js';

/** A press or typed line that was taken: a deployment of its own, or one that was under way already. */
export interface Done {
  readonly is: 'accepted' | 'merged';
  readonly service: string;
  readonly change: ChangeRef;
  readonly deployment: Deployment;
}

/** What was taken, who started it and where it stands; the card follows it from here. */
export function doneMessage({ is, service, change, deployment }: Done, names: Names): Message {
  const what: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(change)];
  const why: Phrase =
    hasEnded(deployment) && deployment.reason ? [' (', theirs(deployment.reason, shown.reason), ')'] : [];
  const state: Phrase = [STATUS[deployment.status], ...why, ...runLink(deployment)];
  const by: Phrase = [`by ${who(deployment.requestedBy, names)}, `, date(deployment.requestedAt)];
  const verb = deployment.kind === 'roll back' ? 'Roll back to' : 'Deployment of';
  if (is === 'merged') {
    return answer([
      [`${verb} `, ...what, ' is under way already, started ', ...by, ': ', ...state, '.'],
      ['Your request joins it; no second run is started.'],
    ]);
  }
  return answer([
    [`${verb} `, ...what, ' is recorded: ', ...state, '.'],
    ['Asked for ', ...by, '. Its card shows how it goes.'],
  ]);
}
