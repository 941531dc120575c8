import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createLog } from '../../src/log.js';
import { startPushbutton } from '../../src/main.js';
import { blocks, commandsIn, section, textOf } from '../support/documents.js';
import { emptyDatabase } from '../support/postgres.js';
import { runCommand } from '../support/process.js';
import { land, release } from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';

/** The chapter "Backup" on a server, with the pg_dump and pg_restore on the PATH: `.ci/run` has both. */
const setup = textOf('docs/setup.md');
const [dump = '', restore = ''] = commandsIn(section(setup, 'Backup'));

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

let team: Team;
let folder: string;
beforeEach(async () => {
  team = await startTeam();
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-backup-'));
});
afterEach(async () => {
  await team.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('what was released is there after a restore, the ledger holds, and the next change goes live', async () => {
  const first = await land(team);
  await release(team, first);
  const into = await emptyDatabase();
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: team.databaseUrl, NEW_DATABASE_URL: into.url };
  for (const line of [dump, restore])
    expect(await runCommand(['sh', '-c', line], { cwd: folder, env })).toEqual({ code: 0, printed: '' });

  const client = new pg.Client({ connectionString: into.url });
  await client.connect();
  const [check = ''] = blocks(section(setup, 'Checking the ledger'), 'sql');
  expect((await client.query(check)).rows).toEqual([{ min: null }]);
  const ledger = 'select seq, kind, hash from ledger order by seq';
  expect((await client.query(ledger)).rows).toEqual(await team.rows(ledger));
  await expect(client.query("update ledger set reason = 'another'")).rejects.toThrow(/append-only/i);
  await client.end();

  await team.running.pop()?.stop();
  const log = createLog({ level: 'error', secrets: [], pretty: false, destination: { write: () => {} } });
  const replica = await startPushbutton(team.config, into.url, log);
  team.point(replica);
  const { sha } = await team.github.land('acme/shop', { title: 'Add a basket', author: AUTHOR });
  await team.card(sha, 'passed staging', first.slice(0, 7));
  await team.press(ALICE, sha, 'Deploy');
  await team.card(sha, 'deploying');
  await replica.stop();
  await into.drop();
});
