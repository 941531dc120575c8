/** One wrong setting: its name or path, what was found (never the value of a secret), and what is expected. */
export type Problem = { setting: string; found: string; expected: string };

/** Thrown with every problem of the environment and the file, so that one start reports all there is to fix. */
export class ConfigProblems extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'ConfigProblems';
    this.problems = problems;
    // Printing the whole error prints these lines and no stack trace.
    this.stack = this.message;
  }

  /** One line per problem, in the order of the settings. */
  lines(): string[] {
    return this.problems.map(problemLine);
  }
}

function problemLine({ setting, found, expected }: Problem): string {
  return `${setting}: ${found}; expected ${expected}`;
}

/** Describes a value of the file on one short line, with its type where the type is the surprise. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') {
    // JSON escapes keep a line break in the value from breaking the line.
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
  }
  return `${String(value)} (a ${typeof value})`;
}
