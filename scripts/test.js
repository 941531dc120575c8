// npm test: checks types, lint and dead code, then runs every test that needs no browser, then the tests that run alone.
// Arguments are passed to Jest, except these:
//   --quick         runs only fast tests that need no database
//   --no-checks     skips types, lint and dead code
//   --slowest N     lists the N slowest files instead of five
//   --measure       writes the seconds and the processor time of each file to test/support/jest/durations.json
//   --results FILE  writes the results as JSON
import { spawnSync } from 'node:child_process';
import { keepInMemory } from '../test/support/set-up/room.js';
import { keepDurations } from './testing/durations.js';
import { runSuite } from './testing/suite.js';

/** Together they need about 20 s of processor time. The other tests without a database mostly wait for sockets and time-outs. */
const QUICK = ['core/', 'views/', 'config/', 'page/', 'waits/', 'github/recognise', 'architecture', 'documents'];
/** These measure time, so nothing else runs beside them. */
const ALONE = ['--maxWorkers=1', '--testMatch', '<rootDir>/test/**/*.alone.ts'];

const asked = readArguments(process.argv.slice(2));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`tests: Node 20.19 or later is needed, this is ${process.versions.node}`);
  process.exitCode = 1;
} else {
  keepInMemory();
  const files = await runSuite({
    parts: partsOf(asked),
    command: 'npm test --',
    checks: !asked.noChecks,
    slowest: asked.slowest,
    results: asked.results,
    leftOut: leftOut(asked),
  });
  if (asked.measure) keepDurations(files);
}

function readArguments(args) {
  const found = { jest: [], slowest: 5 };
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === '--quick') found.quick = true;
    else if (arg === '--no-checks') found.noChecks = true;
    else if (arg === '--measure') found.measure = true;
    else if (arg === '--slowest') found.slowest = Number(args.shift());
    else if (arg === '--results') found.results = args.shift();
    else found.jest.push(arg);
  }
  return found;
}

function partsOf({ quick, jest }) {
  if (quick) return [[...jest, ...QUICK.map((name) => `/test/${name}`), '--maxWorkers=2']];
  if (jest.length === 0) return [[], ALONE];
  return [jest.some((arg) => /\.alone\b/.test(arg)) ? [...jest, ...ALONE] : jest];
}

function leftOut({ quick, noChecks }) {
  return [
    ...(noChecks ? ['types, lint and dead code (because of --no-checks)'] : []),
    ...(quick ? ['tests that need a database or wait (npm test)'] : []),
    'browser tests (npm run test:browser)',
    'replicas that are killed (npm run test:faults)',
    ...(spawnSync('promtool', ['--version']).status === 0 ? [] : ['whether the alerts fire (needs promtool)']),
    ...(process.env.TEST_DATABASE_URL ? [] : ['a real PostgreSQL server (set TEST_DATABASE_URL)']),
  ];
}
