import { ANY, inside, parseExpression, type Reference, type Tree } from './expression-tree.js';

/** An expression between `${{` and `}}`, with its place in the text around it. */
interface Placed {
  readonly from: number;
  readonly to: number;
  readonly source: string;
}

/** A call of a function in an expression, its name in lower case. */
interface Call {
  readonly name: string;
  readonly count: number;
}

/** What an expression reads and calls. `fault`: what GitHub's parser would stumble over, or null. */
export interface Expression {
  /** null when it cannot be read. */
  readonly tree: Tree | null;
  readonly references: readonly Reference[];
  readonly calls: readonly Call[];
  readonly fault: string | null;
}

/**
 * Finds the expressions in a text. A text in quotes may contain `}}`. `null` when one is not closed, which GitHub
 * refuses.
 */
export function expressionsIn(text: string): Placed[] | null {
  const found: Placed[] = [];
  for (let from = text.indexOf('${{'); from >= 0; from = text.indexOf('${{', found.at(-1)?.to)) {
    const end = /(?:'[^']*'|[^'])*?\}\}/y;
    end.lastIndex = from + 3;
    const within = end.exec(text)?.[0];
    if (within === undefined) return null;
    found.push({ from, to: from + 3 + within.length, source: within.slice(0, -2) });
  }
  return found;
}

/** Reads one expression: the names and functions in it. It is not evaluated. */
export function readExpression(source: string): Expression {
  const tree = parseExpression(source);
  if ('fault' in tree) return { tree: null, references: [], calls: [], fault: tree.fault };
  const references: Reference[] = [];
  const calls: Call[] = [];
  const left: Tree[] = [tree];
  for (let one = left.pop(); one; one = left.pop()) {
    if (one.is === 'value') references.push(one.path);
    if (one.is === 'call') calls.push({ name: one.name, count: one.given.length });
    left.push(...[...inside(one)].reverse());
  }
  return { tree, references, calls, fault: null };
}

/** Whether a reference holds the input itself, or all inputs or the event, and so the input among them. */
export function holdsInput([context, ...path]: Reference, input: string): 'itself' | 'among others' | null {
  if (context === 'inputs') return inputAt(path, input);
  if (context !== 'github') return null;
  const [event, inputs, ...rest] = path;
  if (event === undefined || event === ANY || event === 'event_path') return 'among others';
  if (event !== 'event') return null;
  if (inputs === undefined || inputs === ANY) return 'among others';
  return inputs === 'inputs' ? inputAt(rest, input) : null;
}

function inputAt([name]: Reference, input: string): 'itself' | 'among others' | null {
  if (name === undefined || name === ANY) return 'among others';
  return name === input ? 'itself' : null;
}
