/** Chooses from a job's log the lines that say why its step failed. */

import type { LogLine } from './lines.js';
import { tells, withoutChatter } from './tells.js';

/** When the failed step ran, in ms of whole seconds, as GitHub tells; null if it does not. */
export interface StepTimes {
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

export interface Reason {
  readonly lines: readonly string[];
  readonly exitCode: number | null;
}

/** What a thread shows: one text of a block takes 3,000 characters. */
const MOST_LINES = 24;
const MOST_CHARACTERS = 2_700;
const MOST_LINE = 200;
/** Of what does not fit, the beginning and the end are kept: the first failure, and what the tool sums up. */
const SHARE_OF_END = 0.35;
/** Lines shown before the first that says why, where that may begin in the middle of something. */
const BEFORE = 2;
/** What is shorter gets so many lines with those before it. */
const LEAST_LINES = 5;
/** A line that only may tell why is believed if it is near the end. */
const NEAR_END = 60;

const ERROR = '##[error]';
const CLEANUP = 'Post job cleanup.';
const EXIT = /^##\[error\](?:Error: )?Process completed with exit code (\d{1,10})\.?$/;

/** The lines that say why the step failed; null when the log has none of them. */
export function reasonIn(log: readonly LogLine[], step: StepTimes): Reason | null {
  const section = sectionOf(log, step).map(({ text }) => text);
  const exit = EXIT.exec(section.at(-1) ?? '');
  const said = exit ? section.slice(0, -1) : section;
  const firstError = said.findIndex((line) => line.startsWith(ERROR));
  const lines = said.map(unmarked);
  const useful = withoutChatter(lines.filter((line) => line !== null));
  // Lines that GitHub alone reads were left out before it, too.
  const error = firstError < 0 ? -1 : lines.slice(0, firstError).filter((line) => line !== null).length;
  const begin = Math.min(beginOf(useful, error), useful.length - LEAST_LINES);
  const shown = fitted(useful.slice(Math.max(0, begin)));
  if (shown.length === 0) return null;
  return { lines: shown, exitCode: exit ? Number(exit[1]) : null };
}

/** Where what says why begins; near the end where nothing does. */
function beginOf(lines: readonly string[], error: number): number {
  const said = lines.map(tells);
  const surely = said.indexOf('surely');
  if (surely >= 0 && (error < 0 || surely <= error)) return surely;
  if (error >= 0) return error - BEFORE;
  const likely = said.indexOf('likely', Math.max(0, lines.length - NEAR_END));
  return likely >= 0 ? likely - BEFORE : lines.length - MOST_LINES;
}

/**
 * What the failed step wrote: by its times, from the command that GitHub writes before it to its last error. Steps that follow
 * in the same second, and what cleans up after the job, come after that.
 */
function sectionOf(log: readonly LogLine[], { startedAt, completedAt }: StepTimes): readonly LogLine[] {
  const known = startedAt !== null && completedAt !== null;
  const inTime = known ? log.filter(({ at }) => at !== null && at >= startedAt && at < completedAt + 1_000) : log;
  // With a runner whose clock GitHub does not share, no line is in time.
  const during = inTime.length === 0 && log.some(({ text }) => text.startsWith(ERROR)) ? log : inTime;
  // It begins each step that cleans up; one that failed begins with it itself.
  const cleanup = during.findIndex(({ text }, at) => at > 0 && text === CLEANUP);
  const before = cleanup < 0 ? during : during.slice(0, cleanup);
  const lastError = before.findLastIndex(({ text }) => text.startsWith(ERROR));
  const until = lastError < 0 ? before : before.slice(0, lastError + 1);
  return until.slice(bodyFrom(until));
}

/** Where the last command ends that GitHub repeats before what it writes; a tool may write groups, too. One look at each line. */
function bodyFrom(log: readonly LogLine[]): number {
  let end: number | null = null;
  let isGitHubs = false;
  for (let at = log.length - 1; at >= 0; at -= 1) {
    const text = log[at]?.text ?? '';
    if (text === '##[endgroup]') {
      end = at;
      isGitHubs = false;
    } else if (end !== null && text.startsWith('##[group]Run ') && (isGitHubs || end === at + 1)) return end + 1;
    else isGitHubs ||= /^(?:shell: |with:$|env:$)/.test(text);
  }
  return 0;
}

/** A line without the marks that are GitHub's; null for what a reader of its page does not see. */
function unmarked(line: string): string | null {
  if (line === CLEANUP || /^##\[(?:endgroup|debug|add-matcher|remove-matcher)\]/.test(line)) return null;
  return line.replace(/^##\[(?:error|warning|notice|group|command|section)\]/, '');
}

/** As many of the lines as fit, of the others the first and the last, with their number between. */
function fitted(lines: readonly string[]): string[] {
  const short = lines.map(clipped).filter((line, at, all) => line.trim() !== '' || all[at - 1]?.trim() !== '');
  while (short[0]?.trim() === '') short.shift();
  let kept = short.length;
  const size = (count: number) => shareOf(short, count).reduce((sum, line) => sum + line.length + 1, 0);
  while (kept > MOST_LINES || (kept > 1 && size(kept) > MOST_CHARACTERS)) kept = Math.min(kept - 1, MOST_LINES);
  return shareOf(short, kept);
}

function shareOf(lines: readonly string[], kept: number): string[] {
  if (kept >= lines.length) return [...lines];
  const last = Math.floor(kept * SHARE_OF_END);
  const first = kept - last;
  return [...lines.slice(0, first), `… ${lines.length - kept} lines left out …`, ...lines.slice(lines.length - last)];
}

/** Never inside a character of two units. */
const clipped = (line: string): string =>
  line.length > MOST_LINE ? `${line.slice(0, MOST_LINE - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
