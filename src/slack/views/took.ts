import type { Staging } from '../../core/change/change.js';
import { formatDuration } from '../../core/duration.js';

/** So many milliseconds more or less than usual are nothing that stands out. */
const LEAST_UNUSUAL_MS = 30_000;

/** Of a first attempt, how long is usual if it took half as long again, or less than half as long, and not by seconds. */
export function unusual(ms: number, usualMs: number | null): string {
  if (usualMs === null || Math.abs(ms - usualMs) < LEAST_UNUSUAL_MS) return '';
  return ms > 1.5 * usualMs || ms < 0.5 * usualMs ? `, usually ${formatDuration(usualMs)}` : '';
}

/** Whether a first attempt took so much longer than usual that the card says so. */
export function tookLong({ startedAt, finishedAt, attempt, usualMs }: Staging): boolean {
  const ms = finishedAt === null ? 0 : finishedAt.getTime() - startedAt.getTime();
  return attempt === 1 && usualMs !== null && ms > usualMs && unusual(ms, usualMs) !== '';
}

/** `12 min, usually 8 min`: how long a run took, and how long is usual; of a re-run, which may be of some jobs alone, the former. */
export function tookUsually({ startedAt, finishedAt, attempt, usualMs }: Staging): string | null {
  if (finishedAt === null) return null;
  const took = formatDuration(finishedAt.getTime() - startedAt.getTime());
  return attempt === 1 && usualMs !== null ? `${took}, usually ${formatDuration(usualMs)}` : took;
}
