import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createLog } from '../../src/log/log.js';
import { startPushbutton } from '../../src/main.js';
import { blocks, commandsIn, section, textOf } from '../support/documents.js';
import { emptyDatabase } from '../support/postgres.js';
import { runCommand } from '../support/process.js';
import { land, quiet, release } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The chapter "Backup" on a server, with the pg_dump and pg_restore on the PATH: `.ci/run` has both. */
const lines = commandsIn(section(textOf('docs/operations.md'), 'Backup'));
const [dump = '', restore = ''] = lines;
const intoOlder = lines.slice(lines.findIndex((line) => line.startsWith('pg_restore --no-owner -f')));

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

let team: Team;
let folder: string;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real', config: configOf().replace('poll: 1h', 'poll: 1s') });
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-backup-'));
});
afterEach(async () => {
  await team.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a restore: what was released is there, what came after is seen as an outside run, the ledger holds, the next change starts', async () => {
  const first = await land(team);
  await release(team, first);
  // A dump within a drawing has its lease, and nothing is drawn after the restore until that is over: 15 s at most.
  await quiet(team);
  const into = await emptyDatabase();
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: team.databaseUrl, NEW_DATABASE_URL: into.url };
  const run = (line: string) => runCommand(['sh', '-c', line], { cwd: folder, env });
  const ledger = 'select seq, kind, hash from ledger order by seq';
  expect(await run(dump)).toEqual({ code: 0, printed: '' });
  const dumped = await team.rows(ledger);
  const after = await land(team, 'After the backup');
  await release(team, after);
  expect(await run(restore)).toEqual({ code: 0, printed: '' });

  const client = new pg.Client({ connectionString: into.url });
  await client.connect();
  const [check = ''] = blocks(textOf('docs/audit.md'), 'sql');
  expect((await client.query(check)).rows).toEqual([{ min: null }]);
  expect((await client.query(ledger)).rows).toEqual(dumped);
  await expect(client.query("update ledger set reason = 'another'")).rejects.toThrow(/append-only/i);
  await client.end();

  await team.running.pop()?.stop();
  const log = createLog({ level: 'error', secrets: [], pretty: false, destination: { write: () => {} } });
  const replica = await startPushbutton(team.config, into.url, log);
  try {
    team.point(replica);
    const isSeen = () => team.cards().some(({ words }) => words.includes('live until a run outside Pushbutton'));
    await until('the run is seen', isSeen, 30_000);
    const cardsOf = () => team.cards().filter(({ words }) => words.split('\n')[1]?.includes(after.slice(0, 7)));
    await until('a second card of it', () => cardsOf().length === 2);
    const { sha } = await team.github.land('acme/shop', { title: 'Add a basket', author: AUTHOR });
    await team.card(sha, 'passed staging');
    await team.press(ALICE, sha, 'Deploy');
    await team.card(sha, 'deploying');
  } finally {
    await replica.stop();
  }
  await into.drop();
}, 60_000);

test('a restore into an older server leaves out the setting that it does not know, and nothing else', async () => {
  await release(team, await land(team));
  await quiet(team);
  const into = await emptyDatabase();
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: team.databaseUrl, NEW_DATABASE_URL: into.url };
  const run = (line: string) => runCommand(['sh', '-c', line], { cwd: folder, env });
  const [write = '', leaveOut = '', carryOut = ''] = intoOlder;
  for (const line of [dump, write]) expect(await run(line)).toEqual({ code: 0, printed: '' });
  // The header of pg_restore 17 and later, with a setting that no server knows: the newest server refuses it, too.
  const sql = path.join(folder, 'pushbutton.sql');
  const written = readFileSync(sql, 'utf8').replace(/^SET transaction_timeout.*\n/m, '');
  writeFileSync(sql, written.replace(/^(?=SET client_encoding)/m, 'SET transaction_timeout_of_newer = 0;\n'));
  for (const line of [leaveOut, carryOut]) expect(await run(line)).toEqual({ code: 0, printed: '' });

  const client = new pg.Client({ connectionString: into.url });
  await client.connect();
  const ledger = 'select seq, kind, hash from ledger order by seq';
  expect((await client.query(ledger)).rows).toEqual(await team.rows(ledger));
  await expect(client.query("update ledger set reason = 'another'")).rejects.toThrow(/append-only/i);
  // A second time, nothing of it is done: the database is not empty.
  const rows = await client.query('select count(*) from ledger');
  expect((await run(carryOut)).code).not.toBe(0);
  expect((await client.query('select count(*) from ledger')).rows).toEqual(rows.rows);
  await client.end();
  await into.drop();
}, 60_000);
