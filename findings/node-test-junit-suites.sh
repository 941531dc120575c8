#!/usr/bin/env bash
# What Node's own JUnit reporter writes as a testcase. A `describe` that is skipped, todo or empty, in which no test runs, is a
# testcase; a test with subtests is none, even if it fails by its own check. So the testcases of a file are not the tests of the
# run, in both directions. Only the comments at the end of the file have the runner's own counts.
# Prints, for each Node, the testcases and failures of the file, and those comments. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >suites.test.mjs <<'TEST'
import { describe, it } from 'node:test';
describe('cart', () => { it('adds', () => {}); });
describe.skip('later', () => { it('subtracts', () => {}); });
describe.todo('some day');
describe('empty', () => {});
TEST
cat >parent.test.mjs <<'TEST'
import test from 'node:test';
test('cart', async (t) => {
  await t.test('adds', () => {});
  throw new Error('not empty at the end');
});
TEST
code=0
for version in 20.20.2 22.23.3 24.21.0 26.9.0; do
  mkdir "$version"
  (cd "$version" && echo '{ "private": true }' >package.json && npm install --silent --no-save "node@$version" >/dev/null 2>&1)
  for file in suites parent; do
    "$version/node_modules/.bin/node" --test --test-reporter=junit "$file.test.mjs" >out.xml || true
    own="$(grep -oE '<!-- (tests|pass|fail) [0-9]+' out.xml | cut -c6- | paste -sd, | sed 's/,/, /g')"
    line="testcases $(grep -c '<testcase' out.xml), failed $(grep -c '<failure' out.xml || true) | $own"
    expected="testcases 4, failed 0 | tests 1, pass 1, fail 0"
    [ "$file" = parent ] && expected="testcases 1, failed 0 | tests 2, pass 1, fail 1"
    echo "node $version, $file: $line"
    [ "$line" = "$expected" ] || code=1
  done
done
exit "$code"
