// Git is a line here: change n holds all before it, and n's author wrote it.
export const PEOPLE = ['U0ALICE', 'U0BOB', 'U0CY', 'U0DI', 'U0EVE', 'U0FAYE'] as const;
/** Three of them write. */
export const authorOf = (n: number) => PEOPLE[n % 3] as string;
export const numberOf = (sha: string) => Number.parseInt(sha.slice(-8).replace(/^a+/, ''), 16);
/** The changes after `from` up to that SHA; with nothing known live, it alone. */
export const upTo = (from: string | null, sha: string) => {
  const last = numberOf(sha);
  const first = from === null ? last : numberOf(from) + 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
};
