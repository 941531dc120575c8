/** Counts the tests and failures of one file from what its elements say, in their order. */

import { hash, randomUUID } from 'node:crypto';
import type { SlowTest, TestFailure } from '../core/change/change.js';
import { type FailedTest, MOST_FAILED } from '../core/change/failed-tests.js';
import { type Case, claimed, type Declared, type Mark, type Outcome, outcomeOf } from './dialects.js';
import { failureOf, identityOf, namesOf, outsideFailure } from './failures.js';
import { isOfNode, withOwn } from './node-test.js';
import { createRepeats } from './repeats.js';

/** Failures of a file whose names are kept. */
const MOST_NAMED = 200;
/** A test that claims to have taken longer than a week has another unit. */
const MOST_SECONDS = 604_800;
/** Tests of which a fingerprint is kept, to find files that repeat others. */
export const MOST_FINGERPRINTS = 50_000;

/** What one file says. */
export interface FileReport {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
  /** Failures that are no test: a hook, a file that does not load, a plan that is not met. */
  readonly outside: number;
  readonly failedTests: readonly FailedTest[];
  /** Tests that failed and passed when they ran again. */
  readonly flaky: number;
  /** The first of these. */
  readonly flakyTests: readonly FailedTest[];
  /** The test that took longest; null when none has a time. */
  readonly slowest: SlowTest | null;
  /** A fingerprint of each test and its outcome; null if they are too many, or were not asked for. */
  readonly fingerprints: readonly string[] | null;
}

/** A `testsuite` or `testsuites` that is open, with what was found in it so far. */
export interface Suite {
  readonly name: string;
  readonly file: string;
  readonly declared: Declared;
  /** What is known of the tool that wrote it. */
  readonly marks: Set<Mark>;
  cases: number;
  passed: number;
  skipped: number;
  /** Failures, in tests and outside of them. */
  failed: number;
  /** The name of the last failure that is no test. */
  outside: string | null;
  /** Failures and errors of tests that did not fail all the same. */
  excused: number;
  /** The words of a failure or error right inside the suite; null if there is none. */
  own: string | null;
  /** The beginning of what the suite as a whole printed. */
  output: string;
}

const NO_SUITE = { name: '', file: '' };
const NO_MARKS: ReadonlySet<Mark> = new Set();

/**
 * A tally of one file. `summary` is what node:test counted itself. Suites and testcases are told when they end, the inner
 * ones first.
 */
