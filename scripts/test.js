// npm test: types, lint, dead code, then every test that needs no browser. Each step runs even when one before it
// failed, so that one run tells everything. Arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const failures = [];
const counted = { passed: 0, failed: 0, skipped: 0 };

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  failures.push(`Node 20.19 or later is needed, this is ${process.versions.node}`);
} else {
  step('types', ['node_modules/typescript/bin/tsc', '-p', '.']);
  step("types of the demo's page", ['node_modules/typescript/bin/tsc', '-p', 'sandbox/page']);
  step('lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
  step('dead code and unlisted packages', ['node_modules/knip/bin/knip.js']);
  const named = process.argv.slice(2);
  runTests('tests', named);
  // What measures time wants the machine for itself.
  if (named.length === 0) runTests('tests that run alone', ['--testMatch', '<rootDir>/test/**/*.alone.ts']);
}

console.log('\n== summary');
console.log('left out: browser tests (npm run test:browser)');
console.log('left out: replicas that are killed (npm run test:faults)');
if (!process.env.TEST_DATABASE_URL) console.log('left out: a real PostgreSQL server (set TEST_DATABASE_URL)');
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`tests: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;

function step(name, args) {
  console.log(`\n== ${name}`);
  const ran = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (ran.status !== 0) failures.push(`${name} (${ran.signal ?? `exit code ${ran.status}`})`);
}

function runTests(name, args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pushbutton-results-'));
  const results = path.join(folder, 'results.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  step(name, [...jest, '--json', `--outputFile=${results}`, ...args]);
  const ran = count(results);
  rmSync(folder, { recursive: true });
  if (ran.passed + ran.failed === 0) failures.push(`${name}: no test ran`);
  for (const kind of Object.keys(counted)) counted[kind] += ran[kind];
}

/** A file that could not be loaded counts as a failed test; without a file of results nothing ran. */
function count(results) {
  try {
    const all = JSON.parse(readFileSync(results, 'utf8'));
    return {
      passed: all.numPassedTests,
      failed: all.numFailedTests + all.numRuntimeErrorTestSuites,
      skipped: all.numPendingTests + all.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
