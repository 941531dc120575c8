import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environmentOf, type Running, startCommand, startProcess } from '../support/process.js';
import {
  deploymentsOf,
  dispatches,
  land,
  press,
  quiet,
  refusals,
  stands,
  start,
  withButton,
} from '../support/releases.js';
import { ALICE, BOB, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The chapter "Upgrading": a newer version migrates while the old one works, and both work until the old one is told to stop. */

let team: Team;
let folder: string;
const bots: Running[] = [];
beforeEach(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-upgrade-'));
});
afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.kill()));
  rmSync(folder, { recursive: true, force: true });
  await team.stop();
});

/** What a next version may do to the tables that are in use: a column with a value for each row, a new index, a new constraint. */
const NEXT = `alter table deployments add column asked_from text not null default 'slack';
update deployments set asked_from = 'card';
alter table changes add constraint changes_have_a_title check (title <> '');
create index inbox_received on inbox (received_at);
create table next_versions (name text primary key);
`;

/** This version with one migration more. */
async function newer(): Promise<Running> {
  const build = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '');
  cpSync(build, path.join(folder, 'dist'), { recursive: true });
  cpSync('migrations', path.join(folder, 'migrations'), { recursive: true });
  for (const file of ['package.json', 'node_modules']) symlinkSync(path.resolve(file), path.join(folder, file));
  writeFileSync(path.join(folder, 'migrations', '9999_next.sql'), NEXT);
  writeFileSync(path.join(folder, 'pushbutton.yml'), configOf());
  const env = { ...environmentOf(team), PUSHBUTTON_CONFIG: path.join(folder, 'pushbutton.yml') };
  const bot = await startCommand(team, [process.execPath, path.join(folder, 'dist/src/cli.js'), 'start'], { env });
  bots.push(bot);
  return bot;
}
const old = async (): Promise<Running> => {
  const bot = await startProcess(team);
  bots.push(bot);
  return bot;
};

test('every press is taken while the newer version migrates, a run goes on from one to the other, and the old one can come back', async () => {
  const before = await old();
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a till');
  await withButton(team, second, 'Deploy');
  const on = await withButton(team, first, 'Cancel');
  await quiet(team);

  // Bob, who may not, presses all the while: each press is answered, and its refusal is on the ledger.
  const statuses: number[] = [];
  let pressing = true;
  const presses = (async () => {
    while (pressing) {
      const pressed = await team.slack.click({ user: BOB, channel: on.channel, ts: on.ts, button: 'Cancel' });
      statuses.push(pressed.status);
      await until('it is handled', async () => (await refusals(team)).length === statuses.length);
    }
  })();
  const upgraded = newer();
  await until('some were taken before', () => statuses.length > 3);
  const after = await upgraded;
  await press(team, ALICE, second, 'Deploy');
  await stands(team, second, 'queued');
  pressing = false;
  await presses;
  expect(await team.rows("select 1 from pushbutton_migrations where name = '9999_next'")).toHaveLength(1);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await deploymentsOf(team, second)).toHaveLength(1);

  // Side by side: the old one is told of the end, and whoever is free starts what waits.
  team.github.setWebhookUrl(`http://127.0.0.1:${before.port}/github/webhooks`);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
  const next = Number((await stands(team, second, 'deploying')).run_id);
  expect((await before.terminate()).code).toBe(0);
  team.github.setWebhookUrl(`http://127.0.0.1:${after.port}/github/webhooks`);
  await team.github.completeRun(next, { conclusion: 'failure' });
  await stands(team, second, 'failed');

  // The new version is taken back: the old one starts on the newer schema and works.
  expect((await after.terminate()).code).toBe(0);
  await old();
  const third = await land(team, 'Add a basket');
  await start(team, ALICE, third);
  expect(dispatches(team)).toHaveLength(3);
}, 120_000);
