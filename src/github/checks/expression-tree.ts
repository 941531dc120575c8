/** What a context's value is reached by, in lower case: `github.event.inputs['sha']` is github, event, inputs, sha. */
export type Reference = readonly string[];

/** An expression as GitHub's parser reads it. */
export type Tree =
  | { readonly is: 'literal'; readonly value: string | number | boolean | null }
  /** `indexes`: what computes a part of the path, which stands there as ANY. */
  | { readonly is: 'value'; readonly path: Reference; readonly indexes: readonly Tree[] }
  /** `name` is in lower case. */
  | { readonly is: 'call'; readonly name: string; readonly given: readonly Tree[] }
  | { readonly is: 'operator'; readonly sign: string; readonly of: readonly Tree[] }
  /** A property of what a call or a bracket gives. */
  | { readonly is: 'part'; readonly of: readonly Tree[] };

/** The value behind `.*` or an index that is computed: any. */
export const ANY = '*';

const CONSTANTS: Readonly<Record<string, number | boolean | null>> = {
  true: true,
  false: false,
  null: null,
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
};
// docs.github.com/en/actions/reference/workflows-and-actions/expressions
const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*)|([-+]?(?:0x[\da-f]+|0o[0-7]+|\d*\.?\d+(?:e[-+]?\d+)?))|(&&|\|\||[!=<>]=|[!<>()[\].,*])|(\S))/giy;
/** The operators that bind loosest come first. */
const OPERATORS = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']];
/** As deep as GitHub's parser goes. */
const DEEPEST = 50;

interface Token {
  readonly text?: string;
  readonly name?: string;
  readonly number?: string;
  readonly sign?: string;
}

class Stumble extends Error {}

/** Reads an expression without what stands around it, or says what GitHub's parser stumbles over. */
export function parseExpression(source: string): Tree | { readonly fault: string } {
  const tokens: Token[] = [];
  for (const [, text, name, number, sign, other] of source.matchAll(TOKEN)) {
    if (other === '"') return { fault: 'a text in an expression is in double quotes, GitHub takes single ones' };
    if (other !== undefined) return { fault: `an expression has a ${other} that GitHub cannot read` };
    tokens.push(
      text === undefined
        ? name
          ? { name }
          : number
            ? { number }
            : { sign: sign as string }
        : { text: unquoted(text) },
    );
  }
  if (tokens.length === 0) return { fault: 'an expression is empty' };
  try {
    return treeOf(tokens);
  } catch (error) {
    if (error instanceof Stumble) return { fault: error.message };
    throw error;
  }
}

function treeOf(tokens: readonly Token[]): Tree {
  let at = 0;
  const next = (sign: string): boolean => {
    if (tokens[at]?.sign !== sign) return false;
    at += 1;
    return true;
  };
  const expect = (sign: string): void => {
    if (!next(sign)) stumble();
  };
  const stumble = (): never => {
    const found = tokens[at];
    if (!found) throw new Stumble('an expression ends too early');
    const word = found.sign ?? found.name ?? found.number ?? `'${found.text}'`;
    throw new Stumble(`an expression has ${word} where GitHub expects something else`);
  };

  function level(rank: number, depth: number): Tree {
    const signs = OPERATORS[rank];
    if (!signs) return unary(depth);
    let left = level(rank + 1, depth);
    for (let sign = tokens[at]?.sign; sign !== undefined && signs.includes(sign); sign = tokens[at]?.sign) {
      at += 1;
      left = { is: 'operator', sign, of: [left, level(rank + 1, depth)] };
    }
    return left;
  }

  function unary(depth: number): Tree {
    if (depth > DEEPEST) throw new Stumble('an expression is nested too deep');
    return next('!') ? { is: 'operator', sign: '!', of: [unary(depth + 1)] } : parts(primary(depth), depth);
  }

  function primary(depth: number): Tree {
    if (next('(')) {
      const inside = level(0, depth + 1);
      expect(')');
      return inside;
    }
    const { text, name, number } = tokens[at] ?? stumble();
    if (text === undefined && name === undefined && number === undefined) stumble();
    at += 1;
    if (text !== undefined) return { is: 'literal', value: text };
    if (name === undefined) return { is: 'literal', value: Number(number) };
    const lower = name.toLowerCase();
    if (next('(')) return { is: 'call', name: lower, given: given(depth) };
    if (lower in CONSTANTS) return { is: 'literal', value: CONSTANTS[lower] ?? null };
    return { is: 'value', path: [lower], indexes: [] };
  }

  function given(depth: number): Tree[] {
    if (next(')')) return [];
    const all = [level(0, depth + 1)];
    while (next(',')) all.push(level(0, depth + 1));
    expect(')');
    return all;
  }

  function parts(of: Tree, depth: number): Tree {
    let tree = of;
    for (;;) {
      if (next('.')) {
        const name = next('*') ? ANY : tokens[at]?.name?.toLowerCase();
        if (name === undefined) return stumble();
        if (name !== ANY) at += 1;
        tree = partOf(tree, name);
      } else if (next('[')) {
        const index: Tree = next('*') ? { is: 'literal', value: null } : level(0, depth + 1);
        expect(']');
        const known = index.is === 'literal' && typeof index.value === 'string';
        tree = known ? partOf(tree, String(index.value).toLowerCase()) : partOf(tree, ANY, index);
      } else return tree;
    }
  }

  const tree = level(0, 0);
  return at < tokens.length ? stumble() : tree;
}

function partOf(tree: Tree, name: string, index?: Tree): Tree {
  const more = index ? [index] : [];
  if (tree.is === 'value') return { is: 'value', path: [...tree.path, name], indexes: [...tree.indexes, ...more] };
  return { is: 'part', of: [tree, ...more] };
}

/** The trees directly inside a tree. */
export function inside(tree: Tree): readonly Tree[] {
  switch (tree.is) {
    case 'literal':
      return [];
    case 'value':
      return tree.indexes;
    case 'call':
      return tree.given;
    case 'operator':
    case 'part':
      return tree.of;
  }
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll("''", "'");
