/** What somebody meant by a word that was copied out of Slack or GitHub, or that a phone has changed. */

/** What is not seen: soft hyphens, zero-width characters, marks of direction, variants. Keyboards and clipboards add them. */
const UNSEEN = '\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff';
const WORD = new RegExp(`^[\\s${UNSEEN}]*((?:\\S|\\ufeff)*)[\\s${UNSEEN}]*([\\s\\S]*)$`);
const unseen = new RegExp(`[${UNSEEN}]+`, 'g');

/**
 * The first word, without what is not seen, and what follows it, as typed: a reason keeps its own characters. Both are
 * empty where there is no word.
 */
export function firstWord(text: string): [string, string] {
  const [, word = '', after = ''] = WORD.exec(text) ?? [];
  return [word.replace(unseen, ''), after];
}

/** The words of a line, each without what is not seen. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (let [word, after] = firstWord(text); word !== ''; [word, after] = firstWord(after)) words.push(word);
  return words;
}

/** Formatting that was put around a whole line. */
const AROUND = /^(```|[`*_~])(?!\1)([\s\S]*\S\s*)\1$/;

/**
 * A line as it was meant that was pasted: without the formatting around all of it, the mark of a quotation, and the command
 * itself.
 */
export function lineMeant(text: string): string {
  const line = text.replace(new RegExp(`^[\\s${UNSEEN}]+|[\\s${UNSEEN}]+$`, 'g'), '');
  const [, mark, inside] = AROUND.exec(line) ?? [];
  if (mark !== undefined && inside !== undefined && !inside.includes(mark)) return lineMeant(inside);
  const rest = /^(?:>|\/release(?=\s|$))\s*([\s\S]*)$/i.exec(line)?.[1];
  return rest === undefined ? text : lineMeant(rest);
}

const COMMIT = /\/commits?\/([0-9a-f]{7,40})\b/i;
/** Formatting that Slack copies along. */
const MARKS = ['`', '*', '_', '~'];
/** Quotes, straight or not. Which of them opens and which closes differs from one language to another. */
const QUOTES = /^["'\u2018-\u201f\u2032\u00ab\u00bb\u2039\u203a\u300c-\u300f]$/;

/**
 * What a word stands for: the SHA of a commit's address, the name of a channel that was mentioned, the words of a link that
 * Slack made of them, a word without the
 * formatting or the quotes around it, or without the dots that a phone writes for a second space, and a shortened SHA
 * ends with; any other word as it is. Wide forms of letters and digits count as the usual ones.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function asMeant(typed: string): string {
  const word = typed.normalize('NFKC');
  const commit = COMMIT.exec(word)?.[1];
  if (commit) return commit;
  const mentioned = /^<#\w+\|([^>]+)>$/.exec(word)?.[1] ?? /^#(.+)$/.exec(word)?.[1];
  if (mentioned) return mentioned;
  const linked = /^<(?:https?:\/\/|mailto:)[^|>]*\|([^>]+)>$/i.exec(word)?.[1];
  if (linked) return asMeant(linked);
  const [first = '', last = ''] = [word[0], word.at(-1)];
  const around = first === last ? MARKS.includes(first) || QUOTES.test(first) : QUOTES.test(first) && QUOTES.test(last);
  if (word.length > 2 && around) return asMeant(word.slice(1, -1));
  // Formatting that goes on over several words has a mark at one end of the first and of the last of them.
  const open = /^[`*~]+(?=[^`*~])|(?<=[^`*~])[`*~]+$/.exec(word);
  if (open) return asMeant(word.replace(open[0], ''));
  return word.replace(/(?<=[^.])\.+$/, '');
}

/** The id of the channel that a word mentions, of which Slack may leave out the name; null for any other word. */
export const channelMeant = (word: string): string | null =>
  /^[`*_~]*<#(\w+)(?:\|[^>]*)?>[`*_~]*$/.exec(word)?.[1] ?? null;

/** Dashes that mean one hyphen; the others, which phones write, may mean one or two. */
const HYPHENS = /[\u2010\u2011\u2043]/g;
const DASHES = /[\u2012-\u2015\u2212]/g;
const plainHyphens = (word: string): string => word.replace(HYPHENS, '-').replace(DASHES, '-');

/** The command word, in lower case. */
export const commandWord = (word: string): string => plainHyphens(asMeant(word)).toLowerCase();

/** The one of these names that a word means; undefined where it means none, or where a dash could mean either of two. */
export function nameMeant(word: string, names: readonly string[]): string | undefined {
  const called = (typed: string) => names.find((name) => name.toLowerCase() === typed.toLowerCase());
  const exact = called(word) ?? called(word.normalize('NFKC')) ?? called(asMeant(word));
  if (exact !== undefined) return exact;
  const hyphens = asMeant(word).replace(HYPHENS, '-');
  const [one, two] = ['-', '--'].map((hyphen) => called(hyphens.replace(DASHES, hyphen)));
  return one === undefined || two === undefined || one === two ? (one ?? two) : undefined;
}

/** Double quotes and single ones, with what they enclose and what follows. An apostrophe does not close double quotes. */
const QUOTED = ['"\\u201c-\\u201f\\u2033\\u00ab\\u00bb\\u300c-\\u300f', "'\\u2018-\\u201b\\u2032\\u2039\\u203a"].map(
  (marks) => new RegExp(`^[${marks}]([\\s\\S]*?)[${marks}](?=\\s|$)([\\s\\S]*)$`),
);

/** What stands in quotes at the beginning of a text, and what follows; null where no quotes begin it, or nothing closes them. */
export function quoted(text: string): [string, string] | null {
  for (const form of QUOTED) {
    const [, inside, after] = form.exec(text) ?? [];
    if (inside !== undefined && after !== undefined) return [inside, after];
  }
  return null;
}

export const isSha = (word: string): boolean => /^[0-9a-f]{7,40}$/i.test(word);

/** Whether a word is the option of that name. Two hyphens or more, or any other dashes, begin it. */
export const isOption = (word: string, name: string): boolean => {
  const [, dashes = '', rest = ''] = /^([-\p{Pd}\u2212\u2043]*)(.*)$/u.exec(asMeant(word)) ?? [];
  return dashes !== '' && dashes !== '-' && rest.toLowerCase() === name;
};
