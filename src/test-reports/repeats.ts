/** Tests that stand in a file more than once, because they ran more than once. */

import type { Outcome } from './dialects.js';

const MOST_TESTS = 50_000;

/** Failed testcases that do not count, because a later one of the same name does. */
interface Reruns {
  readonly failed: number;
  /** The tests of these that passed in the end. */
  readonly passed: ReadonlySet<string>;
}

/** Remembers how often each test ran and how it ended, of at most 50,000 tests; beyond that every testcase counts. */
export function createRepeats(): {
  readonly add: (test: string, outcome: Outcome) => void;
  readonly reruns: () => Reruns;
  /** How many skipped testcases do not count. */
  readonly earlierSkips: () => number;
} {
  const runs = new Map<string, Outcome[]>();
  let tooMany = false;
  const repeated = (): [string, Outcome[]][] =>
    tooMany ? [] : [...runs].filter(([, outcomes]) => outcomes.length > 1);

  return {
    add: (test, outcome) => {
      if (tooMany) return;
      const known = runs.get(test);
      if (known) known.push(outcome);
      else runs.set(test, [outcome]);
      if (runs.size > MOST_TESTS) {
        tooMany = true;
        runs.clear();
      }
    },

    /**
     * gotestsum --rerun-fails runs what failed once more, and writes both. `go test -count` runs everything again, and a
     * failure stays one: then a test that did not fail runs again, too.
     */
    reruns: () => {
      const all = repeated();
      if (all.some(([, outcomes]) => outcomes.slice(0, -1).some((one) => one !== 'failed')))
        return { failed: 0, passed: new Set() };
      return {
        failed: all.reduce((sum, [, outcomes]) => sum + outcomes.length - 1, 0),
        passed: new Set(all.filter(([, outcomes]) => outcomes.at(-1) === 'passed').map(([test]) => test)),
      };
    },

    /** wdio's reporter writes each earlier try of a test as skipped, and a test that skips itself twice. */
    earlierSkips: () =>
      repeated().reduce(
        (sum, [, outcomes]) => sum + outcomes.slice(0, -1).filter((one) => one === 'skipped').length,
        0,
      ),
  };
}
