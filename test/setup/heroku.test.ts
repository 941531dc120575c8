import fs from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../src/db/local-process.js';
import { blocks, section, textOf } from '../support/documents.js';
import { installImage, removeImage } from '../support/image.js';
import { environmentOf, runCommand, startCommand } from '../support/process.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { startTlsPostgres, type TlsPostgres } from '../support/tls-postgres.js';

/** Heroku runs the Procfile's lines by a shell, with PORT and DATABASE_URL, and its PostgreSQL takes TLS alone. */
let team: Team;
let server: TlsPostgres;
let folder: string;
let procfile: Record<string, string>;

beforeAll(async () => {
  [team, server, folder] = await Promise.all([
    startTeam({ pauses: 'real', replicas: 0 }),
    startTlsPostgres(),
    installImage(),
  ]);
  await fs.writeFile(path.join(folder, 'pushbutton.yml'), configOf());
  const lines = (await fs.readFile('Procfile', 'utf8')).trim().split('\n');
  procfile = Object.fromEntries(lines.map((line) => line.split(/: */, 2)));
});
afterAll(async () => {
  await Promise.all([team.stop(), server.stop()]);
  await removeImage(folder);
});

const dyno = (more: Record<string, string>) => ({
  cwd: folder,
  env: { ...environmentOf(team), DATABASE_URL: server.url, NODE_OPTIONS: '--preserve-symlinks', ...more },
});
const line = (name: string) => ['sh', '-c', procfile[name] ?? 'exit 99'];

test('the Procfile names a web process and a release command, and nothing else', () => {
  expect(Object.keys(procfile).sort()).toEqual(['release', 'web']);
});

test('without PGSSLMODE the release ends, so that Heroku keeps the old one, and its log says what to set', async () => {
  const { code, printed } = await runCommand(line('release'), dyno({}));
  expect(code).toBe(1);
  const [said] = blocks(section(textOf('docs/setup.md'), 'On Heroku'), 'text');
  expect(said).toContain('PGSSLMODE=no-verify');
  expect(printed).toContain(JSON.stringify(said?.trim()));
  expect(printed).not.toContain('    at ');
  expect(printed).not.toContain(new URL(server.url).password);
}, 60_000);

test('with PGSSLMODE=no-verify the release migrates, the web process is ready on its PORT, and a change goes live', async () => {
  const settings = dyno({ PGSSLMODE: 'no-verify' });
  expect(await runCommand(line('release'), settings)).toMatchObject({
    code: 0,
    printed: expect.stringContaining('"msg":"migrated"'),
  });
  // A second one has nothing to do.
  expect(await runCommand(line('release'), settings)).toMatchObject({ code: 0 });

  const port = await freePort();
  const web = await startCommand(team, line('web'), dyno({ PGSSLMODE: 'no-verify', PORT: String(port) }));
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ warnings: [] })]);
  const { sha } = await team.github.land('acme/shop', {
    title: 'Add prices',
    author: { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' },
  });
  await team.press(ALICE, sha, 'Deploy');
  await team.card(sha, 'deploying');
  const [run] = team.production();
  await team.github.completeRun(run?.id ?? 0, { conclusion: 'success' });
  await team.card(sha, 'live');
  await web.terminate();
  expect(web.printed()).toContain('"msg":"stopping"');
}, 60_000);
