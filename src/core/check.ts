/** The result of one check of the installation. Only `wrong` is a fault; what cannot be checked is skipped. */
export type Verdict =
  | { readonly is: 'ok'; readonly says: string }
  /** What was found and how to fix it, in words that can be followed as they are; `copy` is text to type or open. */
  | { readonly is: 'wrong'; readonly found: string; readonly mend: string; readonly copy: string | null }
  | { readonly is: 'skipped'; readonly why: string };

/** One line of the doctor's report. */
export interface Check {
  /** Stable from run to run, such as `slack.channel.C0SHOP`. */
  readonly id: string;
  /** The heading of its group in the report. */
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
}

/** A passed check; `says` is what it found. */
export const ok = (says: string): Verdict => ({ is: 'ok', says });
/** A failed check: what was found, how to fix it, and text to type or open. */
export const wrong = (found: string, mend: string, copy: string | null = null): Verdict => ({
  is: 'wrong',
  found,
  mend,
  copy,
});
/** A check that was not made, and why. */
export const skipped = (why: string): Verdict => ({ is: 'skipped', why });

/** Counts the checks with each verdict. */
export function tally(checks: readonly Check[]): Record<Verdict['is'], number> {
  const count = (is: Verdict['is']) => checks.filter(({ verdict }) => verdict.is === is).length;
  return { ok: count('ok'), wrong: count('wrong'), skipped: count('skipped') };
}

/** Joins words as in a sentence: `a`, `a and b`, `a, b and c`. */
export function inWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
