import { formatDuration } from '../../core/duration.js';
import type { Digest, HistoryEntry, Newest, ServiceDigest } from '../../core/report.js';
import { shown } from '../limits.js';
import type { Group } from './fold.js';
import { inShort, isUnmeasured } from './measures.js';
import { everyone, who } from './people.js';
import { bold, bullets, date, emoji, joined, line, link, type Phrase, sha, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { ticketsIn } from './tickets.js';
import { MARK, named, runUrl } from './words.js';

const MOST = 5;

/** How many there are of each kind. Also what is listed, oldest first where it has ended. */
const kindsOf = ({ shipped, failed, rolledBack, waiting, underWay, toSignOff, outside }: ServiceDigest) => ({
  shipped: { ...shipped, word: 'shipped' },
  failed: { ...failed, word: 'failed' },
  rolledBack: { ...rolledBack, word: 'rolled back' },
  waiting: { ...waiting, word: 'waiting' },
  underWay: { listed: underWay, count: underWay.length, word: 'under way' },
  toSignOff: { listed: toSignOff, count: toSignOff.length, word: 'to sign off' },
  outside: { listed: outside, count: outside.length, word: 'outside Pushbutton' },
});

/** Nothing shipped or failed, and nothing is waiting or running. */
export const isQuiet = (service: ServiceDigest): boolean =>
  Object.values(kindsOf(service)).every(({ count }) => count === 0);

/** How many there are of each kind in all services: `3 shipped, 1 failed`. */
export function inAll(services: readonly ServiceDigest[]): string {
  const sums = new Map<string, number>();
  for (const service of services)
    for (const { word, count } of Object.values(kindsOf(service))) sums.set(word, (sums.get(word) ?? 0) + count);
  const happened = [...sums].filter(([, count]) => count > 0);
  return happened.map(([word, count]) => `${count} ${word}`).join(', ');
}

/** From titles and people to SHAs, to numbers and how long the newest waits, to numbers alone. The shorter, the fewer measures. */
export const SIZES = ['full', 'short', 'counts', 'numbers'] as const;
type Size = (typeof SIZES)[number];

/** One service of a digest. */
export function digestService(service: ServiceDigest, digest: Digest, size: Size): Group {
  const measured = service.measured.filter((one) => !isUnmeasured(one));
  if (size === 'full') {
    // Every day one line is enough. Where there is one service alone, the measures of all are its own.
    const own = digest.services.length > 1 ? (digest.kind === 'daily' ? measured.slice(0, 1) : measured) : [];
    return [line(bold(service.service)), ...bullets([...fullLines(service, digest), ...own.map(inShort)])];
  }
  const parts = kinds(service, digest.until).flatMap((kind) => inLine(kind, size));
  const own = size === 'short' ? measured.slice(0, 1).map(inShort) : [];
  return [line(bold(service.service), ' · ', ...joined([...parts, ...own]))];
}

interface Kind {
  readonly word: string;
  readonly shas: readonly string[];
  readonly count: number;
  /** What the numbers alone do not say. */
  readonly note: string;
}

function kinds(service: ServiceDigest, until: Date): Kind[] {
  const { waiting, outside, ...ended } = kindsOf(service);
  const newest = waiting.listed[0];
  const since = newest ? `, the newest for ${waited(newest, until)}` : '';
  const { shipped, failed, rolledBack, ...going } = ended;
  const of = ({ word, count, listed }: (typeof ended)[keyof typeof ended]): Kind => ({
    ...{ word, count, note: '' },
    shas: listed.map(({ change }) => change.sha),
  });
  return [
    ...[shipped, failed, rolledBack].map(of),
    { word: waiting.word, shas: waiting.listed.map((one) => one.sha), count: waiting.count, note: since },
    ...Object.values(going).map(of),
    { word: outside.word, shas: [], count: outside.count, note: '' },
  ];
}

function inLine({ word, shas, count, note }: Kind, size: Exclude<Size, 'full'>): Phrase[] {
  if (count === 0) return [];
  if (size === 'numbers') return [[`${count} ${word}`]];
  if (size === 'counts' || shas.length === 0) return [[`${count} ${word}${note}`]];
  const listed = shas.slice(0, 3).map((one): Phrase => [sha(one)]);
  return [[`${count} ${word}${note}: `, ...joined(count > listed.length ? [...listed, ['…']] : listed, ', ')]];
}

function fullLines(service: ServiceDigest, { names, until }: Digest): Phrase[] {
  const { shipped, failed, rolledBack, waiting, underWay, toSignOff, outside } = kindsOf(service);
  const entry =
    (word: (entry: HistoryEntry) => string, mark?: string) =>
    (one: HistoryEntry): Phrase => [
      emoji(mark ?? MARK[one.deployment.status]),
      ` ${word(one)} `,
      ...named(one.change, runUrl(one.deployment)),
      ...ticketsIn(one.change.tickets),
      ` · by ${who(one.deployment.requestedBy, names)}, `,
      date('endedAt' in one.deployment ? one.deployment.endedAt : one.deployment.requestedAt),
    ];
  const status = entry(({ deployment }) => statusOf(deployment));
  const going = (one: HistoryEntry): Phrase => {
    const at = one.deployment.status === 'queued' ? one.deployment.startAt : null;
    return at && at > until ? [...status(one), ', to start ', date(at)] : status(one);
  };
  const can = (people: readonly string[], what: string): string => {
    const all = people.map((id) => who(id, names));
    return `; ${everyone(all, 3)} can ${what}`;
  };
  const newestWaiting = waiting.listed[0];
  return [
    ...some(
      shipped,
      entry(() => 'shipped'),
    ),
    ...some(failed, status),
    ...some(
      rolledBack,
      entry(() => 'rolled back to', 'rewind'),
    ),
    ...some(underWay, (one) =>
      one.deployment.status === 'waiting' ? [...status(one), can(service.approvers, 'approve')] : going(one),
    ),
    ...some(
      toSignOff,
      entry(() => 'broke the glass, not signed off yet:'),
    ),
    ...some(
      waiting,
      (one): Phrase => [
        `waiting for ${waited(one, until)}: `,
        ...[...named(one), ...ticketsIn(one.tickets), ' · by ', theirs(one.author, shown.name)],
        // What deploys the newest ships the others with it.
        one === newestWaiting ? can(service.deployers, 'deploy') : null,
      ],
    ),
    ...some(
      outside,
      (run): Phrase => [
        link(run.url, 'run outside Pushbutton'),
        ' by ',
        theirs(run.actor, shown.name),
        ', ',
        date(run.startedAt),
      ],
    ),
  ];
}

const waited = ({ passedAt }: { passedAt: Date }, until: Date): string =>
  formatDuration(until.getTime() - passedAt.getTime());

/** At most five of a kind, and how many more there are. */
function some<T>({ listed, count, word }: Newest<T> & { readonly word: string }, draw: (one: T) => Phrase): Phrase[] {
  const drawn = listed.slice(0, MOST).map(draw);
  const more = count - drawn.length;
  return more > 0 ? [...drawn, [`and ${more} more ${word}`]] : drawn;
}
