/** Rates to try, in requests a second: four steps up double the rate. */
const RUNGS = Array.from({ length: 35 }, (_, rung) => Math.round(12.5 * 2 ** (rung / 4)));
const DOUBLED = 4;

export interface Ladder {
  /** A rate that holds on any machine, to begin with. */
  readonly first: number;
  /**
   * The highest rate that holds for long, of those from `from` on: short tries find roughly where, then neighbours are
   * tried. Throws if not even the lowest holds.
   */
  readonly highest: (holds: (rate: number, forMs: number) => Promise<boolean>, from?: number) => Promise<number>;
}

export function createLadder(quick: boolean): Ladder {
  const [shortMs, longMs] = quick ? [300, 600] : [3_000, 10_000];
  // A quick run tries only what holds on any machine.
  const most = quick ? 1 : RUNGS.length - 1;
  const rate = (rung: number) => RUNGS[rung] as number;
  return {
    first: rate(0),
    highest: async (holds, from = rate(0)) => {
      let rung = RUNGS.indexOf(from);
      while (rung + DOUBLED <= most && (await holds(rate(rung + DOUBLED), shortMs))) rung += DOUBLED;
      // The next may be up to a doubling away: start in the middle.
      rung = Math.min(most, rung + DOUBLED / 2);
      if (await holds(rate(rung), longMs)) {
        while (rung < most && (await holds(rate(rung + 1), longMs))) rung += 1;
        return rate(rung);
      }
      do rung -= 1;
      while (rung >= 0 && !(await holds(rate(rung), longMs)));
      if (rung < 0) throw new Error(`not even ${rate(0)} requests a second are held`);
      return rate(rung);
    },
  };
}
