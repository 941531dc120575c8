/** What keeps services shut before the next digest. */

import { type Freeze, nextFreeze } from './freeze.js';
import { type Gate, lockAt } from './gates.js';
import type { Lock, Stop } from './service.js';

/** A gate that is shut now, or shuts before the next digest, with the services that it stops: all of them for a stop. */
export interface Ahead {
  readonly gate: Gate;
  readonly services: readonly string[];
}

/** So many freezes of one list are looked for, one after the other. */
const MOST_FREEZES = 5;

/**
 * The gates that are shut at `now`, then the freezes that begin before `until`, in the order in which they begin. Services
 * that the same freeze stops share one entry.
 */
export function gatesAhead(
  { stop, locks }: { readonly stop: Stop | null; readonly locks: ReadonlyMap<string, Lock> },
  services: readonly { readonly name: string; readonly freezes: readonly Freeze[] }[],
  timezone: string,
  now: Date,
  until: Date,
): Ahead[] {
  const names = services.map(({ name }) => name);
  const stopped: Ahead[] = stop ? [{ gate: { gate: 'stopped', ...stop }, services: names }] : [];
  const locked = names.flatMap((name): Ahead[] => {
    const lock = lockAt(locks.get(name) ?? null, now);
    if (!lock) return [];
    const { by, reason, since, until: to } = lock;
    return [{ gate: { gate: 'locked', by, reason, since, until: to }, services: [name] }];
  });
  // Many services have the same windows, and each list is searched once.
  const lists = new Map<string, { readonly freezes: readonly Freeze[]; readonly names: string[] }>();
  for (const { name, freezes } of services) {
    const key = JSON.stringify(freezes);
    const known = lists.get(key) ?? { freezes, names: [] };
    known.names.push(name);
    lists.set(key, known);
  }
  const frozen = new Map<string, { gate: Extract<Gate, { gate: 'frozen' }>; services: string[] }>();
  for (const { freezes, names: theirs } of lists.values())
    for (const freeze of freezesUntil(freezes, timezone, now, until)) {
      const key = JSON.stringify(freeze);
      const known = frozen.get(key) ?? { gate: { gate: 'frozen', ...freeze }, services: [] };
      known.services.push(...theirs);
      frozen.set(key, known);
    }
  const inOrder = [...frozen.values()].sort((a, b) => a.gate.since.getTime() - b.gate.since.getTime());
  return [...stopped, ...locked, ...inOrder];
}

function freezesUntil(freezes: readonly Freeze[], timezone: string, now: Date, until: Date) {
  const found = [];
  for (let at = now; found.length < MOST_FREEZES; ) {
    const freeze = nextFreeze(freezes, timezone, at);
    if (!freeze || freeze.since >= until) break;
    found.push(freeze);
    at = freeze.until;
  }
  return found;
}
