/**
 * An element. What the bot or a person wrote becomes text nodes, never markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] set on the element; `null` and `undefined` are left out
 * @param {...(Node | string | null | undefined)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith('aria-') || name.startsWith('data-')) made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const drawings = new WeakMap();

/**
 * Makes the children of `parent` those of `items`, in their order. One that did not change keeps its node, so that
 * nobody loses the button under their finger.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Element} draw
 */
export function drawList(parent, items, keyOf, draw) {
  const before = drawings.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const state = JSON.stringify(item);
    const known = before.get(keyOf(item));
    after.set(keyOf(item), known?.state === state ? known : { state, node: draw(item) });
  }
  const nodes = [...after.values()].map(({ node }) => node);
  for (const { node } of before.values()) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
  drawings.set(parent, after);
}

/** A moment as people say it: `today at 14:03`. */
export function moment(date) {
  return `${day(date)} at ${time(date)}`;
}

/** @param {Date} date */
export function time(date) {
  return date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** @param {Date} date */
export function day(date) {
  const midnight = (when) => new Date(when).setHours(0, 0, 0, 0);
  const ago = Math.round((midnight(Date.now()) - midnight(date)) / 86_400_000);
  if (ago === 0) return 'today';
  if (ago === 1) return 'yesterday';
  return date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
}
