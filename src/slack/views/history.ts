import { type Change, type ChangeRef, shortSha } from '../../core/change/change.js';
import { hasEnded } from '../../core/deployment/deployment.js';
import type { HistoryEntry, LedgerLine, Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { answeredPlainly } from './answered.js';
import { andMore, asOneList, fitted } from './fold.js';
import { spoken } from './jobs.js';
import { answer, type Message, message } from './message.js';
import { everyone, who } from './people.js';
import { bold, bullets, code, date, emoji, line, link, type Phrase, richText, sha, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { counted, MARK, named, runUrl } from './words.js';

/** The last deployments of a service, newest first. */
export function historyMessage(
  service: string,
  repository: string,
  entries: readonly HistoryEntry[],
  names: Names,
  timezone: string,
): Message {
  const name = theirs(service, shown.name, 'bold');
  if (entries.length === 0) return answer([[name, ' has no deployments yet.']]);
  const phrases = entries.map((entry) => entryLine(entry, names));
  const { groups, leftOut } = fitted([phrases.map((phrase) => bullets([phrase]))], 300);
  const opening: Phrase = [name, ` (${repository}): the last ${counted(entries.length, 'deployment')}, newest first`];
  const blocks = [richText(line(...opening), ...asOneList(groups)), ...andMore(leftOut, 'that are older')];
  return message([opening, ...phrases], blocks, timezone);
}

function entryLine({ deployment, change }: HistoryEntry, names: Names): Phrase {
  const { status, kind, requestedBy, requestedAt } = deployment;
  const over = hasEnded(deployment) ? deployment : null;
  const answers = answeredPlainly(deployment, shown.title);
  return [
    emoji(MARK[status]),
    ` ${statusOf(deployment)} `,
    ...named(change, runUrl(deployment)),
    ` · ${kind} by ${who(requestedBy, names)}, `,
    date(requestedAt),
    over?.cancelBy ? ` · cancel requested by ${who(over.cancelBy, names)}` : null,
    ...(over?.reason ? [' · ', theirs(spoken(over.reason), shown.title)] : []),
    ...(answers === '' ? [] : [' · ', theirs(answers, shown.title)]),
  ];
}

/** One commit's ledger lines, oldest first; the newest of them if too long. `notRead`: how many older ones exist. */
export function ledgerMessage(
  service: string,
  repository: string,
  change: ChangeRef & Pick<Change, 'staging'>,
  lines: readonly LedgerLine[],
  notRead: number,
  names: Names,
  timezone: string,
): Message {
  const opening: Phrase = [bold(service), ` (${repository}) `, ...named(change)];
  if (lines.length === 0) return answer([[...opening, ': nothing has been decided about it yet.']]);
  const { url } = change.staging;
  const runs = URL.canParse(url) ? `${new URL(url).origin}/${repository}/actions/runs/` : null;
  const phrases = lines.map((one) => ledgerLine(one, names, runs));
  const { groups, leftOut } = fitted([phrases.toReversed().map((phrase) => bullets([phrase]))], 400);
  const left = leftOut + notRead;
  const older: Phrase[] =
    left > 0 ? [[`${left} older lines are in the ledger; `, code('npm run audit -- export'), ' writes them all']] : [];
  const heading: Phrase = [...opening, `: ${counted(lines.length + notRead, 'line')} of the ledger, oldest first`];
  const shownLines = asOneList(groups.toReversed());
  return message(
    [heading, ...older, ...phrases],
    [richText(line(...heading), ...older.map((phrase) => line(...phrase)), ...shownLines)],
    timezone,
  );
}

/** `changes: 3, required: 1`. Empty values are left out, people are named, and a run has a link of its own. */
const inPairs = (detail: LedgerLine['detail'], names: Names): string =>
  Object.entries(detail)
    .filter(([key, value]) => value !== null && value !== '' && key !== 'run_id' && !isAnswer(key))
    .map(
      ([key, value]) => `${key.replaceAll('_', ' ')}: ${typeof value === 'string' ? shownValue(value, names) : value}`,
    )
    .join(', ');

/** What was answered and ticked at the request, in the words of who did; see `answersOnLedger`. */
const isAnswer = (key: string): boolean => key === 'checked' || key.startsWith('answer_');
const answersIn = (detail: LedgerLine['detail']): string =>
  Object.entries(detail)
    .filter(([key]) => isAnswer(key))
    .map(([key, value]) => `${key.replace(/^answer_/, '')}: ${value}`)
    .join(' · ');

/** A commit by its short SHA, people by their names: one value can hold several ids. */
const shownValue = (value: string, names: Names): string =>
  /^[0-9a-f]{40}$/.test(value) ? shortSha(value) : people(value, names);

const people = (value: string, names: Names): string =>
  value.split(' ').every((id) => /^[USW][A-Z0-9]{2,}$/.test(id))
    ? everyone(value.split(' ').map((id) => who(id, names)))
    : who(value, names);

const ledgerLine = (
  { seq, at, actor, kind, reason, sha: full, detail }: LedgerLine,
  names: Names,
  runs: string | null,
): Phrase => [
  code(`#${seq}`),
  ' ',
  date(at),
  ' · ',
  theirs(who(actor, names), shown.name),
  ' · ',
  theirs(kind, shown.name),
  ...(full ? [' ', sha(full)] : []),
  ...(detail.run_id ? [' · ', link(runs && `${runs}${detail.run_id}`, `run ${detail.run_id}`)] : []),
  ...(reason ? [' · ', theirs(spoken(reason), shown.title)] : []),
  ...(inPairs(detail, names) === '' ? [] : [' · ', theirs(inPairs(detail, names), shown.title)]),
  ...(answersIn(detail) === '' ? [] : [' · ', theirs(answersIn(detail), shown.reason)]),
];
