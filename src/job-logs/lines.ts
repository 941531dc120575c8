/** The lines of a job's log, from the bytes at its end. */

import { withoutSecrets } from '../log/others-secrets.js';

export interface LogLine {
  /** When it was written, in ms; null if no line so far says when. */
  readonly at: number | null;
  readonly text: string;
}

/** The bytes at the end of a log. `cut`: the log began earlier. */
export interface LogTail {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** What terminals read: colours and moves of the cursor (CSI), titles and links (OSC), and the short ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const FOR_TERMINALS = /\u001b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// Tabs stay until they become spaces.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
/** Halves of characters, which a database does not take. */
const HALVES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** How each line of a job's log begins. A tool's own line breaks leave lines without it. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z ?/;
/** So many bytes that are no text, and it is none. */
const MOST_BROKEN = 0.05;

/**
 * The lines without secrets, colours and invisible characters; null when the bytes are no text, as those of a compressed file.
 * Of a log whose beginning is cut off, the first line is left out, and of a single line what may be half a token.
 */
export function linesOf({ bytes, cut }: LogTail): LogLine[] | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(cut ? wholeFrom(bytes) : 0);
  const decoded = text.toString('utf8').replace(/\ufffd$/, '');
  if (howMany('\ufffd', decoded) + howMany('\0', decoded) > decoded.length * MOST_BROKEN) return null;
  const whole = cut ? withoutFirst(decoded) : decoded;
  let at: number | null = null;
  return withoutSecrets(whole.replace(FOR_TERMINALS, ''))
    .split('\n')
    .map((raw): LogLine => {
      const line = withoutReturns(raw).replace(/^\ufeff/, '');
      const stamp = STAMP.exec(line);
      if (stamp) at = Date.parse(`${stamp[1]}${(stamp[2] ?? '').slice(0, 4)}Z`);
      // What a progress bar wrote over is not seen in a terminal either.
      const wrote = line.slice(stamp?.[0].length ?? 0);
      const shown = wrote.slice(wrote.lastIndexOf('\r') + 1);
      return { at, text: shown.replaceAll('\t', '  ').replace(UNSEEN, '').replace(HALVES, '').trimEnd() };
    });
}

/** Without the `\r` at its end. An expression for them would look at each run of them from each of its characters. */
function withoutReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(0, end);
}

const howMany = (character: string, text: string): number => text.split(character).length - 1;

/** Where the first whole character begins: bytes that continue one look like 10xxxxxx. */
function wholeFrom(bytes: Uint8Array): number {
  let from = 0;
  while (from < 3 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return from;
}

function withoutFirst(text: string): string {
  const line = text.indexOf('\n');
  if (line >= 0 && line < text.length - 1) return text.slice(line + 1);
  return text.replace(/^\S{0,2000}/, '');
}
