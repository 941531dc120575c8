/** What cards say of a run that does not end, and of one that was lost. */

import type { Deployment, Ended, Of } from '../../core/deployment/deployment.js';
import { formatDuration } from '../../core/duration.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { who } from './people.js';
import { code, date, type Phrase, theirs } from './rich.js';

/** Who wants it cancelled; and the way out, once GitHub has not done it for a minute. */
export function cancelAsked(deployment: Deployment, names: Names): Phrase[] {
  if (!('cancelBy' in deployment) || !deployment.cancelBy) return [];
  const asked: Phrase = [`Cancel requested by ${who(deployment.cancelBy, names)}`];
  if (!('cancelToldAt' in deployment) || !deployment.cancelToldAt) return [asked];
  return [[...asked, '; GitHub has not done it. Pushbutton keeps asking'], giveUp(deployment.service)];
}

/** The way out when GitHub neither ends a run nor cancels it. */
export const giveUp = (service: string): Phrase => [
  'If GitHub cannot end it, somebody who may break the glass can type ',
  code(`/release give-up ${service} REASON`),
];

/** Why a hung run keeps its service, and until when. */
export const hungLine = ({ service }: Of<'hung'>, timeoutMs: number): Phrase => [
  `It is taking longer than ${formatDuration(timeoutMs)} and blocks ${service} until the run ends, is cancelled or is given up`,
];

/** Why a deployment is lost: no run was found, GitHub no longer has it, or a person gave it up. */
export function lostLine({ run, sentAt, reason, endedBy }: Ended, names: Names): Phrase {
  if (endedBy !== null)
    return [
      `Given up by ${who(endedBy, names)}: `,
      theirs(reason ?? '', shown.reason),
      '. GitHub may still carry it out; check which version is in production',
    ];
  if (run) return [`${reason ?? ''}; check which version is in production`];
  return [
    'No run was found',
    ...(sentAt ? [' of the start sent ', date(sentAt)] : []),
    ', though GitHub answered for 60 s; Pushbutton keeps looking for another hour',
  ];
}
