import path from 'node:path';
import { emptyDatabase } from './support/postgres.js';
import { environmentOf, runCommand, startProcess, warningsIn } from './support/process.js';
import { land, release } from './support/releases.js';
import { runDoctor } from './support/run-doctor.js';
import { configOf, startTeam, type Team } from './support/team.js';

/** Each command as a process of its own: nothing that it does is deprecated, by Node or by a package, and Node warns of nothing. */

/** What is deprecated ends the process. */
const STRICT = { NODE_OPTIONS: '--throw-deprecation' };

let team: Team;
beforeAll(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
});
afterAll(() => team.stop());

const pushbutton = (...args: string[]) => [
  process.execPath,
  path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js'),
  ...args,
];

test('start, from the first change to the last word', async () => {
  const running = await startProcess(team, configOf(), STRICT);
  await release(team, await land(team));
  expect((await running.terminate()).code).toBe(0);
  expect(warningsIn(running.printed())).toEqual([]);
  // The log has no warning either: all is as it should be.
  expect(running.printed().match(/^.*"level":"(warn|error)".*$/gm)).toBeNull();
});

test('migrate, on an empty database and on one that is as it should be', async () => {
  const database = await emptyDatabase();
  const env = { ...environmentOf(team), ...STRICT, PUSHBUTTON_CONFIG: path.resolve('pushbutton.example.yml') };
  for (const applied of [true, false]) {
    const { code, printed } = await runCommand(pushbutton('migrate'), {
      env: { ...env, DATABASE_URL: database.url },
      cwd: process.cwd(),
    });
    expect([code, printed.includes('"migrated"')]).toEqual([0, applied]);
    expect(warningsIn(printed)).toEqual([]);
  }
  await database.drop();
});

test('doctor', async () => {
  const { stdout, stderr } = await runDoctor({ ...environmentOf(team), ...STRICT }, configOf());
  expect(stdout).toContain('database');
  expect(stderr).toBe('');
});

test.each([['verify'], ['export', '--from', '2026-01-01', '--to', '2100-01-01', '--format', 'csv']])(
  'audit %s',
  async (...args) => {
    const env = { ...environmentOf(team), ...STRICT };
    const { code, printed } = await runCommand(pushbutton('audit', ...args), { env, cwd: process.cwd() });
    expect({ code, printed }).toMatchObject({ code: 0 });
    expect(warningsIn(printed)).toEqual([]);
  },
);
