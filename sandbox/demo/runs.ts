import { strToU8, zipSync } from 'fflate';
import type { GitHubStandIn } from '../github/github.js';
import type { RunOutcome } from '../github/runs.js';
import { logOf, SMOKE_TEST, UNIT_TESTS } from './logs.js';
import type { Pushes } from './pushes.js';
import { SERVICES } from './team.js';

const stagingMs = 3_000;
const productionMs = 6_000;
/** About what GitHub takes to answer a dispatch, which leaves a moment in which a replica can be killed. */
const dispatchMs = 600;
const failure: RunOutcome = {
  conclusion: 'failure',
  jobs: [
    {
      name: 'smoke test',
      conclusion: 'failure',
      steps: [
        { name: 'Set up job', conclusion: 'success' },
        { name: 'Run ./smoke-test https://shop.acme.test', conclusion: 'failure' },
        { name: 'Complete job', conclusion: 'success' },
      ],
      log: (at) => logOf(at, './smoke-test https://shop.acme.test', SMOKE_TEST),
    },
  ],
};
const failedTests: RunOutcome['jobs'] = [
  {
    name: 'unit tests',
    conclusion: 'failure',
    steps: [
      { name: 'Set up job', conclusion: 'success' },
      { name: 'Run actions/checkout@v4', conclusion: 'success' },
      { name: 'Run npm test', conclusion: 'failure' },
    ],
    log: (at) => logOf(at, 'npm test', UNIT_TESTS),
  },
  { name: 'staging smoke test', conclusion: 'skipped' },
];

/** What decides how runs end. */
export interface Runs {
  /** Whether the next production run will fail; switched off when that run begins. */
  failsNext(): boolean;
  setFailsNext(on: boolean): void;
}

/**
 * Moves runs by themselves, job by job: staging ends after 3 s, production after 6 s. Tests of a change pushed to fail
 * do so once, and pass when its run is re-run. The shop's staging runs leave a JUnit report, as its config expects.
 */
export function createRuns(github: GitHubStandIn, pushes: Pushes, changed: () => void): Runs {
  let failsNext = false;

  function production(): RunOutcome {
    const fails = failsNext;
    failsNext = false;
    if (fails) changed();
    return fails ? failure : { conclusion: 'success' };
  }

  function staging(run: { id: number; repository: string; attempt: number }): RunOutcome {
    const fails = pushes.find(github.run(run.id).headSha)?.fails === true && run.attempt === 1;
    const tests = 200 + 3 * pushes.all().length;
    const name = SERVICES.find((one) => one.repository === run.repository)?.name;
    return {
      ...(fails && failedTests ? { conclusion: 'failure', jobs: failedTests } : { conclusion: 'success' }),
      ...(name === 'shop' && { artifact: { name: 'junit', zip: report(tests, fails ? 2 : 0) } }),
    };
  }

  github.fail('dispatch', { kind: 'slow', ms: dispatchMs }, Number.POSITIVE_INFINITY);
  github.autopilot({
    stagingMs,
    productionMs,
    outcome: (run) => (run.event === 'workflow_dispatch' ? production() : staging(run)),
  });
  return {
    failsNext: () => failsNext,
    setFailsNext: (on) => {
      failsNext = on;
      changed();
    },
  };
}

/** The tests that fail, with their reasons. */
const FAILING: readonly (readonly [name: string, reason: string])[] = [
  ['shows two decimals', 'expected 12.50, got 12.5'],
  ['keeps the currency of the basket', 'expected EUR, got undefined'],
];

/** A zip with one JUnit file, as test runners write it and the staging workflow uploads it. */
function report(tests: number, failed: number): Uint8Array {
  const cases = Array.from({ length: tests }, (_, index) => {
    const [name, reason] = FAILING[index % FAILING.length] as [string, string];
    if (index < failed)
      return `<testcase classname="prices" name="${name}" file="src/prices.test.ts" time="0.012"><failure message="${reason}"/></testcase>`;
    return `<testcase classname="shop" name="test ${index + 1}" time="${index === 7 ? 1.84 : 0.01}"/>`;
  });
  const suite = `<testsuite name="unit" tests="${tests}" failures="${failed}">${cases.join('')}</testsuite>`;
  return zipSync({ 'unit.xml': strToU8(`<?xml version="1.0"?><testsuites>${suite}</testsuites>`) });
}
