const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The words `parseDuration` reads, for those who check the form alone. */
export const durationForm = /^\d+(?:\.\d+)?[smhd]$/;

/** Longer durations mean the same to people and would leave the range of dates. */
const hundredYearsMs = 36_500 * unitMs.d;

/**
 * Reads a duration as people write it: a number and `s`, `m`, `h` or `d`, such as `90s`, `1.5h`.
 * Gives whole milliseconds, at least 1,000; what is longer than a hundred years counts as a hundred years.
 * Gives undefined for every other text, and for less than a second.
 */
export function parseDuration(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  const unit = text.at(-1) as keyof typeof unitMs;
  const ms = Math.round(Number(text.slice(0, -1)) * unitMs[unit]);
  return ms < unitMs.s ? undefined : Math.min(ms, hundredYearsMs);
}

/**
 * Says a duration of so many milliseconds in its two greatest units: `2 h 5 min`, `3 d`, `45 s`.
 * Rounded to whole seconds; less than a second, also a negative duration, is `0 s`.
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
    // A gap ends it: `1 d` for a day and ten minutes, not `1 d 10 min` beside `1 d 2 h`.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}
