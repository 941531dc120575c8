import type { Button } from '@slack/types';
import type { Change, ChangeRef } from '../../core/change/change.js';
import { failedResult, labelOf, ownStatus } from '../../core/change/results.js';
import { type Deployment, hasEnded, type Of } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import type { Lock } from '../../core/service/service.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { jobsInShort, spoken } from './jobs.js';
import { mentions } from './mentions.js';
import { actions, answer, type Message, message } from './message.js';
import { who } from './people.js';
import { bold, code, date, emoji, line, link, type Phrase, richText, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { testsInShort } from './tests.js';
import { ticketsAside } from './tickets.js';
import { ASKED, capital, counted, MARK, named, runLink } from './words.js';

/** In the card's thread, once, when half the time is over. `called`: users and user groups whom it mentions. */
export function reminderMessage(
  deployment: Of<'waiting'>,
  change: ChangeRef,
  { called, isAnyLeft }: { readonly called: readonly string[]; readonly isAnyLeft: boolean },
  names: Names,
  timezone: string,
): Message {
  const { required, approvals, expiresAt, requestedBy, service } = deployment;
  const said: Phrase = [
    ...(isAnyLeft ? [] : ['No approver is left: ']),
    `${counted(required - approvals.length, 'approval')} still missing for `,
    theirs(service, shown.name),
    ' ',
    ...named(change),
    ...ticketsAside(change.tickets),
    `, requested by ${who(requestedBy, names)}; it expires `,
    date(expiresAt),
  ];
  const whom: Phrase = called.length === 0 ? [] : [...mentions(called), ': '];
  return message([said], [richText(line(...whom, ...said))], timezone);
}

/** To somebody whom a deployment concerns: where it stands, and in which channel its card is. */
export function notifyMessage(deployment: Deployment, change: ChangeRef, channel: string, names: Names): Message {
  const { service, status, requestedBy, requestedAt } = deployment;
  const why: Phrase =
    hasEnded(deployment) && deployment.reason ? [' (', theirs(spoken(deployment.reason), shown.reason), ')'] : [];
  return answer([
    [
      emoji(MARK[status]),
      ' ',
      theirs(service, shown.name, 'bold'),
      ' ',
      ...named(change),
      `: ${statusOf(deployment)}`,
      ...why,
    ],
    [`${capital(ASKED[deployment.kind])} ${who(requestedBy, names)}, `, date(requestedAt), ...runLink(deployment), '.'],
    ['Its card is in ', { type: 'channel', channel_id: channel }, '.'],
  ]);
}

/** To an author of a change that failed staging: what failed, and in which channel its card is. */
export function failedStagingMessage(change: Change, channel: string): Message {
  const result = ownStatus(change.staging) === 'failed' ? null : failedResult(change);
  const what = result ? [theirs(labelOf(result.of), shown.job)] : (testsInShort(change) ?? jobsInShort(change.jobs));
  return answer([
    [
      emoji('x'),
      ' ',
      theirs(change.service, shown.name, 'bold'),
      ' ',
      ...named(change),
      ' failed staging',
      ...(what ? [': ', ...what] : []),
      ' · ',
      link(result?.url || change.staging.url, 'run'),
    ],
    ['Its card is in ', { type: 'channel', channel_id: channel }, '.'],
  ]);
}

/** In the thread of the service's newest card. */
export function takenOverMessage(service: string, from: string, by: string, reason: string, names: Names): Message {
  return answer([
    [
      `${who(by, names)} took over the lock of `,
      theirs(service, shown.name),
      ` from ${who(from, names)}: `,
      theirs(reason, shown.reason),
    ],
  ]);
}

/** To the owner of an old lock. */
export function nudgeMessage(service: string, lock: Lock): Message {
  return answer([
    [
      'Your lock on ',
      theirs(service, shown.name),
      ' has been in place since ',
      date(lock.since),
      ': ',
      theirs(lock.reason, shown.reason),
      '.',
    ],
    ['Nobody can deploy it. When the lock is no longer needed: ', code(`/release unlock ${service}`), '.'],
  ]);
}

/** Announces a break-glass deployment in its channel: who, why, where it stands, and who signed it off. */
export function announcementMessage(
  deployment: Deployment,
  change: ChangeRef,
  names: Names,
  timezone: string,
): Message {
  const { service, requestedBy, requestedAt, override, signedOff } = deployment;
  const what: Phrase = [
    'Break glass: ',
    bold(service),
    ' ',
    ...named(change),
    ...ticketsAside(change.tickets),
    ` is deployed by ${who(requestedBy, names)}, bypassing approvals and gates, `,
    date(requestedAt),
  ];
  const why: Phrase = ['Reason: ', theirs(override ?? '', shown.reason)];
  const stands: Phrase = [`Status: ${statusOf(deployment)}`, ...runLink(deployment)];
  const then: Phrase = signedOff
    ? [`Signed off by ${who(signedOff.user, names)}, `, date(signedOff.at)]
    : ['Another approver must review it and sign it off'];
  const buttons: Button[] = signedOff ? [] : [button('sign off', deployment.key)];
  return message(
    [what, why, stands, then],
    [
      richText(line(emoji('rotating_light'), ' ', ...what), line(...why), line(...stands), line(...then)),
      ...actions(buttons),
    ],
    timezone,
  );
}
