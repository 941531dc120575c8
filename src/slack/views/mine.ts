import type { Button } from '@slack/types';
import type { Ask, Mine, MyChange, Offer } from '../../core/mine.js';
import { isBlocked } from '../../core/mine.js';
import type { Names } from '../../core/report.js';
import { gateFor } from '../../core/service/gates.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { answeredLines } from './answered.js';
import { gateLine, offered } from './card-gates.js';
import { who } from './people.js';
import { approveQuestion } from './questions.js';
import { bold, date, emoji, link, type Phrase, theirs } from './rich.js';
import { goesBack, wouldShip } from './ships.js';
import type { CardOf } from './status.js';
import { ASKED, counted, MARK, named, STATUS } from './words.js';

/** Something to decide: what it is, what to know first, and its buttons. */
export interface Decision {
  readonly lines: readonly Phrase[];
  readonly buttons: readonly Button[];
}

/** A request that waits for this person's approval, with what they approve. */
export function askDecision(
  { service, change, deployment, ships, gates }: Ask,
  names: Names,
  cardOf: CardOf,
): Decision {
  const { requestedBy, expiresAt, required, approvals, kind, key } = deployment;
  const missing = required - approvals.length;
  const first: Phrase = [emoji(MARK.waiting), ' ', bold(service), ' · ', ...named(change)];
  const gate = gateFor(gates, kind);
  return {
    lines: [
      [
        ...first,
        ` · ${ASKED[kind]} ${who(requestedBy, names)}, expires `,
        date(expiresAt),
        ...(missing > 1 ? [` · ${missing} approvals missing`] : []),
        ...cardOf(change),
      ],
      kind === 'roll back' ? goesBack(null) : wouldShip(ships),
      ...answeredLines(deployment),
      ...(gate ? [['Once approved, it waits: ', ...gateLine(gate, names)]] : []),
    ],
    buttons: [
      button('approve', key, { confirm: approveQuestion(service, deployment, ships) }),
      button('reject', key),
      ...(kind === 'roll back' ? [] : [button('what ships', change.key)]),
    ],
  };
}

/** A change that this person may deploy, with the buttons that its card has. */
export function offerDecision(
  { service, change, stands, ships, gates, asks }: Offer,
  names: Names,
  cardOf: CardOf,
): Decision {
  const { words, lines, buttons } = offered({ service, change, names, gates, shared: false, asks }, stands, ships);
  const mark = isBlocked(stands) ? 'lock' : 'white_check_mark';
  const passed: Phrase = change.passedAt ? [' · passed staging ', date(change.passedAt)] : [];
  return {
    lines: [
      [emoji(mark), ' ', bold(service), ' · ', ...named(change), ...passed, ...words, ...cardOf(change)],
      wouldShip(ships, !isBlocked(stands)),
      ...lines,
    ],
    buttons,
  };
}

/** A change of this person, and where it is. */
export function changeLine({ service, change, url, where }: MyChange, names: Names, cardOf: CardOf): Phrase {
  return [bold(service), ' · ', ...named(change), ' · ', ...whereWords(where, url, names), ...cardOf(change)];
}

function whereWords(where: MyChange['where'], url: string, names: Names): Phrase {
  switch (where.is) {
    case 'under way':
      return [emoji(MARK[where.status]), ` ${STATUS[where.status]}`];
    case 'live':
      return [emoji(MARK.live), ' live since ', date(where.since)];
    case 'shipped':
      return [emoji(MARK.live), ' shipped with ', ...named(where.with)];
    case 'undone':
      return [emoji('rewind'), ' removed from production by a rollback'];
    case 'staging runs':
      return [link(url, 'staging'), ' is running'];
    case 'failed staging':
      return [emoji('x'), ' failed ', link(url, 'staging')];
    case 'bad':
      return [emoji('no_entry_sign'), ` marked bad by ${who(where.by, names)}`];
    case 'superseded':
      return [emoji('fast_forward'), ' will ship with ', ...named(where.by)];
    case 'waiting':
      return [
        emoji('white_check_mark'),
        ' waiting for Deploy',
        ...(where.after === null || where.after === 'live' ? [] : [` · ${STATUS[where.after]}`]),
      ];
  }
}

/** What waits for this person, in a few words; null when nothing does. */
export function waitsInShort({ asks, moreAsks, offers, moreOffers }: Mine): string | null {
  const [approvals, changes] = [asks.length + moreAsks, offers.length + moreOffers];
  const parts = [
    ...(approvals > 0 ? [`${counted(approvals, 'request')} for your approval`] : []),
    ...(changes > 0 ? [`${counted(changes, 'change')} for Deploy`] : []),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** Where Slack does not say which groups a person is in, something may wait all the same. */
export const nothingWaits = ({ groupsKnown }: Mine): string =>
  groupsKnown ? 'Nothing waits for you' : 'Nothing found that waits for you';

/** Why something may be missing, where Slack does not say which groups a person is in. */
export const groupsUnknown = ({ groupsKnown }: Mine): Phrase[] =>
  groupsKnown ? [] : [['Slack does not say which groups you are in, so what they let you decide may be missing here.']];

/** The number that is left out, and where it is. */
export const moreOf = (count: number, what: string): Phrase[] =>
  count > 0 ? [[theirs(`and ${count} more ${what}; see their cards, or /release status SERVICE`, shown.reason)]] : [];
