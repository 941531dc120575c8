import type { Button } from '@slack/types';
import type { ChangeRef } from '../../core/change/change.js';
import type { Deployment, Of } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import type { Lock } from '../../core/service/service.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { actions, answer, type Message, message } from './message.js';
import { who } from './people.js';
import { bold, code, date, emoji, line, type Phrase, richText, theirs } from './rich.js';
import { counted, named, runLink, STATUS } from './words.js';

/** People and groups from the config, as mentions, because a reminder is for them. */
function mentions(ids: readonly string[]): Phrase {
  return ids.flatMap((id, index): Phrase => {
    const mention = id.startsWith('S')
      ? ({ type: 'usergroup', usergroup_id: id } as const)
      : ({ type: 'user', user_id: id } as const);
    return index === 0 ? [mention] : [' ', mention];
  });
}

/** In the card's thread, once, when half the time is over. */
export function reminderMessage(
  deployment: Of<'waiting'>,
  change: ChangeRef,
  approvers: readonly string[],
  names: Names,
  timezone: string,
): Message {
  const { required, approvals, expiresAt, requestedBy, service } = deployment;
  const asked = approvers.filter((id) => id !== requestedBy && !approvals.some(({ user }) => user === id));
  const said: Phrase = [
    `${counted(required - approvals.length, 'approval')} still missing for `,
    theirs(service, shown.name),
    ' ',
    ...named(change),
    `, requested by ${who(requestedBy, names)}; it expires `,
    date(expiresAt),
  ];
  const nobody: Phrase = ['No approver is left: '];
  const whom = asked.length === 0 ? nobody : [...mentions(asked), ': '];
  return message([said], [richText(line(...whom, ...said))], timezone);
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
      'You have kept ',
      theirs(service, shown.name),
      ' locked since ',
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
    ` is deployed by ${who(requestedBy, names)}, bypassing approvals and gates, `,
    date(requestedAt),
  ];
  const why: Phrase = ['Reason: ', theirs(override ?? '', shown.reason)];
  const stands: Phrase = [`It is ${STATUS[deployment.status]}`, ...runLink(deployment)];
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
