#!/usr/bin/env bash
# A collection of one request, to a port on which nothing listens, run by newman, which says `requests 1, failed 1` and ends with
# 1. Its own JUnit reporter counts an error in the attributes of the suite, without a testcase. The reporters junitfull and xunit
# count nothing: failures="0" errors="0".
# Prints, for each, the counts in the attributes, the testcases and the exit status. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-save newman@6.2.2 newman-reporter-junitfull@1.1.1 newman-reporter-xunit@2.4.3 >/dev/null 2>&1
cat >shop.json <<'COLLECTION'
{
  "info": { "name": "shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  "item": [{ "name": "prices", "request": { "method": "GET", "url": "http://127.0.0.1:1/" } }]
}
COLLECTION
code=0
for reporter in junit junitfull xunit; do
  status=0
  node_modules/.bin/newman run shop.json -r "$reporter" "--reporter-$reporter-export" out.xml >/dev/null 2>&1 || status=$?
  counts="$(grep -oE '<testsuite [^>]*' out.xml | grep -oE '(failures|errors)="[0-9]+"' | sort -r | paste -sd' ')"
  line="$counts; $(grep -c '<testcase' out.xml || true) testcases; exit $status"
  expected='failures="0" errors="0"; 0 testcases; exit 1'
  [ "$reporter" = junit ] && expected='failures="0" errors="1"; 0 testcases; exit 1'
  echo "newman 6.2.2, $reporter: $line"
  [ "$line" = "$expected" ] || code=1
done
exit "$code"
