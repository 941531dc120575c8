import { useEffect, useState } from 'react';
import { usePage } from './page-context.js';

/** `14:03` in the reader's own zone. */
export const clock = (at: Date): string =>
  at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `today`, `yesterday`, else the date. `now` is in milliseconds. */
export function day(at: Date, now: number): string {
  const midnight = (when: Date) => new Date(when).setHours(0, 0, 0, 0);
  const ago = Math.round((midnight(new Date(now)) - midnight(at)) / 86_400_000);
  if (ago === 0) return 'today';
  return ago === 1 ? 'yesterday' : at.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The moment of a Slack message, whose `ts` is seconds. */
export const momentOf = (ts: string): Date => new Date(Number(ts) * 1_000);

/** How long it took, or has taken so far: `8 s`, `2 min`. */
export function took(from: string, to: string | number): string {
  const seconds = Math.max(0, Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1_000));
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** The demo's current time in milliseconds, updated every second while `runs`. */
export function useNow(runs: boolean): number {
  const { movedMs } = usePage().shown.clock;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [runs]);
  return now + movedMs;
}
