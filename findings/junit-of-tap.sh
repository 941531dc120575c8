#!/usr/bin/env bash
# Two converters from TAP to JUnit XML, tap-xunit and tap-junit, given the same TAP. After a bail-out both write a green file, as
# if the tests that never ran had not been planned. A plan that is not met is green for tap-xunit; tap-junit counts a failure in
# the attributes of the suite, without a testcase that has one. A todo that fails, with which TAP is content, is skipped for
# tap-xunit and a failure for tap-junit. Both end with 0 each time. Whoever reads only testcases, only attributes or only the
# exit status is wrong about one of them.
# Prints, for each, the counts of testcases, of failures and of skipped ones, the attribute, and the exit status. Exits with 1
# when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save tap-xunit@2.4.1 tap-junit@5.0.4 >/dev/null 2>&1
cat >try.js <<'TRY'
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const TAP = {
  'bails out': 'TAP version 13\n1..3\nok 1 - adds\nBail out! no database\n',
  'plan not met': 'TAP version 13\n1..4\nok 1 - adds\nok 2 - subtracts\n',
  'todo fails': 'TAP version 13\n1..2\nok 1 - adds\nnot ok 2 - known fault # TODO ticket 7\n',
  'all is well': 'TAP version 13\n1..2\nok 1 - adds\nok 2 - subtracts\n',
};
const count = (text, pattern) => (text.match(pattern) ?? []).length;
const lines = [];
for (const [what, input] of Object.entries(TAP)) {
  for (const name of ['tap-xunit', 'tap-junit']) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
    const { stdout, status } = spawnSync(`node_modules/.bin/${name}`, { input, encoding: 'utf8' });
    const attribute = /<testsuite\b[^>]*\bfailures="(\d+)"/.exec(stdout)?.[1] ?? 'none';
    const told = [count(stdout, /<testcase\b/g), count(stdout, /<failure\b/g), count(stdout, /<skipped\b/g)];
    lines.push(`${what} | ${name} ${version} | testcases ${told[0]}, failed ${told[1]}, skipped ${told[2]} | failures="${attribute}" | exit ${status}`);
  }
}
console.log(lines.join('\n'));
const got = lines.map((line) => line.split(' | ').slice(2).join(' ')).join('\n');
process.exit(got === readFileSync('expected', 'utf8').trim() ? 0 : 1);
TRY
cat >expected <<'EXPECTED'
testcases 1, failed 0, skipped 0 failures="0" exit 0
testcases 1, failed 0, skipped 0 failures="0" exit 0
testcases 2, failed 0, skipped 0 failures="0" exit 0
testcases 2, failed 0, skipped 0 failures="1" exit 0
testcases 2, failed 0, skipped 1 failures="0" exit 0
testcases 2, failed 1, skipped 0 failures="1" exit 0
testcases 2, failed 0, skipped 0 failures="0" exit 0
testcases 2, failed 0, skipped 0 failures="0" exit 0
EXPECTED
node try.js
