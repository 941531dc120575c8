import { expressionIn } from './allowed.js';
import { expressionsIn, holdsInput, readExpression } from './expression.js';
import { ANY, type Reference } from './expression-tree.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { VALUE } from './script.js';

export type Mapping = Readonly<Record<string, unknown>>;

/** What holds the SHA at a place of a workflow, besides the input itself. */
export interface Holders {
  /** Names of environment variables. */
  readonly variables: ReadonlySet<string>;
  /** Parts of a matrix and outputs of jobs, such as matrix, ref. */
  readonly values: readonly Reference[];
}

/** Where nothing but the input holds it. */
export const NO_HOLDERS: Holders = { variables: new Set(), values: [] };

/** Whether an expression anywhere in a value reads the SHA. */
export function holdsSha(value: unknown, holders: Holders): boolean {
  if (typeof value === 'string') return (expressionsIn(value) ?? []).some(({ source }) => readsSha(source, holders));
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => holdsSha(one, holders));
}

/** A condition is an expression also without `${{ }}`. */
export function conditionHoldsSha(value: unknown, holders: Holders): boolean {
  return typeof value === 'string' && (value.includes('${{') ? holdsSha(value, holders) : readsSha(value, holders));
}

/** Whether a condition cannot hold in a run that was dispatched. */
export function neverHolds(condition: unknown): boolean {
  if (condition === false) return true;
  if (typeof condition !== 'string' || condition.trim() === '') return false;
  return givenBy(condition.includes('${{') ? condition : `\${{ ${condition} }}`, NO_HOLDERS)?.truthy === false;
}

/** What a text that is one expression may give; null when it is something else. */
export function givenBy(text: unknown, holders: Holders): Outcome | null {
  if (typeof text !== 'string' || !expressionIn(text)) return null;
  const tree = readExpression(expressionsIn(text)?.[0]?.source ?? '').tree;
  return tree && outcomeOf(tree, (reference) => isSha(reference, holders));
}

/** A text with VALUE in place of each expression that has the SHA, and a word in place of the others. */
export function marked(text: string, holders: Holders): string {
  let result = '';
  let done = 0;
  for (const { from, to, source } of expressionsIn(text) ?? []) {
    result += text.slice(done, from) + (readsSha(source, holders) ? VALUE : 'x');
    done = to;
  }
  return result + text.slice(done);
}

/** The holders around a job or a step, and the variables of its `env`. */
export function withEnv({ variables, values }: Holders, env: unknown): Holders {
  return { variables: new Set([...variables, ...ownVariables(env, { variables, values })]), values };
}

/** The variables of this `env` that hold the SHA. */
export function ownVariables(env: unknown, around: Holders): Set<string> {
  return new Set(Object.entries(mapping(env)).flatMap(([name, value]) => (holdsSha({ value }, around) ? [name] : [])));
}

/** The holders in a job, besides its `env`: those around it, and the parts of its matrix. */
export function withMatrix(around: Holders, strategy: unknown): Holders {
  const { matrix } = mapping(strategy);
  if (typeof matrix === 'string') return holdsSha(matrix, around) ? plus(around, [['matrix', ANY]]) : around;
  const { include, ...lists } = mapping(matrix);
  const all = [lists, ...(Array.isArray(include) ? include.map(mapping) : [{ [ANY]: include }])];
  const held = all.flatMap((one) => Object.keys(one).filter((key) => holdsSha(one[key], around)));
  return plus(
    around,
    held.map((key) => ['matrix', key.toLowerCase()]),
  );
}

/** The outputs of jobs that hold the SHA, as other jobs read them; an output may be made of another job's. */
export function outputsOf(jobs: Mapping, around: Holders): Holders {
  let known = around;
  for (;;) {
    const found = Object.entries(jobs).flatMap(([id, job]) => {
      const { outputs, env, strategy } = mapping(job);
      const within = withEnv(withMatrix(known, strategy), env);
      return Object.entries(mapping(outputs)).flatMap(([name, value]): Reference[] =>
        holdsSha({ value }, within) ? [['needs', id.toLowerCase(), 'outputs', name.toLowerCase()]] : [],
      );
    });
    if (found.length === known.values.length - around.values.length) return known;
    known = plus(around, found);
  }
}

function readsSha(source: string, holders: Holders): boolean {
  return readExpression(source).references.some((reference) => isSha(reference, holders));
}

function isSha(reference: Reference, { variables, values }: Holders): boolean {
  if (holdsInput(reference, 'sha') !== null) return true;
  if (reference[0] === 'env')
    return [...variables].some((name) => [name.toLowerCase(), ANY].includes(reference[1] ?? ANY));
  return values.some((value) => value.every((part, at) => [part, ANY].includes(reference[at] ?? ANY) || part === ANY));
}

const plus = ({ variables, values }: Holders, more: readonly Reference[]): Holders => ({
  variables,
  values: [...values, ...more],
});

/** A value as a mapping; an empty one for anything else. */
export const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
