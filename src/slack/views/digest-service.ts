import { formatDuration } from '../../core/duration.js';
import type { Digest, HistoryEntry, ServiceDigest } from '../../core/report.js';
import { shown } from '../limits.js';
import type { Group } from './fold.js';
import { who } from './people.js';
import { bold, bullets, date, emoji, joined, line, link, type Phrase, sha, theirs } from './rich.js';
import { MARK, named, runUrl, STATUS } from './words.js';

const MOST = 5;

/** Nothing shipped or failed, and nothing is waiting or running. */
export const isQuiet = ({ shipped, failed, waiting, underWay, toSignOff, outside }: ServiceDigest): boolean =>
  [shipped, failed, waiting, underWay, toSignOff, outside].every((list) => list.length === 0);

/** One service: with titles and people, with SHAs alone, or with numbers alone. */
export function digestService(service: ServiceDigest, digest: Digest, size: 'full' | 'short' | 'counts'): Group {
  if (size === 'full') return [line(bold(service.service)), ...bullets(fullLines(service, digest))];
  return [
    line(bold(service.service), ' · ', ...joined(kinds(service, digest.until).flatMap((kind) => inShort(kind, size)))),
  ];
}

interface Kind {
  readonly word: string;
  readonly shas: readonly string[];
  readonly count: number;
  /** What the numbers alone do not say. */
  readonly note: string;
}

function kinds(
  { shipped, failed, waiting, waitingMore, underWay, toSignOff, outside }: ServiceDigest,
  until: Date,
): Kind[] {
  const newest = waiting[0];
  const since = newest ? `, the newest for ${waited(newest, until)}` : '';
  const of = (word: string, entries: readonly { change: { sha: string } }[]): Kind => ({
    word,
    shas: entries.map(({ change }) => change.sha),
    count: entries.length,
    note: '',
  });
  return [
    of('shipped', shipped),
    of('failed', failed),
    { word: 'waiting', shas: waiting.map((one) => one.sha), count: waiting.length + waitingMore, note: since },
    of('under way', underWay),
    of('to sign off', toSignOff),
    { word: 'outside Pushbutton', shas: [], count: outside.length, note: '' },
  ];
}

function inShort({ word, shas, count, note }: Kind, size: 'short' | 'counts'): Phrase[] {
  if (count === 0) return [];
  if (size === 'counts' || shas.length === 0) return [[`${count} ${word}${note}`]];
  const listed = shas.slice(0, 3).map((one): Phrase => [sha(one)]);
  return [[`${count} ${word}${note}: `, ...joined(count > listed.length ? [...listed, ['…']] : listed, ', ')]];
}

function fullLines(service: ServiceDigest, { names, until }: Digest): Phrase[] {
  const entry =
    (word: (entry: HistoryEntry) => string) =>
    (one: HistoryEntry): Phrase => [
      emoji(MARK[one.deployment.status]),
      ` ${word(one)} `,
      ...named(one.change, runUrl(one.deployment)),
      ` · by ${who(one.deployment.requestedBy, names)}, `,
      date('endedAt' in one.deployment ? one.deployment.endedAt : one.deployment.requestedAt),
    ];
  const status = entry(({ deployment }) => STATUS[deployment.status]);
  return [
    ...some(
      service.shipped,
      entry(({ deployment }) => (deployment.kind === 'roll back' ? 'rolled back to' : 'shipped')),
      'shipped',
    ),
    ...some(service.failed, status, 'failed'),
    ...some(service.underWay, status, 'under way'),
    ...some(
      service.toSignOff,
      entry(() => 'broke the glass, not signed off yet:'),
      'to sign off',
    ),
    ...some(
      service.waiting,
      (one): Phrase => [`waiting for ${waited(one, until)}: `, ...named(one)],
      'waiting',
      service.waitingMore,
    ),
    ...some(
      service.outside,
      (run): Phrase => [
        link(run.url, 'run outside Pushbutton'),
        ' by ',
        theirs(run.actor, shown.name),
        ', ',
        date(run.startedAt),
      ],
      'outside Pushbutton',
    ),
  ];
}

const waited = ({ passedAt }: { passedAt: Date }, until: Date): string =>
  formatDuration(until.getTime() - passedAt.getTime());

/** At most five of a kind, and how many more there are. */
function some<T>(all: readonly T[], draw: (one: T) => Phrase, word: string, unlisted = 0): Phrase[] {
  const listed = all.slice(0, MOST).map(draw);
  const more = all.length - listed.length + unlisted;
  return more > 0 ? [...listed, [`and ${more} more ${word}`]] : listed;
}
