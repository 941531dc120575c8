/** What one look at the installation came to. Only `wrong` is a fault; what may not be looked at is skipped. */
export type Verdict =
  | { readonly is: 'ok'; readonly says: string }
  /** What was found, and what to do about it, in words that can be followed as they stand; `copy` is typed or opened as it is. */
  | { readonly is: 'wrong'; readonly found: string; readonly mend: string; readonly copy: string | null }
  | { readonly is: 'skipped'; readonly why: string };

/** One line of the doctor's report. */
export interface Check {
  /** Stays the same from run to run: `slack.channel.C0SHOP`. */
  readonly id: string;
  /** The heading that it stands under. */
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
}

export const ok = (says: string): Verdict => ({ is: 'ok', says });
export const wrong = (found: string, mend: string, copy: string | null = null): Verdict => ({
  is: 'wrong',
  found,
  mend,
  copy,
});
export const skipped = (why: string): Verdict => ({ is: 'skipped', why });

/** How many checks came to each verdict. */
export function tally(checks: readonly Check[]): Record<Verdict['is'], number> {
  const count = (is: Verdict['is']) => checks.filter(({ verdict }) => verdict.is === is).length;
  return { ok: count('ok'), wrong: count('wrong'), skipped: count('skipped') };
}

/** Words in a row, as a sentence has them: `a`, `a and b`, `a, b and c`. */
export function inWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
