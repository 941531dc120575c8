const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The form that `parseDuration` reads, for checking the form alone. */
export const durationForm = /^\d+(?:\.\d+)?[smhd]$/;

/** Longer durations would leave the range of dates. */
const hundredYearsMs = 36_500 * unitMs.d;

/**
 * Reads a duration as people write it: a number and `s`, `m`, `h` or `d`, such as `90s` or `1.5h`.
 * Returns whole milliseconds, from 1,000 to a hundred years (longer durations are cut to that); undefined for any other
 * text and for less than a second.
 */
export function parseDuration(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  const unit = text.at(-1) as keyof typeof unitMs;
  const ms = Math.round(Number(text.slice(0, -1)) * unitMs[unit]);
  return ms < unitMs.s ? undefined : Math.min(ms, hundredYearsMs);
}

/**
 * Formats milliseconds in their two largest units: `2 h 5 min`, `3 d`, `45 s`. Rounds to whole seconds; negative
 * durations are `0 s`.
 */
export function formatDuration(ms: number): string {
  let seconds = Math.max(0, Math.round(ms / 1_000));
  const parts: string[] = [];
  for (const [word, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${word}`);
    // A zero ends it: a day and ten minutes is `1 d`, not `1 d 10 min`.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}
