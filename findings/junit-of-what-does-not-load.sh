#!/usr/bin/env bash
# Two test files, one of which throws while it loads, run by four JavaScript runners. Each says that the run failed and ends with
# 1. vitest writes the file that did not load as a failure. Bun and Deno write a JUnit file with the good tests alone, and
# failures="0" errors="0" where they have these attributes; so does jest-junit, unless reportTestSuiteErrors is set. Whoever
# reads only the file sees a green run.
# Prints, for each, the testcases and the failures of the file, and the exit status. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-save bun@1.4.4 deno@2.9.6 jest@30.5.2 jest-junit@17.0.0 vitest@4.1.12 >/dev/null 2>&1
mkdir bun deno jest vitest
echo "import { test } from 'bun:test'; test('adds', () => {});" >bun/good.test.js
echo "throw new Error('no settings');" | tee bun/bad.test.js deno/bad.test.js jest/bad.test.js vitest/bad.test.mjs >/dev/null
echo "Deno.test('adds', () => {});" >deno/good.test.js
echo "test('adds', () => {});" >jest/good.test.js
echo "import { test } from 'vitest'; test('adds', () => {});" >vitest/good.test.mjs
bin="$folder/node_modules/.bin"
declare -A status
run() {
  local name="$1"
  shift
  status[$name]=0
  (cd "$name" && "$@" >/dev/null 2>&1) || status[$name]=$?
}
run bun "$bin/bun" test --reporter=junit --reporter-outfile=../bun.xml
run deno "$bin/deno" test --junit-path=../deno.xml
JEST_JUNIT_OUTPUT_FILE="$folder/jest.xml" run jest "$bin/jest" --rootDir . --reporters=jest-junit
run vitest "$bin/vitest" run --root . --reporter=junit --outputFile=../vitest.xml
got=""
count() { { grep -o "$1" "$2" || true; } | wc -l; }
for name in bun deno jest vitest; do
  version="$(node -p "require('./node_modules/$name/package.json').version")"
  line="testcases $(count '<testcase ' "$name.xml"), failed $(count '<\(failure\|error\)\b' "$name.xml") | exit ${status[$name]}"
  echo "$name $version | $line"
  got+="$line"$'\n'
done
[ "$got" = "testcases 1, failed 0 | exit 1
testcases 1, failed 0 | exit 1
testcases 1, failed 0 | exit 1
testcases 2, failed 1 | exit 1
" ]
