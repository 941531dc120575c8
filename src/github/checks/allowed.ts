import { inWords } from '../../core/check.js';
import { closestTo } from './closest.js';
import { expressionsIn, readExpression } from './expression.js';

/** What expressions at a place of a workflow file may read and call. */
export interface Allowed {
  readonly contexts: readonly string[];
  /** Besides those that may be called anywhere. */
  readonly functions: readonly string[];
}

/** As lists in one line; the contexts have blanks between them. */
const allowed = (contexts: string, ...functions: string[]): Allowed => ({
  contexts: contexts.split(' ').filter(Boolean),
  functions,
});

// docs.github.com, contexts reference, context availability; @actions/workflow-parser 0.3.61, workflow-v1.0.min.json.
/** Where no expression is allowed. */
export const NOTHING = allowed('');
export const OF_WORKFLOW = allowed('github inputs vars');
export const OF_STRATEGY = allowed('github inputs vars needs');
export const OF_JOB = allowed('github inputs vars needs strategy matrix');
export const IN_STEPS = allowed('github inputs vars needs strategy matrix secrets steps job runner env', 'hashfiles');
export const ON_RUNNER = allowed('github inputs vars needs strategy matrix secrets steps job runner env');
export const OF_DEFAULTS = allowed('github inputs vars needs strategy matrix env');
export const OF_ENV = allowed('github inputs vars secrets');
export const OF_JOB_ENV = allowed('github inputs vars needs strategy matrix secrets');
export const OF_URL = allowed('github inputs vars needs strategy matrix steps job runner env');
const STATUS = ['always', 'success', 'failure', 'cancelled'];
export const OF_CONDITION = allowed('github inputs vars needs', ...STATUS);
export const OF_STEP_CONDITION = allowed(
  'github inputs vars needs strategy matrix steps job runner env',
  ...STATUS,
  'hashfiles',
);
/** Where the outputs of a reusable workflow are given. */
export const OF_CALLER = allowed('github inputs vars jobs');

/** What GitHub refuses in an expression. `sure`: it is no name that a newer GitHub may know. */
interface Refused {
  readonly fault: string;
  readonly sure: boolean;
}

const CONTEXTS = 'github inputs vars secrets needs strategy matrix steps job jobs runner env'.split(' ');
/** How many values each function takes (docs.github.com, evaluate expressions; @actions/expressions 0.3.61). */
const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  contains: [2, 2],
  startswith: [2, 2],
  endswith: [2, 2],
  format: [1, 255],
  join: [1, 2],
  tojson: [1, 1],
  fromjson: [1, 1],
  case: [3, 255],
  hashfiles: [1, 255],
  always: [0, 0],
  cancelled: [0, 0],
  success: [0, 255],
  failure: [0, 255],
};
const ANYWHERE = ['contains', 'startswith', 'endswith', 'format', 'join', 'tojson', 'fromjson', 'case'];

/** What GitHub refuses in the expressions of a text, which stands at `place`; null when it takes them. */
export function refusedIn(text: string, allowed: Allowed, place: string): Refused | null {
  const found = expressionsIn(text);
  if (found === null) return { fault: `an expression in ${place} is not closed with }}`, sure: true };
  for (const { source } of found) {
    const refused = refusedOf(source, allowed, place);
    if (refused) return refused;
  }
  return null;
}

/** The same for one expression without what stands around it. */
export function refusedOf(source: string, { contexts, functions }: Allowed, place: string): Refused | null {
  const { references, calls, fault } = readExpression(source);
  if (fault !== null) return { fault: `in ${place}, ${fault}`, sure: true };
  const strange = references.map(([context = '']) => context).find((context) => !contexts.includes(context));
  if (strange !== undefined) {
    const meant = CONTEXTS.includes(strange) ? null : closestTo(strange, contexts);
    return {
      fault: `${place} may read ${contexts.length > 0 ? inWords(contexts) : 'nothing'}, not ${strange}${meant ? ` (did you mean ${meant}?)` : ''}`,
      sure: CONTEXTS.includes(strange) || meant !== null,
    };
  }
  const known = [...ANYWHERE, ...functions];
  for (const { name, count } of calls) {
    if (!known.includes(name)) {
      const sure = name in FUNCTIONS || closestTo(name, known) !== null;
      return { fault: `${place} may not call ${name}()`, sure };
    }
    const [least, most] = FUNCTIONS[name] as readonly [number, number];
    if (count < least || count > most)
      return {
        fault: `in ${place}, ${name}() has ${count} values, and takes ${least === most ? least : `${least} or more`}`,
        sure: true,
      };
  }
  return null;
}

/** Whether a text is one expression and nothing else. */
export function expressionIn(text: string): boolean {
  const [one, ...others] = expressionsIn(text.trim()) ?? [];
  return one !== undefined && others.length === 0 && one.from === 0 && one.to === text.trim().length;
}
