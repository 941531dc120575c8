/** Takes out what is assigned to a name such as `DB_PASSWORD`, `apiKey` or `client-key-data`. */

const WORD = '[secret]';

/** What stands between a name and its value. `Token::Expired` and `https://` have none. */
const BETWEEN = /=>|:=|={1,3}|%3D|(?<!:):(?!:|\/\/)/gi;
/** So much before it is looked at. */
const MOST_NAME = 90;
const NAME =
  /((?:\b(?:api|access|account|private|secret|signing|encryption|master|license) )?[\w.-]+)\\*["'`]?\]?[ \t]{0,3}$/i;

const SECRET =
  /(?:pass(?:word|wd|phrase|code)|pwd|secret|token(?!i[sz])|(?:api|access|account|private|secret|signing|encryption|master|license)[ _-]?key|credentials?)[\w.-]{0,20}$/i;
const PASSWORD = /pass|pwd|secret|credential/i;
/** `token_type`, `secretName`: they tell of a secret, and are none. */
const ABOUT = /(?:name|ref|arn|path|file|dir|length|count|type|ur[il]|ttl|expir\w{0,6}|policy|version)s?$/i;
const PASS =
  /^(?:db|user|root|admin|my|mysql|sql|pg|smtp|mail|ftp|ssh|http|redis|proxy|store|keystore|sudo|login)?pass$/;
/** Keys that are no secrets: those of tables, caches, maps and translations. */
const OPEN_KEYS = new Set(
  'primary foreign sort partition hash range cache restore public index unique composite lookup map object row group routing shard issue project translation message i18n host registry react idempotency any same wrong unknown missing duplicate'.split(
    ' ',
  ),
);
const OF_KEY = /^(?:data|base|pem|base64|b64|value|\d+)$/;

const NONE =
  /^(?:\[secret\]|\*{3,}|(?:undefined|null|nil|none|true|false|required|missing|invalid|expired|await|new|string)\b)(?![^\s"'`,;:.&)\]}\\])/i;
/** What no word of a sentence looks like. */
const MADE = /\d|[a-z][A-Z]/;
const SENTENCE =
  /\s(?:is|are|be|must|should|may|has|have|does|not|at|too|for|of|the|to|was|with)\s|\b(?:can't|cannot|must|is|should) /i;
/** A value in quotes may have a letter before them, as in Python. */
const OPENING = /[ \t]{0,20}(?:[bruf](?=["']))?(\\*)(["'`])/y;
/** So much of it says whether it is a secret: what is none is looked at again by what stands in it. */
const UNQUOTED = /[ \t]{0,20}(\S{1,400})/y;
const REST = /\S*/y;
const UNTIL = { '"': /[^"\r\n]*/y, "'": /[^'\r\n]*/y, '`': /[^`\r\n]*/y } as const;
/** What closes something else: it does not end a value that has more after it. */
const CLOSING = /["'`;,)\]}>\\]$/;

type Kind = 'password' | 'token' | 'pass' | 'key' | 'auth';

/** Of what kind the secret is that a name says; null if it says none. */
function kindOf(name: string): Kind | null {
  if (ABOUT.test(name)) return null;
  if (SECRET.test(name)) return PASSWORD.test(name) ? 'password' : 'token';
  const words = name
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  if (words.length > 1 && words.includes('pass')) return 'password';
  if (words.some((word) => PASS.test(word))) return words.length === 1 && words[0] === 'pass' ? 'pass' : 'password';
  const key = words.lastIndexOf('key');
  if (key > 0 && !OPEN_KEYS.has(words[key - 1] ?? '') && words.slice(key + 1).every((word) => OF_KEY.test(word)))
    return 'key';
  return words.at(-1) === 'auth' ? 'auth' : null;
}

/** Whether what a name is given is a secret. After a colon may stand a sentence. */
function isSecret(kind: Kind, value: string, { colon, quoted }: { colon: boolean; quoted: boolean }): boolean {
  if (value.length < 4 || NONE.test(value)) return false;
  if (kind === 'pass' && /^[\d.,]+(?:%|ms|s)?$/.test(value)) return false;
  if (kind === 'token' && /^[\d_.,]+$/.test(value)) return false;
  if (kind === 'auth') return value.length >= 8 && MADE.test(value) && !/\s/.test(value);
  if (!colon) return true;
  if (quoted && SENTENCE.test(value)) return false;
  return quoted && kind === 'password' ? true : value.length >= 6 && MADE.test(value);
}

/** Where a value stands: in quotes to the closing one, otherwise to white space, or its beginning; never over the end of a line. */
interface Value {
  readonly from: number;
  readonly until: number;
  readonly quoted: boolean;
}

function valueAt(text: string, at: number): Value | null {
  OPENING.lastIndex = at;
  const opening = OPENING.exec(text);
  if (opening) {
    const from = OPENING.lastIndex;
    return { from, until: closingOf(text, from, opening[1]?.length ?? 0, opening[2] as '"'), quoted: true };
  }
  UNQUOTED.lastIndex = at;
  const unquoted = UNQUOTED.exec(text)?.[1];
  if (unquoted === undefined) return null;
  const from = UNQUOTED.lastIndex - unquoted.length;
  return { from, until: closed(text, from, UNQUOTED.lastIndex), quoted: false };
}

/** Where all of an unquoted value ends. */
function endOf(text: string, from: number): number {
  REST.lastIndex = from;
  REST.exec(text);
  return closed(text, from, REST.lastIndex);
}

/** The end without what closes something else. */
function closed(text: string, from: number, until: number): number {
  let end = until;
  while (end > from && CLOSING.test(text[end - 1] ?? '') && !text.startsWith(WORD, end - WORD.length)) end -= 1;
  return end;
}

/** Where the quote stands that closes what `escapes` backslashes and a quote have opened; the end of the line if none does. */
function closingOf(text: string, from: number, escapes: number, quote: '"' | "'" | '`'): number {
  for (let at = from; ; ) {
    UNTIL[quote].lastIndex = at;
    UNTIL[quote].exec(text);
    const end = UNTIL[quote].lastIndex;
    if (text[end] !== quote) return end;
    let before = end;
    while (before > from && text[before - 1] === '\\') before -= 1;
    const count = end - before;
    const isDoubled = end > from && count === 0 && text[end + 1] === quote;
    if (!isDoubled && (escapes === 0 ? count % 2 === 0 : count <= escapes))
      return Math.max(from, end - (escapes && count));
    at = end + (isDoubled ? 2 : 1);
  }
}

/** The text with `[secret]` in place of what names of secrets are given. Takes time in proportion to its length. */
export function withoutNamed(text: string): string {
  let clean = '';
  let done = 0;
  BETWEEN.lastIndex = 0;
  for (let sign = BETWEEN.exec(text); sign; sign = BETWEEN.exec(text)) {
    const name = NAME.exec(text.slice(Math.max(done, sign.index - MOST_NAME), sign.index))?.[1];
    const kind = name === undefined ? null : kindOf(name);
    const value = kind && valueAt(text, BETWEEN.lastIndex);
    if (!name || !kind || !value) continue;
    const given = text.slice(value.from, value.until);
    if (!isSecret(kind, given, { colon: sign[0] === ':', quoted: value.quoted })) continue;
    if (isPlace(name, given) || (/^(?:OLD)?PWD$/.test(name) && given.startsWith('/'))) continue;
    clean += `${text.slice(done, value.from)}${WORD}`;
    done = value.quoted ? value.until : endOf(text, value.from);
    BETWEEN.lastIndex = done;
  }
  return clean + text.slice(done);
}

/** `token.ts:12:7` is a place in a file. */
const isPlace = (name: string, given: string): boolean =>
  /\.[a-z]{1,5}$/.test(name) && /^\d{1,6}(?::\d{1,6})?(?!\w)/.test(given);
