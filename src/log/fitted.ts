import { clipped } from './clip.js';

/** The longest line, its line break included. */
export const maxLineBytes = 16 * 1024;

/** Limits that are tried in turn: the characters of a text, and the entries of a list or mapping. */
const sizes = [
  { characters: 8_000, entries: 100 },
  { characters: 1_000, entries: 50 },
  { characters: 200, entries: 20 },
];

/**
 * Applies `clean` to every text in a line of JSON and cuts the line until it is at most `maxLineBytes` long in UTF-8.
 * The result is still JSON and ends with one line break. Works on the parsed value: cutting or replacing in the text
 * could split an escape.
 */
export function fitted(line: string, clean: (text: string) => string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  // The fields of every line come first, so that they stay when entries are cut.
  const whole = each({ level, time, msg, ...fields }, clean, Number.POSITIVE_INFINITY);
  const untouched = `${JSON.stringify(whole)}\n`;
  if (fits(untouched)) return untouched;
  for (const { characters, entries } of sizes) {
    const smaller = `${JSON.stringify(each(whole, (text) => clipped(text, characters), entries))}\n`;
    if (fits(smaller)) return smaller;
  }
  return `${JSON.stringify({ level, time, msg: clipped(clean(String(msg ?? '')), 1_000), cut: true })}\n`;
}

function fits(line: string): boolean {
  return Buffer.byteLength(line) <= maxLineBytes;
}

function each(value: unknown, change: (text: string) => string, entries: number): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.slice(0, entries).map((item) => each(item, change, entries));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).slice(0, entries);
  return Object.fromEntries(kept.map(([key, item]) => [change(key), each(item, change, entries)]));
}
