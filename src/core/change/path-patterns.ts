/**
 * The patterns of `paths:` in workflow files, so that a line can be copied from there (GitHub docs: workflow syntax, filter
 * pattern cheat sheet): `*`, `**`, `?`, `+`, `[a-z]`, `\` before a character that is meant as it is, and `!` first to exclude
 * again. A pattern is for the whole path of a file from the root of the repository; case counts. No library has this syntax:
 * in theirs, `?` is any one character. Each character of a path is looked at once for each step of a pattern, so that no
 * pattern takes long on any path.
 */

interface Step {
  readonly fits: (char: string) => boolean;
  /** It may fit several characters in a row. */
  readonly repeats: boolean;
  /** How many steps, beginning with this one, may be left out. */
  readonly skips: 0 | 1 | 3;
}

interface Pattern {
  readonly excludes: boolean;
  readonly steps: readonly Step[];
}

const anything = (): boolean => true;
const inFolder = (char: string): boolean => char !== '/';
const just =
  (char: string) =>
  (other: string): boolean =>
    other === char;
const once = (fits: Step['fits']): Step => ({ fits, repeats: false, skips: 0 });

/** Whether the patterns choose a path: the last one that matches it decides. */
export function choosing(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map(parsed);
  return (path) => {
    const last = all.findLast(({ steps }) => matches(steps, path));
    return last !== undefined && !last.excludes;
  };
}

/**
 * These commits without those of which it is known that they touch nothing that the patterns choose: what is not known counts as
 * touching.
 */
export const mayTouch = (shas: readonly string[], verdicts: ReadonlyMap<string, boolean>): string[] =>
  shas.filter((sha) => verdicts.get(sha) !== false);

/** What is wrong with a pattern, for whoever wrote it; null when nothing is. */
export function patternFault(written: string): string | null {
  const path = written.replace(/^!/, '');
  if (path === '') return 'it is empty';
  if (/^\.{0,2}\//.test(path)) return 'paths begin at the root of the repository, without / or ./';
  if (path.endsWith('/')) return `a folder is written ${JSON.stringify(`${written}**`)}`;
  if (path.includes('//')) return 'no path has // in it';
  try {
    parsed(written);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Throws with the fault of one that is none. */
function parsed(written: string): Pattern {
  const excludes = written.startsWith('!');
  const chars = [...(excludes ? written.slice(1) : written)];
  const steps: Step[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] as string;
    const before = steps.at(-1);
    switch (char) {
      case '*':
        if (chars[at + 1] !== '*') {
          steps.push({ fits: inFolder, repeats: true, skips: 1 });
        } else if (chars[at + 2] === '/') {
          // Any number of folders, also none.
          steps.push({ ...once(anything), skips: 3 }, { ...once(anything), repeats: true, skips: 1 }, once(just('/')));
          at += 2;
        } else {
          steps.push({ fits: anything, repeats: true, skips: 1 });
          at += 1;
        }
        break;
      case '?':
      case '+':
        if (!before) throw new Error(`nothing stands before ${char}`);
        steps[steps.length - 1] =
          char === '+' ? { ...before, repeats: true } : { ...before, skips: before.skips === 0 ? 1 : before.skips };
        break;
      case '[': {
        const end = chars.indexOf(']', at);
        if (end === -1) throw new Error('a [ is not closed');
        steps.push(once(oneOf(chars.slice(at + 1, end).join(''))));
        at = end;
        break;
      }
      case '\\': {
        const meant = chars[at + 1];
        if (meant === undefined) throw new Error('nothing follows \\');
        steps.push(once(just(meant)));
        at += 1;
        break;
      }
      default:
        steps.push(once(just(char)));
    }
  }
  return { excludes, steps };
}

/** What stands between brackets: single characters and ranges of letters or digits. */
function oneOf(inside: string): Step['fits'] {
  if (!/^(?:[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d|[A-Za-z0-9_.])+$/.test(inside))
    throw new Error(`[${inside}] is no list of letters, digits and ranges such as [a-z0-9]`);
  const fits = new Set<string>();
  for (const [, from = '', to = from] of inside.matchAll(/(.)(?:-(.))?/g)) {
    if (from > to) throw new Error(`the range ${from}-${to} is empty`);
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) fits.add(String.fromCharCode(code));
  }
  return (char) => fits.has(char);
}

/** Follows all ways through the steps at the same time. */
function matches(steps: readonly Step[], path: string): boolean {
  let here = reachable(steps, [0]);
  for (const char of path) {
    const next: number[] = [];
    for (const at of here) {
      const step = steps[at];
      if (!step?.fits(char)) continue;
      if (step.repeats) next.push(at);
      next.push(at + 1);
    }
    if (next.length === 0) return false;
    here = reachable(steps, next);
  }
  return here.has(steps.length);
}

/** These steps, and those that are next when some are left out. */
function reachable(steps: readonly Step[], from: readonly number[]): Set<number> {
  const found = new Set(from);
  for (const at of found) {
    const skips = steps[at]?.skips ?? 0;
    if (skips > 0) found.add(at + skips);
  }
  return found;
}
