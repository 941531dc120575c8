import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProcess } from '../support/process.js';
import { deploymentsOf, land, press, stands, withButton } from '../support/releases.js';
import { ALICE, configOf, SECRETS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
let folder: string;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-stop-'));
  writeFileSync(path.join(folder, 'pushbutton.yml'), configOf());
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await team.stop();
});

const environment = () => ({
  PATH: process.env.PATH,
  HOME: folder,
  SLACK_BOT_TOKEN: SECRETS.botToken,
  SLACK_SIGNING_SECRET: SECRETS.signingSecret,
  SLACK_API_URL: team.slack.apiUrl,
  GITHUB_TOKEN: SECRETS.githubToken,
  GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
  GITHUB_API_URL: team.github.url,
  DATABASE_URL: team.databaseUrl,
  PUSHBUTTON_CONFIG: path.join(folder, 'pushbutton.yml'),
  PORT: '0',
});

/** Runs a command in the folder; what it prints is read as it comes. */
function run(command: string, args: string[]) {
  const child = spawn(command, args, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  return { child, exit: once(child, 'exit'), printed: () => printed };
}

test('stopping npm start also stops the program, with exit code 0', async () => {
  cpSync('package.json', path.join(folder, 'package.json'));
  cpSync('bin', path.join(folder, 'bin'), { recursive: true });
  symlinkSync(path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? ''), path.join(folder, 'dist'));
  const { child, exit, printed } = run('npm', ['start']);
  const [, port, pid] = await until(
    'it is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${printed()}`);
      const line =
        printed()
          .split('\n')
          .find((one) => one.includes('"msg":"ready"')) ?? '';
      const found = /"port":(\d+)/.exec(line);
      return found && [line, found[1], /"pid":(\d+)/.exec(line)?.[1]];
    },
    20_000,
  );
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  if (pid) expect(() => process.kill(Number(pid), 0)).toThrow();
}, 60_000);

test("a replica stopped while it waits for another's migrations exits with 0", async () => {
  const other = await team.pool.connect();
  try {
    // The lock that migrations are applied under.
    await other.query('select pg_advisory_lock(7585742)');
    const { child, exit, printed } = run(process.execPath, [
      path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js'),
      'start',
    ]);
    await until(
      'it waits for the lock',
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${printed()}`);
        // Other tests wait for locks in other databases of the same server.
        const waiting = await team.rows(
          `select 1 from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())`,
        );
        return waiting.length > 0;
      },
      20_000,
    );
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  } finally {
    other.release(true);
  }
}, 60_000);

test('a stopping replica says so first, and still decides a press, which another replica carries out', async () => {
  const bot = await startProcess(team);
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const ended = bot.terminate();
  const stopping = await until('it says so', async () => {
    const answer = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
    return answer.status === 503 && (await answer.json());
  });
  expect(stopping).toMatchObject({ ready: false, problems: { replica: 'is stopping' } });
  expect((await press(team, ALICE, sha, 'Deploy')).status).toBe(200);
  expect((await ended).code).toBe(0);
  // It is decided and not begun.
  expect((await deploymentsOf(team, sha)).map((one) => one.status)).toEqual(['queued']);
  expect(team.production()).toEqual([]);
  await startProcess(team).then(async (next) => {
    await stands(team, sha, 'deploying', 30_000);
    await next.kill();
  });
  expect(team.production()).toHaveLength(1);
}, 60_000);

test('a replica stopped while GitHub does not answer its poll takes on no new work', async () => {
  const bot = await startProcess(team, configOf().replace('poll: 1h', 'poll: 1s'));
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const [change] = await team.rows<{ key: string }>('select key from changes where sha = $1', [sha]);
  team.github.fail('runs', { kind: 'hang' }, 1_000);
  const asked = team.github.calls({ route: 'runs' }).length;
  await until('a poll hangs', () => team.github.calls({ route: 'runs' }).length > asked);
  const ended = bot.terminate();
  await until('it takes no requests any more', () =>
    fetch(`http://127.0.0.1:${bot.port}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  // Another replica took this press in.
  const press = { type: 'deploy', change: change?.key, from: 'card', by: { user: ALICE, team: 'T0HOME' } };
  await team.rows("insert into inbox (key, command) values ('press:late', $1)", [JSON.stringify(press)]);
  expect((await ended).code).toBe(0);
  expect(await deploymentsOf(team, sha)).toEqual([]);
  const [row] = await team.rows("select handled_at, attempts from inbox where key = 'press:late'");
  expect(row).toEqual({ handled_at: null, attempts: 0 });
}, 60_000);
