import type { Pauses } from '../core/pauses.js';
import { every } from './every.js';

type Chore = keyof Pauses['chores'];

/** Starts the recurring chores of a replica. A failed chore is reported and tried again. Returns what stops them. */
export function startChores(
  chores: Readonly<Record<Chore, (() => Promise<unknown>) | undefined>>,
  pollMs: number,
  pauses: Pauses['chores'],
  failed: (chore: string) => (error: unknown) => void,
): (() => Promise<void>)[] {
  return (Object.keys(pauses) as Chore[]).flatMap((name) => {
    const chore = chores[name];
    const ms = name === 'poll' ? Math.min(pollMs, pauses.poll) : pauses[name];
    return chore ? [every(ms, chore, failed(name)).stop] : [];
  });
}
