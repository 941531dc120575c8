import { closest, distance } from 'fastest-levenshtein';
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { problemsAcross } from './across.js';
import { asWritten, written } from './as-written.js';
import { type Problem, shown } from './problems.js';
import { at, pathText } from './raw.js';
import { type ConfigFile, fileSchema } from './schema.js';

/** The result of reading a file. `raw` holds it as written, even when something in it is wrong. */
type ReadFile = { raw: unknown; file?: ConfigFile; problems: Problem[] };

/** Reads the text of the config file and reports everything wrong in it. Problems refer to the file by `name`. */
export function readConfigFile(text: string, name: string): ReadFile {
  const { raw, problems, broken } = readYaml(text, name);
  if (broken) return { raw, problems };
  const parsed = fileSchema.safeParse(raw);
  const found = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, raw, name));
  const all = [...problems, ...found, ...problemsAcross(raw)];
  return parsed.success && all.length === 0 ? { raw, file: parsed.data, problems: [] } : { raw, problems: all };
}

function readYaml(text: string, name: string): { raw: unknown; problems: Problem[]; broken: boolean } {
  const lines = new LineCounter();
  // Two keys are the same if they are written so: 16 and 0x10 are two names.
  const uniqueKeys = (a: unknown, b: unknown) => a === b || (isScalar(a) && isScalar(b) && written(a) === written(b));
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys });
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    const setting = `${name}, line ${line}, column ${col}`;
    if (code !== 'DUPLICATE_KEY') return { setting, found: message, expected: 'valid YAML' };
    const key = text.slice(pos[0]).match(/^[^:\n]*/)?.[0] ?? '';
    return { setting, found: `${shown(key.trim())}, a duplicate key`, expected: 'each key once' };
  });
  // A duplicate key does not prevent checking the rest; after a syntax error nothing can be trusted.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { raw: undefined, problems, broken: true };
  visit(document, {
    Pair(_, { key }) {
      // A key is a name: the login 0xC0FFEE is no number.
      if (isScalar(key)) key.value = written(key);
    },
  });
  try {
    return { raw: asWritten(document, document.toJS(), fileSchema), problems, broken: false };
  } catch (error) {
    // An undefined alias, or too many aliases.
    const found = error instanceof Error ? error.message : String(error);
    return { raw: undefined, problems: [...problems, { setting: name, found, expected: 'valid YAML' }], broken: true };
  }
}

/** Turns one zod issue into problems that name the path. */
function explain(issue: z.core.$ZodIssue, raw: unknown, name: string): Problem[] {
  const setting = pathText(issue.path) || name;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    return issue.keys.map((key) => ({
      setting: pathText([...issue.path, key]),
      found: 'an unknown key',
      expected: nearest(key, known),
    }));
  }
  if (issue.code === 'invalid_key')
    return [{ setting, found: shown(issue.path.at(-1)), expected: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Assume the variant with the fewest problems was meant, of those that are the right kind of value at all.
    const right = issue.errors.filter(
      (one) => !one.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
    );
    const meant = (right.length > 0 ? right : issue.errors).reduce((best, next) =>
      next.length < best.length ? next : best,
    );
    const inside = meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
    if (meant.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'))
      return inside.flatMap((inner) => explain(inner, raw, name));
  }
  return [{ setting, found: shown(at(raw, ...issue.path.map(numberOrText))), expected: issue.message }];
}

const numberOrText = (key: PropertyKey) => (typeof key === 'number' ? key : String(key));

function nearest(key: string, known: string[]): string {
  const near = closest(key, known);
  const few = distance(key, near) <= Math.max(2, key.length / 3);
  return few ? `${near} (the nearest known key)` : `one of ${known.join(', ')}; the nearest is ${near}`;
}
