/** What somebody meant by a word that was copied out of Slack or GitHub, or that a phone has changed. */

const COMMIT = /\/commits?\/([0-9a-f]{7,40})\b/i;
/** Formatting that Slack copies along, and quotes, straight or not: what opens, and what closes it. */
const AROUND: readonly (readonly [string, string])[] = [
  ...['`', '*', '_', '~', '"', "'"].map((mark) => [mark, mark] as const),
  ['“', '”'],
  ['„', '“'],
  ['‘', '’'],
  ['«', '»'],
];

/**
 * The SHA of a commit's address, the name of a channel that was mentioned, a word without the formatting around it; any
 * other word as it is. https://docs.slack.dev/messaging/formatting-message-text
 */
export function asMeant(word: string): string {
  const commit = COMMIT.exec(word)?.[1];
  if (commit) return commit;
  const mentioned = /^<#\w+\|([^>]+)>$/.exec(word)?.[1] ?? /^#(.+)$/.exec(word)?.[1];
  if (mentioned) return mentioned;
  const inner = AROUND.find(([open, close]) => word.length > 2 && word.startsWith(open) && word.endsWith(close));
  return inner ? asMeant(word.slice(1, -1)) : word;
}

export const isSha = (word: string): boolean => /^[0-9a-f]{7,40}$/i.test(word);

/** Whether a word is the option of that name; phones write a dash for two hyphens. */
export const isOption = (word: string, name: string): boolean =>
  word.toLowerCase().replace(/^(?:[\u2010-\u2015\u2212]|--)/, '--') === `--${name}`;