export function createTally(summary: ReadonlyMap<string, number>, fingerprinted: boolean) {
  const ofGo = createRepeats();
  const ofGinkgo = createRepeats();
  const ofWdio = createRepeats();
  const failures: (FailedTest & { readonly key: string | null })[] = [];
  const flakyTests: FailedTest[] = [];
  let flakyOfSurefire = 0;
  let longest = 0;
  let slowest: Case | null = null;
  const found = { total: 0, failed: 0, skipped: 0, outside: 0 };
  let fingerprints: string[] | null = fingerprinted ? [] : null;
  const file = randomUUID();
  let ofNodeAlone = true;

  function keep(key: string | null, id: string, failure: () => TestFailure): void {
    if (failures.length < MOST_FAILED)
      failures.push({ key, id, failure: failures.length < MOST_NAMED ? failure() : null });
  }

  function outside(suite: Suite | undefined, failure: TestFailure): void {
    // jest-junit 17 writes a file that does not load twice.
    if (suite?.outside === failure.name) return;
    found.outside += 1;
    if (suite) {
      suite.failed += 1;
      suite.outside = failure.name;
    }
    keep(null, identityOf({ className: suite?.name ?? '', name: failure.name, file: '' }), () => failure);
  }

  /** jest-junit 17 writes a todo as a testcase that passed, and leaves it out of the suite's `tests`. */
  function todosOfJest({ declared, passed }: Suite): void {
    const todo = passed - (declared.tests - declared.failures - declared.skipped);
    if (todo > 0 && todo <= passed) found.skipped += todo;
  }

  /** mocha-junit-reporter 2.2 counts pending tests in the root's attributes alone. */
  function pendingOfMocha({ declared, skipped }: Suite): void {
    if (skipped > 0) return;
    found.total += declared.skipped;
    found.skipped += declared.skipped;
  }

  return {
    /** A suite has ended; `around` is the one that it stands in. */
    suite(suite: Suite, around: Suite | undefined): void {
      if (suite.own !== null) outside(suite, outsideFailure(suite.name, suite.own));
      // The attributes tell of a failure that no element does: a package that was not built, a script, a hook after all tests.
      else if (claimed(suite.declared, suite.marks) > suite.excused && suite.failed === 0)
        outside(suite, outsideFailure(suite.name, suite.output));
      if (suite.marks.has('jest')) todosOfJest(suite);
      if (!around && suite.marks.has('mocha')) pendingOfMocha(suite);
      if (around) for (const kind of ['cases', 'skipped', 'failed', 'excused'] as const) around[kind] += suite[kind];
    },

    /** A testcase of the suite has ended. `time` is empty where times tell nothing. */
    test(test: Case, suite: Suite | undefined, time: string): void {
      const marks = suite?.marks ?? NO_MARKS;
      const outcome = outcomeOf(test, marks);
      if (suite) suite.cases += 1;
      ofNodeAlone &&= isOfNode(test);
      if (outcome === 'outside') outside(suite, failureOf(test, suite ?? NO_SUITE));
      if (outcome === 'outside' || outcome === 'none') return;
      found.total += 1;
      if (outcome !== 'passed') found[outcome] += 1;
      if (suite) {
        suite[outcome] += 1;
        if (outcome !== 'failed') suite.excused += test.told.filter((told) => told.element !== 'skipped').length;
      }
      const took = msOf(time);
      if (took > longest) {
        longest = took;
        slowest = test;
      }
      const key = `${test.className}\0${test.name}`;
      const inSuite = `${suite?.name ?? ''}\0${key}`;
      if (marks.has('go')) ofGo.add(inSuite, outcome);
      if (marks.has('ginkgo') && test.className === suite?.name) ofGinkgo.add(inSuite, outcome);
      if (marks.has('wdio')) ofWdio.add(inSuite, outcome);
      if (outcome === 'passed' && test.flaky) {
        flakyOfSurefire += 1;
        if (flakyTests.length < MOST_FAILED) {
          const isNamed = flakyTests.length < MOST_NAMED;
          const failure = () => failureOf({ ...test, told: test.flaky ? [test.flaky] : [] }, suite ?? NO_SUITE);
          flakyTests.push({ id: identityOf(test), failure: isNamed ? failure() : null });
        }
      }
      if (outcome === 'failed') keep(inSuite, identityOf(test), () => failureOf(test, suite ?? NO_SUITE));
      if (fingerprints?.length === MOST_FINGERPRINTS) fingerprints = null;
      // A bare name says nothing: two suites may have it by chance.
      const bare = test.className === '' && time === '';
      // A merged file has lost what tells some tools.
      const said = outcomeOf(test, NO_MARKS);
      fingerprints?.push(bare ? `${file} ${fingerprints.length}` : fingerprint(key, said, time));
    },

    /** What the whole file says. */
    report(): FileReport {
      const reruns = [ofGo.reruns(), ofGinkgo.reruns()];
      const again = reruns.reduce((sum, one) => sum + one.failed, 0);
      const earlier = ofWdio.earlierSkips();
      const counts = {
        total: found.total - again - earlier,
        failed: found.failed - again,
        skipped: found.skipped - earlier,
        outside: found.outside,
      };
      const passedLater = (key: string | null) => key !== null && reruns.some(({ passed }) => passed.has(key));
      const flaky = new Map(
        failures.flatMap(({ key, id, failure }) => (key && passedLater(key) ? [[key, { id, failure }]] : [])),
      );
      return {
        ...withOwn(counts, summary, ofNodeAlone),
        failedTests: once(
          failures.filter(({ key }) => !passedLater(key)),
          again > 0,
        ),
        flaky: reruns.reduce((sum, { passed }) => sum + passed.size, flakyOfSurefire),
        flakyTests: [...flakyTests, ...flaky.values()],
        slowest: slowest && { ...namesOf(slowest), ms: longest },
        fingerprints,
      };
    },
  };
}

/** Of tests that ran again after they failed, each once; of all others, each testcase. */
function once(failed: readonly (FailedTest & { readonly key: string | null })[], again: boolean): FailedTest[] {
  const seen = new Set<string>();
  return failed.flatMap(({ key, id, failure }) => {
    if (again && key !== null && seen.has(key)) return [];
    if (key !== null) seen.add(key);
    return [{ id, failure }];
  });
}

/** A test's time in ms; 0 for what is no plain number. */
function msOf(time: string): number {
  const seconds = secondsOf(time);
  return Number.isFinite(seconds) && seconds < MOST_SECONDS ? Math.round(seconds * 1_000) : 0;
}

/** Surefire 2.22 writes 1,234.5: github.com/apache/maven-surefire/issues/2707. */
const secondsOf = (time: string): number => (time === '' ? Number.NaN : Number(time.replaceAll(',', '')));

/** Two testcases with one fingerprint are the same test in the same run. */
function fingerprint(key: string, outcome: Outcome, time: string): string {
  const seconds = time === '' || Number.isNaN(Number(time)) ? time : String(Number(time));
  return hash('sha1', `${key}\0${outcome}\0${seconds}`, 'base64');
}
