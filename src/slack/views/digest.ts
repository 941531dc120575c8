import type { Digest, ServiceDigest } from '../../core/report.js';
import { digestsInWords, freezeInWords, type Upcoming } from '../../core/time/upcoming.js';
import { digestService, isQuiet } from './digest-service.js';
import { andMore, asBlocks, fitted } from './fold.js';
import { type Message, message } from './message.js';
import { everyone } from './people.js';
import { bold, code, date, line, type Phrase, richText, theirs } from './rich.js';

/** Room for the times, the zone, five services, and the beginning of a long reason. */
const MOST_FREEZE = 500;

/**
 * What shipped or failed since the last digest, what waits or runs, and the ledger head; shorter for many services. To a
 * person who asks it also says what comes next, in the zone of the config and not in the reader's.
 */
export function digestMessage(digest: Digest, upcoming: Upcoming | null = null): Message {
  const { since, until, services, timezone, head } = digest;
  const busy = services.filter((service) => !isQuiet(service));
  const quiet = services.filter(isQuiet).map(({ service }) => service);
  const opening: Phrase = [bold('Release digest'), ' from ', date(since), ' to ', date(until)];
  const sum: Phrase = [inAll(services)];
  const still: Phrase[] = quiet.length > 0 ? [[`Nothing happened in ${everyone(quiet, 20)}`]] : [];
  const next: Phrase[] = upcoming
    ? [[`Digests: ${digestsInWords(upcoming)}`], ['Freezes: ', theirs(freezeInWords(upcoming), MOST_FREEZE)]]
    : [];
  const ledger: Phrase = head ? [`Ledger: line ${head.seq}, hash `, code(head.hash)] : ['Ledger: no lines yet'];
  const drawings = (['full', 'short', 'counts'] as const).map((size) =>
    busy.map((one) => digestService(one, digest, size)),
  );
  const { groups, leftOut } = fitted(drawings, 2_500);
  return message(
    [opening, sum, ...still, ...next, ledger],
    [
      richText(line(...opening), line(...sum)),
      ...asBlocks(groups),
      ...andMore(leftOut, 'services: /release status'),
      richText(...[...still, ...next, ledger].map((phrase) => line(...phrase))),
    ],
    timezone,
  );
}

function inAll(services: readonly ServiceDigest[]): string {
  const sum = (count: (service: ServiceDigest) => number) => services.reduce((all, one) => all + count(one), 0);
  const parts = [
    [sum((one) => one.shipped.length), 'shipped'],
    [sum((one) => one.failed.length), 'failed'],
    [sum((one) => one.waiting.length + one.waitingMore), 'waiting'],
    [sum((one) => one.underWay.length), 'under way'],
    [sum((one) => one.toSignOff.length), 'to sign off'],
    [sum((one) => one.outside.length), 'outside Pushbutton'],
  ] as const;
  const happened = parts.filter(([count]) => count > 0);
  return happened.length === 0 ? 'Nothing happened' : happened.map(([count, word]) => `${count} ${word}`).join(', ');
}
