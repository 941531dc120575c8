/**
 * Where the JUnit files of test runners differ from one another. The format has no standard: each line below is one tool's
 * own way to write something, as seen in a file that the line names (in `test/test-reports/real/`, if it names no folder).
 * What no line speaks of is read in the common way (`outcomeOf`).
 */

/** An element inside a testcase that says how it ended. */
export interface Told {
  readonly element: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  /** Qt's name of a row of data. */
  readonly tag: string;
  /** The beginning of its text. */
  text: string;
}

/** A testcase as its file writes it. Attributes that are missing are empty. */
export interface Case {
  readonly name: string;
  readonly className: string;
  readonly status: string;
  readonly result: string;
  readonly file: string;
  readonly time: string;
  /** The names of its attributes, in their order. */
  readonly written: string;
  /** The names of its first properties. */
  readonly properties: string[];
  readonly told: Told[];
  /** More failures than are kept: none of them can be excused. */
  more: boolean;
  /** Why it failed before it passed, as Surefire writes it; null if it did not. */
  flaky: Told | null;
  /** Whether there is a `system-err`. */
  complained: boolean;
  /** The beginning of its `system-out`. */
  output: string;
}

/** `outside`: failed, and is no test. `none`: neither a test nor a failure. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'outside' | 'none';

/** What gives a tool away before the first testcase of a suite; in a merged file each suite has its own. */
export type Mark = 'ginkgo' | 'go' | 'jest' | 'mocha' | 'qt' | 'stylelint' | 'tap' | 'tap ok' | 'wdio';

const MARKS: readonly (readonly [mark: Mark, element: string, attributes: Readonly<Record<string, string>>])[] = [
  ['jest', 'testsuites', { name: 'jest tests' }],
  ['go', 'property', { name: 'go.version' }],
  ['qt', 'property', { name: 'QTestVersion' }],
  ['wdio', 'property', { name: 'specId' }],
  ['stylelint', 'testsuites', { package: 'stylelint.rules' }],
  ['mocha', 'testsuites', { name: 'Mocha Tests' }],
  ['tap', 'testsuites', { name: 'TAP Tests' }],
  ['tap ok', 'property', { name: 'ok', value: 'true' }],
];

/** Tools that a config can give any name: which attributes they write, in their order. A merge keeps it. */
const ORDERS: readonly (readonly [mark: Mark, element: string, attributes: string])[] = [
  ['jest', 'testsuite', 'name errors failures skipped timestamp time tests'],
  ['mocha', 'testsuites', 'name time tests failures skipped'],
  ['ginkgo', 'testsuite', 'name tests failures errors time'],
];

type Attributes = Readonly<Record<string, string>>;

/** The mark that an element carries, if it carries one. */
export function markOf(element: string, attributes: Attributes): Mark | undefined {
  const named = MARKS.find(
    ([, name, values]) => name === element && Object.entries(values).every(([key, value]) => attributes[key] === value),
  );
  if (named) return named[0];
  const written = ORDERS.filter(([, name]) => name === element);
  if (written.length === 0) return undefined;
  const order = Object.keys(attributes).join(' ');
  return written.find(([, , names]) => names === order)?.[0];
}

interface Rule {
  readonly tool: string;
  readonly seenIn: string;
  readonly outcome: Outcome;
  readonly fits: (test: Case, marks: ReadonlySet<Mark>) => boolean;
}

/** Each failure and error of the test is of a kind; and there is one. */
const failsOnlyBy = (test: Case, kind: (told: Told) => boolean): boolean => {
  const failures = test.told.filter((told) => told.element !== 'skipped');
  return !test.more && failures.length > 0 && failures.every(kind);
};
const skippedBy = (test: Case, kind: (told: Told) => boolean): boolean =>
  test.told.some((told) => told.element === 'skipped' && kind(told));

const CTEST_COULD_NOT_RUN = /^(Unable to find executable|Required Files Missing|Fixture dependency failed)/;
const JEST_NO_TEST = /^ ?Test (suite failed to run|execution failure: could be caused)/;
const PHPUNIT_CONTENT = /(^|\\)(RiskyTestError|OutputError)$/;

