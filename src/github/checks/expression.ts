/** What a context's value is reached by, in lower case: `github.event.inputs['sha']` is github, event, inputs, sha. */
export type Reference = readonly string[];

/** An expression between `${{` and `}}`, with its place in the text around it. */
interface Placed {
  readonly from: number;
  readonly to: number;
  readonly source: string;
}

/** What an expression reads and calls. `fault`: what GitHub's parser would stumble over, or null. */
export interface Expression {
  readonly references: readonly Reference[];
  /** In lower case. */
  readonly functions: readonly string[];
  readonly fault: string | null;
}

/** The value behind `.*` or an index that is computed: any. */
const ANY = '*';
const LITERALS = new Set(['true', 'false', 'null', 'nan', 'infinity']);
// docs.github.com/en/actions/reference/workflows-and-actions/expressions
const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*)|([-+]?(?:0x[\da-f]+|0o[0-7]+|\d*\.?\d+(?:e[-+]?\d+)?))|(&&|\|\||[!=<>]=|[!<>()[\].,*])|(\S))/giy;

/**
 * Finds the expressions in a text. A text in quotes may contain `}}`. `null` when one is not closed, which GitHub
 * refuses.
 */
export function expressionsIn(text: string): Placed[] | null {
  const found: Placed[] = [];
  for (let from = text.indexOf('${{'); from >= 0; from = text.indexOf('${{', found.at(-1)?.to)) {
    const end = /(?:'[^']*'|[^'])*?\}\}/y;
    end.lastIndex = from + 3;
    const inside = end.exec(text)?.[0];
    if (inside === undefined) return null;
    found.push({ from, to: from + 3 + inside.length, source: inside.slice(0, -2) });
  }
  return found;
}

/** Reads one expression: the names and functions in it. It is not evaluated. */
export function readExpression(source: string): Expression {
  const tokens = [...source.matchAll(TOKEN)].map(([, text, name, number, sign, other]) => ({
    text,
    name,
    number,
    sign,
    other,
  }));
  const references: string[][] = [];
  const functions: string[] = [];
  const odd = tokens.find(({ other }) => other !== undefined)?.other;
  /** The reference that the next `.x` or `['x']` goes on with. */
  let open: string[] | null = null;
  for (let at = 0; at < tokens.length; at += 1) {
    const { name, sign } = tokens[at] as (typeof tokens)[number];
    const next = tokens[at + 1];
    if (sign === '.' && (next?.name !== undefined || next?.sign === '*')) {
      // Behind a call or a bracket, it belongs to no name.
      open?.push(next.name?.toLowerCase() ?? ANY);
      at += 1;
    } else if (sign === '[' && open) {
      const closed: boolean = tokens[at + 2]?.sign === ']';
      if (closed && (next?.text !== undefined || next?.number !== undefined || next?.sign === '*')) {
        open.push(next.text === undefined ? ANY : unquoted(next.text).toLowerCase());
        at += 2;
      } else {
        open.push(ANY);
        open = null;
      }
    } else if (name !== undefined && next?.sign === '(') {
      functions.push(name.toLowerCase());
      open = null;
    } else if (name !== undefined && !LITERALS.has(name.toLowerCase())) {
      open = [name.toLowerCase()];
      references.push(open);
    } else open = null;
  }
  return { references, functions, fault: faultOf(tokens.length, odd) };
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

function faultOf(length: number, odd: string | undefined): string | null {
  if (length === 0) return 'an expression is empty';
  if (odd === '"') return 'a text in an expression is in double quotes, GitHub takes single ones';
  return odd === undefined ? null : `an expression has a ${odd} that GitHub cannot read`;
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll("''", "'");
