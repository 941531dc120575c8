import { inside, type Reference, type Tree } from './expression-tree.js';

/** What an expression may evaluate to in a run that was dispatched. */
export interface Outcome {
  /** The value that is looked for, or something made of it. */
  readonly value: boolean;
  readonly truthy: boolean;
  readonly falsy: boolean;
}

const ANYTHING: Outcome = { value: false, truthy: true, falsy: true };
const TRUTHY: Outcome = { value: false, truthy: true, falsy: false };
const FALSY: Outcome = { value: false, truthy: false, falsy: true };
/** Functions that only say yes or no. */
const ASKS = ['contains', 'startswith', 'endswith', 'always', 'success', 'failure', 'cancelled'];
/** What a dispatched run always has, and what it never has. */
const ALWAYS = ['github.sha', 'github.ref', 'github.ref_name', 'github.repository', 'github.actor', 'github.run_id'];
const NEVER = ['github.head_ref', 'github.base_ref', 'github.event.pull_request', 'github.event.head_commit'];

/** What an expression may give, where `holds` says which references are the value. It is not evaluated further. */
export function outcomeOf(tree: Tree, holds: (reference: Reference) => boolean): Outcome {
  switch (tree.is) {
    case 'literal':
      return tree.value && !Number.isNaN(tree.value) ? TRUTHY : FALSY;
    case 'value': {
      if (holds(tree.path)) return { value: true, truthy: true, falsy: false };
      const name = tree.path.join('.');
      if (ALWAYS.includes(name)) return TRUTHY;
      return NEVER.some((one) => name === one || name.startsWith(`${one}.`)) ? FALSY : ANYTHING;
    }
    case 'call':
      if (tree.name === 'always') return TRUTHY;
      if (ASKS.includes(tree.name)) return ANYTHING;
      return { ...ANYTHING, value: inside(tree).some((one) => outcomeOf(one, holds).value) };
    case 'part':
      return { ...ANYTHING, value: tree.of.some((one) => outcomeOf(one, holds).value) };
    case 'operator':
      return ofOperator(tree.sign, tree.of, holds);
  }
}

function ofOperator(sign: string, of: readonly Tree[], holds: (reference: Reference) => boolean): Outcome {
  const [left = FALSY, right = FALSY] = of.map((one) => outcomeOf(one, holds));
  switch (sign) {
    case '!':
      return { value: false, truthy: left.falsy, falsy: left.truthy };
    case '||':
      if (!left.falsy) return left;
      return { value: left.value || right.value, truthy: left.truthy || right.truthy, falsy: right.falsy };
    case '&&':
      if (!left.truthy) return left;
      return { value: right.value, truthy: right.truthy, falsy: left.falsy || right.falsy };
    case '==':
    case '!=': {
      const same = sameEvent(of);
      if (same === null) return ANYTHING;
      return same === (sign === '==') ? TRUTHY : FALSY;
    }
    default:
      return ANYTHING;
  }
}

/** Whether the name of the event is compared with that of a dispatch; null when something else is compared. */
function sameEvent(of: readonly Tree[]): boolean | null {
  const isName = (one: Tree) => one.is === 'value' && one.path.join('.') === 'github.event_name';
  const text = of.find((one) => one.is === 'literal');
  if (!of.some(isName) || text?.is !== 'literal') return null;
  return String(text.value).toLowerCase() === 'workflow_dispatch';
}
