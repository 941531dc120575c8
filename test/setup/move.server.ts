import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLocalPostgres } from '../../src/db/local-postgres.js';
import { migrate } from '../../src/db/migrate.js';
import { createLog } from '../../src/log/log.js';
import { startPushbutton } from '../../src/main.js';
import { commandsIn, section, textOf } from '../support/documents.js';
import { emptyDatabase, rowsOf } from '../support/postgres.js';
import { runCommand } from '../support/process.js';
import { land, quiet, release } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';

/**
 * The chapter "Backup", from the embedded database to the server of this run, whatever its version. It needs a pg_dump of
 * the embedded version: on the PATH, in POSTGRES_PROGRAMS or where Debian has it.
 */
const lines = commandsIn(section(textOf('docs/operations.md'), 'Backup'));
const command = (start: string): string => lines.find((line) => line.startsWith(start)) ?? `echo no ${start}; exit 1`;
const restore = [command('pg_restore --no-owner -f'), command('sed'), command('psql -q')];
const dump = command('PGPASSWORD');

const onPath = process.env.PATH ?? '';
const paths = [process.env.POSTGRES_PROGRAMS, '/usr/lib/postgresql/18/bin']
  .filter((folder): folder is string => folder !== undefined && folder !== '')
  .map((folder) => `${folder}:${onPath}`);
const found = [...paths, onPath].find((PATH) => {
  const said = spawnSync('sh', ['-c', 'pg_dump --version'], { env: { PATH }, encoding: 'utf8' }).stdout ?? '';
  return Number(/\) (\d+)/.exec(said)?.[1]) >= 18;
});

const ledger = 'select seq, kind, hash from ledger order by seq';

let folder: string;
let team: Team;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-move-'));
  // Another account runs the server where root starts it.
  chmodSync(folder, 0o711);
});
afterEach(async () => {
  await team?.stop();
  rmSync(folder, { recursive: true, force: true });
});

(found ? test : test.skip)(
  'what was released with the embedded database goes on with a server',
  async () => {
    const embedded = await startLocalPostgres(path.join(folder, '.pushbutton', 'postgres'));
    await migrate(embedded.url);
    const drop = () => embedded.stop();
    team = await startTeam({ pauses: 'real', config: configOf(), database: { url: embedded.url, drop } });
    await release(team, await land(team));
    await quiet(team);
    await team.running.pop()?.stop();

    const into = await emptyDatabase();
    const env = { PATH: found ?? '', NEW_DATABASE_URL: into.url };
    const run = (line: string) => runCommand(['sh', '-c', line], { cwd: embedded.folder, env });
    // Where root starts the server, the folder may be another than `.pushbutton/postgres`.
    for (const line of [dump, ...restore]) expect(await run(line)).toEqual({ code: 0, printed: '' });
    expect(await rowsOf(into.url, ledger)).toEqual(await team.rows(ledger));

    const log = createLog({ level: 'error', secrets: [], pretty: false, destination: { write: () => {} } });
    const replica = await startPushbutton(team.config, into.url, log);
    try {
      team.point(replica);
      const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
      const { sha } = await team.github.land('acme/shop', { title: 'Add a basket', author });
      await team.card(sha, 'passed staging');
      await team.press(ALICE, sha, 'Deploy');
      await team.card(sha, 'deploying');
    } finally {
      await replica.stop();
    }
    await into.drop();
  },
  90_000,
);
