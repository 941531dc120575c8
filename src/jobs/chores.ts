import { every } from './every.js';

/** How long after its end each chore runs again, in ms; the poll at most as often as the config says. */
const EVERY_MS = {
  sweep: 2_000,
  poll: 5_000,
  clock: 1_000,
  names: 3_600_000,
  slack: 5_000,
  digest: 15_000,
  channels: 5_000,
  faults: 5_000,
} as const;

type Chore = keyof typeof EVERY_MS;

/** Starts what runs again and again on each replica. What fails is told and tried again. Gives what stops them. */
export function startChores(
  chores: Readonly<Record<Chore, (() => Promise<unknown>) | undefined>>,
  pollMs: number,
  failed: (chore: string) => (error: unknown) => void,
): (() => Promise<void>)[] {
  return (Object.keys(EVERY_MS) as Chore[]).flatMap((name) => {
    const chore = chores[name];
    const ms = name === 'poll' ? Math.min(pollMs, EVERY_MS.poll) : EVERY_MS[name];
    return chore ? [every(ms, chore, failed(name)).stop] : [];
  });
}
