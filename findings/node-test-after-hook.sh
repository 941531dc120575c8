#!/usr/bin/env bash
# An `after` hook of a `describe` that throws, run by `node --test`. The TAP says `not ok` for the suite each time, and the summary
# and the JUnit file know no failure: fail 0. Node 20, 24 and 26 end with 1. Node 22 ends with 0, so that nothing fails the job.
# Prints, for each Node, the line of the suite, the count of failures, the failures in the JUnit file and the exit status. Exits
# with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >a.test.mjs <<'TEST'
import { after, describe, it } from 'node:test';
describe('database', () => {
  after(() => { throw new Error('cannot close'); });
  it('reads', () => {});
});
TEST
code=0
for version in 20.20.2 22.23.3 24.21.0 26.9.0; do
  mkdir "$version"
  (cd "$version" && echo '{ "private": true }' >package.json && npm install --silent --no-save "node@$version" >/dev/null 2>&1)
  status=0
  "$version/node_modules/.bin/node" --test --test-reporter=tap --test-reporter-destination=out.tap \
    --test-reporter=junit --test-reporter-destination=out.xml a.test.mjs || status=$?
  failures="$(grep -c '<failure' out.xml || true)"
  line="$(grep -o '^not ok 1 - database' out.tap); $(grep '^# fail' out.tap); $failures failures in the file; exit $status"
  expected="not ok 1 - database; # fail 0; 0 failures in the file; exit 1"
  [ "$version" = 22.23.3 ] && expected="${expected%1}0"
  echo "node $version: $line"
  [ "$line" = "$expected" ] || code=1
done
exit "$code"
