#!/usr/bin/env bash
# jest-circus runs each test in an AsyncLocalStorage. On Node 20 that switches on the hooks of promises: every promise that a
# test makes gets an id and is tracked, which costs a suite of many small promises about a tenth of its processor time. Jest 29
# does not. From Node 24 on an AsyncLocalStorage needs no hooks.
# Prints, for each version of Jest, whether a promise made in a test is tracked. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
cat >tracked.test.js <<'TEST'
test('a promise', async () => {
  const marks = Object.getOwnPropertySymbols(Promise.resolve()).map(String);
  require('node:fs').writeFileSync('marks', String(marks.some((one) => one.includes('async_id'))));
});
TEST
major="$(node -p 'process.versions.node.split(".")[0]')"
code=0
for version in 29.7.0 30.5.2; do
  npm install --silent --no-save "jest@$version" >/dev/null 2>&1
  npx jest --silent >/dev/null 2>&1
  expected=false
  if [ "$version" != 29.7.0 ] && [ "$major" -lt 24 ]; then expected=true; fi
  echo "node $(node --version), jest $version: promises of a test are tracked: $(cat marks) (expected $expected)"
  [ "$(cat marks)" = "$expected" ] || code=1
done
exit "$code"
