import type { Digest } from '../../core/report.js';
import { digestsInWords, freezeInWords, type Upcoming } from '../../core/time/upcoming.js';
import { limits } from '../limits.js';
import { aheadLines } from './digest-ahead.js';
import { leadTimeChart, partsChart, partsInWords } from './digest-charts.js';
import { digestService, inAll, isQuiet, SIZES } from './digest-service.js';
import { andMore, asBlocks, fitted, weight } from './fold.js';
import { inShort, inWords, isUnmeasured } from './measures.js';
import { type Message, message } from './message.js';
import { everyone } from './people.js';
import { bold, code, date, line, type Phrase, richText, theirs } from './rich.js';

/** Room for the times, the zone, five services, and the beginning of a long reason. */
const MOST_FREEZE = 500;
/** Six blocks are left around the services. */
const SHEET = { blocks: limits.messageBlocks - 6, most: limits.messageCharacters, weigh: weight };

/**
 * What shipped, failed or was rolled back since the last digest, what waits or runs, what will be shut, the measures, and the
 * ledger head; shorter for many services, and a line where nothing happened. To a person who asks it also says what comes
 * next, in the zone of the config and not in the reader's.
 */
export function digestMessage(digest: Digest, upcoming: Upcoming | null = null): Message {
  const { since, until, services, timezone, head } = digest;
  const busy = services.filter((service) => !isQuiet(service));
  const quiet = services.filter(isQuiet).map(({ service }) => service);
  const title = digest.kind === 'weekly' ? 'Weekly release digest' : 'Release digest';
  const still: Phrase[] = quiet.length > 0 ? [[`Nothing happened in ${everyone(quiet, 20)}`]] : [];
  const opening: Phrase = [bold(title), ' from ', date(since), ' to ', date(until)];
  const ahead = aheadLines(digest.ahead, until, digest.names);
  const next: Phrase[] = upcoming
    ? [[`Digests: ${digestsInWords(upcoming)}`], ['Freezes: ', theirs(freezeInWords(upcoming), MOST_FREEZE)]]
    : [];
  const ledger: Phrase = head ? [`Ledger: line ${head.seq}, hash `, code(head.hash)] : ['Ledger: no lines yet'];
  if (busy.length === 0) {
    const one: Phrase = [...opening, ' · ', ...(still[0] ?? ['Nothing happened'])];
    const below = [...ahead, ...next, ledger];
    return message([one, ...below], [richText(...[one, ...below].map((phrase) => line(...phrase)))], timezone);
  }
  const sum: Phrase = [inAll(services)];
  const [first, ...others] = digest.measured.filter((one) => !isUnmeasured(one));
  const measured = first ? [inWords(first), ...others.map(digest.kind === 'daily' ? inShort : inWords)] : [];
  const rest: Phrase[] = [...still, ...measured, ...partsInWords(digest)];
  const last = [...next, ledger];
  const leads = leadTimeChart(digest, busy);
  const above = richText(...[opening, sum, ...ahead].map((phrase) => line(...phrase)));
  const below = [
    ...(rest.length > 0 ? [richText(...rest.map((phrase) => line(...phrase)))] : []),
    ...partsChart(digest),
  ];
  const end = richText(...last.map((phrase) => line(...phrase)));
  const drawings = SIZES.map((size) => busy.map((one) => digestService(one, digest, size)));
  const { groups, leftOut } = fitted(drawings, weight([above, below, leads, end]) + ROOM, SHEET);
  // What a chart shows stands there in words, too, and the shorter drawings say no lead time.
  const shown = groups === drawings[0] || groups === drawings[1] ? leads : [];
  return message(
    [opening, sum, ...ahead, ...rest, ...last],
    [above, ...asBlocks(groups, SHEET), ...andMore(leftOut, 'services: /release status'), ...[...below, ...shown, end]],
    timezone,
  );
}

/** For the line that says how many services are left out. */
const ROOM = 100;
