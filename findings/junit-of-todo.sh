#!/usr/bin/env bash
# One suite of three tests, one that passes, one skipped and one todo, run by four JavaScript runners, and what their JUnit files
# say of the todo. vitest and node:test write it as skipped. jest-junit writes it as a testcase that passed, and leaves it out of
# the suite's `tests`, so that the file has a testcase more than it says. mocha-junit-reporter, with its defaults, writes
# neither the skipped nor the todo one: only the attributes of the root tell of them. Whoever counts testcases counts a todo
# as passed with one, and does not see it with another.
# Prints, for each, the testcases, those that are skipped, and the attributes `tests` and `skipped` of the root or else of the
# suite. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-save jest@30.5.2 jest-junit@17.0.0 vitest@4.1.12 mocha@11.8.0 mocha-junit-reporter@2.2.1 \
  >/dev/null 2>&1
mkdir jest vitest mocha node
echo "test('adds', () => {}); test.skip('later', () => {}); test.todo('some day');" >jest/a.test.js
echo "import { test } from 'vitest'; test('adds', () => {}); test.skip('later', () => {}); test.todo('some day');" \
  >vitest/a.test.mjs
echo "it('adds', () => {}); it.skip('later', () => {}); it('some day');" >mocha/a.js
echo "import test from 'node:test'; test('adds', () => {}); test.skip('later', () => {}); test.todo('some day');" \
  >node/a.test.mjs
bin=node_modules/.bin
JEST_JUNIT_OUTPUT_FILE=jest.xml "$bin/jest" --rootDir jest --reporters=jest-junit >/dev/null 2>&1
"$bin/vitest" run --root vitest --reporter=junit --outputFile=../vitest.xml >/dev/null 2>&1
MOCHA_FILE=mocha.xml "$bin/mocha" --reporter mocha-junit-reporter mocha/a.js >/dev/null 2>&1
node --test --test-reporter=junit --test-reporter-destination=node.xml node/a.test.mjs
cat >try.js <<'TRY'
const { existsSync, readFileSync } = require('node:fs');
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
const files = {
  jest: `jest ${version('jest')}, jest-junit ${version('jest-junit')}`,
  vitest: `vitest ${version('vitest')}`,
  mocha: `mocha ${version('mocha')}, mocha-junit-reporter ${version('mocha-junit-reporter')}`,
  node: `node:test of Node ${process.versions.node}`,
};
const count = (text, pattern) => (text.match(pattern) ?? []).length;
const got = Object.entries(files).map(([file, tool]) => {
  const name = [`${file}.xml`, `${file}/${file}.xml`].find(existsSync);
  const text = readFileSync(name, 'utf8');
  const attribute = (of) =>
    new RegExp(`<testsuites\\b[^>]*\\b${of}="(\\d+)"`).exec(text)?.[1] ??
    new RegExp(`<testsuite\\b[^>]*\\b${of}="(\\d+)"`).exec(text)?.[1] ??
    'none';
  const told = `${count(text, /<testcase\b/g)} testcases, ${count(text, /<skipped\b/g)} skipped`;
  const line = `${told}; tests="${attribute('tests')}" skipped="${attribute('skipped')}"`;
  console.log(`${tool}: ${line}`);
  return line;
});
process.exit(got.join('\n') === readFileSync('expected', 'utf8').trim() ? 0 : 1);
TRY
cat >expected <<'EXPECTED'
3 testcases, 1 skipped; tests="2" skipped="1"
3 testcases, 2 skipped; tests="3" skipped="2"
1 testcases, 0 skipped; tests="3" skipped="2"
3 testcases, 2 skipped; tests="none" skipped="none"
EXPECTED
node try.js
