/** The names of so many parameters of a statement, from this one on. */
export const parametersFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `$${first + n}`);
