import type { FleetSize } from './company.js';

/** What people do in a day, in milliseconds since it began. */
export interface Day {
  readonly pushes: readonly Push[];
  readonly presses: readonly number[];
}

interface Push {
  readonly atMs: number;
  /** The place of its repository in the company. */
  readonly repository: number;
}

/** When the two peaks of results come and the rush of presses begins, as parts of the day. */
const PEAKS = [0.3, 0.7];
const RUSH = 0.45;
/** A few repositories get most of the pushes: the n-th busiest as many as 1 / n^0.8 of the busiest. */
const STEEPNESS = 0.8;

/** The plan of a day: the same for the same random numbers. */
export function planDay(size: FleetSize, random: () => number): Day {
  const busy = shuffled(size.repositories, random);
  const weights = busy.map((_, n) => (n + 1) ** -STEEPNESS);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const repository = (): number => {
    let left = random() * total;
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return busy[at] ?? 0;
  };
  const push = (atMs: number): Push => ({ atMs, repository: repository() });
  const { forMs, peak, rush } = size;
  const peaks = PEAKS.flatMap((part) =>
    Array.from({ length: peak.pushes }, (_, n) => push(part * forMs + (n * peak.withinMs) / peak.pushes)),
  );
  const others = Array.from({ length: size.otherPushes }, () => push(random() * forMs));
  const rushed = Array.from({ length: rush.presses }, () => RUSH * forMs + random() * rush.withinMs);
  const presses = Array.from({ length: size.otherPresses }, () => (0.1 + 0.85 * random()) * forMs);
  return {
    pushes: [...peaks, ...others].sort((a, b) => a.atMs - b.atMs),
    presses: [...rushed, ...presses].sort((a, b) => a - b),
  };
}

function shuffled(count: number, random: () => number): number[] {
  const all = Array.from({ length: count }, (_, n) => n);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as number, all[last] as number];
  }
  return all;
}
