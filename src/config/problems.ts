/** One wrong setting: its name or path, what was found (never a secret's value), what is expected. */
export type Problem = { setting: string; found: string; expected: string };

/** Thrown with every problem of environment and file together, so that one start tells all there is to mend. */
export class ConfigProblems extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'ConfigProblems';
    this.problems = problems;
    // Whoever prints the whole error prints the lines and nothing of the program's inside.
    this.stack = this.message;
  }

  /** One line for each problem, in the order of the settings. */
  lines(): string[] {
    return this.problems.map(problemLine);
  }
}

function problemLine({ setting, found, expected }: Problem): string {
  return `${setting}: ${found}; expected ${expected}`;
}

/** Says a value of the file on one short line, with its kind where that is what surprises. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') {
    // JSON's quotes keep a line break in a value from breaking the line.
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
  }
  return `${String(value)} (a ${typeof value})`;
}
