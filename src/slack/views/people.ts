import type { Names } from '../../core/report.js';
import { clip, oneLine, shown } from '../limits.js';

/**
 * The name of a person or group as plain words, never a mention; the Slack id if no name is known. `github:LOGIN` and
 * `pushbutton` are for actions that nobody in Slack took.
 */
export function who(id: string, names: Names): string {
  const known = names.get(id);
  if (known) return clip(oneLine(known), shown.name) || id;
  if (id === 'pushbutton') return 'Pushbutton';
  if (id.startsWith('github:')) return `${clip(id.slice('github:'.length), shown.name)} on GitHub`;
  return clip(oneLine(id), shown.name);
}

/** `Ada, Bo and Cy`; `Ada, Bo and 4 others` above `max`. Each name once. */
export function everyone(people: readonly string[], max = 5): string {
  const each = [...new Set(people.map((name) => clip(oneLine(name), shown.name)).filter((name) => name !== ''))];
  if (each.length <= max)
    return each.length < 2 ? (each[0] ?? 'nobody') : `${each.slice(0, -1).join(', ')} and ${each.at(-1)}`;
  const left = each.length - max;
  return `${each.slice(0, max).join(', ')} and ${left} ${left === 1 ? 'other' : 'others'}`;
}