/** The first line that fits a testcase decides. */
export const RULES: readonly Rule[] = [
  {
    tool: 'CTest 3.25',
    seenIn: 'ctest-all.xml',
    outcome: 'failed',
    fits: (test) => test.status === 'notrun' && skippedBy(test, (told) => CTEST_COULD_NOT_RUN.test(told.message)),
  },
  {
    tool: 'EUnit of OTP 25',
    seenIn: 'eunit-all.xml',
    outcome: 'failed',
    fits: (test) => skippedBy(test, (told) => told.type === 'timeout'),
  },
  {
    tool: 'node:test, a todo that fails',
    seenIn: 'node26-todo-that-fails.xml',
    outcome: 'skipped',
    fits: (test) => skippedBy(test, (told) => told.type === 'todo'),
  },
  {
    tool: 'Catch2 2.13, a test that may or should fail',
    seenIn: 'catch2-all.xml',
    outcome: 'skipped',
    fits: (test) => skippedBy(test, (told) => told.message.startsWith('TEST_CASE tagged with !')),
  },
  {
    tool: 'doctest 2.4, a WARN that does not hold',
    seenIn: 'doctest-warn.xml',
    outcome: 'passed',
    fits: (test) => failsOnlyBy(test, (told) => told.type === 'WARN'),
  },
  {
    tool: 'PHPUnit 9.6, a risky test',
    seenIn: 'phpunit-risky.xml',
    outcome: 'passed',
    fits: (test) => failsOnlyBy(test, (told) => PHPUNIT_CONTENT.test(told.type)),
  },
  {
    tool: 'TAP::Formatter::JUnit 0.11, a todo that passes',
    seenIn: 'prove-todo.xml',
    outcome: 'passed',
    fits: (test) => failsOnlyBy(test, (told) => told.type === 'TodoTestSucceeded'),
  },
  {
    tool: 'TestNG 6.9, JUnitReportReporter',
    seenIn: 'small/testng/',
    outcome: 'skipped',
    fits: (test) => failsOnlyBy(test, (told) => told.type === 'org.testng.SkipException'),
  },
  {
    tool: 'eslint-formatter-junit 9, a warning',
    seenIn: 'eslint-warning.xml',
    outcome: 'passed',
    fits: (test) =>
      test.name.startsWith('org.eslint.') &&
      failsOnlyBy(test, (told) => /^\s*line \d+, col \d+, Warning - /.test(told.text)),
  },
  {
    tool: 'tap 21, a todo that fails in a suite that is content',
    seenIn: 'small/tap-todo-fails.xml',
    outcome: 'skipped',
    fits: (test, marks) => marks.has('tap') && marks.has('tap ok') && failsOnlyBy(test, () => true),
  },
  {
    tool: 'tap 21, skip and todo',
    seenIn: 'small/tap-skip.xml',
    outcome: 'skipped',
    fits: (test, marks) =>
      marks.has('tap') && test.told.length === 0 && test.properties.some((name) => name === 'skip' || name === 'todo'),
  },
  {
    // A failure that counts has a system-err beside it. A suite whose attributes count it is told of all the same.
    tool: 'Boost.Test 1.74, an expected failure',
    seenIn: 'boost-all.xml',
    outcome: 'passed',
    fits: (test) =>
      !test.complained && failsOnlyBy(test, (told) => told.message === 'failure' && told.type === 'assertion error'),
  },
  {
    tool: 'jest-junit 17, a file that does not load or a hook after all tests',
    seenIn: 'jest-afterall.xml, jest-syntax-error-reported.xml, small/jest-named.xml',
    outcome: 'outside',
    fits: (test, marks) => marks.has('jest') && [test.className, test.name].some((one) => JEST_NO_TEST.test(one)),
  },
  {
    tool: 'GoogleTest 1.12, CTest 3.25',
    seenIn: 'gtest-all.xml, ctest-disabled.xml',
    outcome: 'skipped',
    fits: (test) => test.told.length === 0 && (test.status === 'notrun' || test.status === 'disabled'),
  },
  {
    tool: 'Qt Test 5.15, a skipped test',
    seenIn: 'qt-all.xml',
    outcome: 'skipped',
    fits: (test, marks) => marks.has('qt') && test.told.length === 0 && test.result === '',
  },
  {
    tool: 'TAP::Formatter::JUnit 0.11 with --timer',
    seenIn: 'prove-timer.xml',
    outcome: 'none',
    fits: (test) => test.told.length === 0 && (test.name === '(init)' || test.name === '(teardown)'),
  },
  {
    // GoogleTest and bats write failures without a name. Those count.
    tool: 'pytest 7.2 and 9.0, the test in which the run was interrupted',
    seenIn: 'pytest-interrupted.xml',
    outcome: 'none',
    fits: (test) => test.told.length === 0 && test.name === '',
  },
];

/** How a testcase ended. */
export function outcomeOf(test: Case, marks: ReadonlySet<Mark>): Outcome {
  const rule = RULES.find((one) => one.fits(test, marks));
  if (rule) return rule.outcome;
  if (test.told.some((told) => told.element !== 'skipped')) return 'failed';
  return test.told.length > 0 ? 'skipped' : 'passed';
}

/** 0 for what is no plain number, such as `NaN`, `1e3` or `-1`. */
const count = (text = ''): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);

/** The counts that a suite, or all of them together, has in its attributes. */
export interface Declared {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

export function declaredBy({ tests, failures, errors, skipped }: Attributes): Declared {
  return { tests: count(tests), failures: count(failures), errors: count(errors), skipped: count(skipped) };
}

/** How many failures the attributes claim. Some tools count tests, others assertions, and some count a failure twice. */
export function claimed({ failures, errors }: Declared, marks: ReadonlySet<Mark>): number {
  // stylelint-junit-formatter 0.2 counts warnings as failures and as errors; Qt Test 5.15 counts messages as errors.
  if (marks.has('stylelint')) return 0;
  return marks.has('qt') ? failures : failures + errors;
}

/** What TestNG's two reporters put into their files: each has every test, with times of its own. */
export const isTestNg = (comment: string): boolean => comment.includes('Generated by org.testng.reporters.');
