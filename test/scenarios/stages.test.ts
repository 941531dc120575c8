import { card, deploymentsOf, dispatches, land, press, quiet, short, stands } from '../support/releases.js';
import {
  ALICE,
  BOB,
  configOf,
  DAVE,
  PRODUCTION,
  SHOP,
  STAGING,
  startTeam,
  type Team,
  type TeamOptions,
} from '../support/team.js';
import { until } from '../support/until.js';

/** The production of shop: a canary that bakes for a minute, then eu, and us after somebody pressed Continue. */
const STAGES = `      stages:
        - { name: canary, inputs: { target: canary }, bake: 1m }
        - { name: eu, inputs: { target: eu }, next: press }
        - { name: us, workflow: production-us.yml }
`;

const configWith = (more = '') =>
  configOf().replace(
    '    production: { workflow: production.yml, inputs: { region: eu } }\n',
    `    production:\n      workflow: production.yml\n      inputs: { region: eu }\n${STAGES}${more}`,
  );

let team: Team;
afterEach(() => team.stop());

async function begin(options: TeamOptions & { more?: string } = {}): Promise<void> {
  team = await startTeam({ config: configWith(options.more), movableClock: true, ...options });
  const workflows = [
    STAGING,
    { ...PRODUCTION, inputs: { ...PRODUCTION.inputs, target: {} } },
    { ...PRODUCTION, file: 'production-us.yml', name: 'Production US' },
  ];
  team.github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows });
}

const us = () => team.github.runs('acme/shop', 'production-us.yml');
const targets = () => team.production().map((run) => `${short(String(run.inputs.sha))} ${run.inputs.target}`);
const stagesOf = async (sha: string) =>
  (
    await team.rows<{ name: string; status: string }>(
      `select s.name, s.status from stages s join deployments d on d.id = s.deployment_id
       where d.id = (select max(id) from deployments where sha = $1) order by place`,
      [sha],
    )
  ).map(({ name, status }) => `${name} ${status}`);

/** Presses Continue once the card has that of this stage, and not of the one before it. */
async function goOn(user: string, sha: string, stage: string): Promise<void> {
  const [row] = await team.rows<{ key: string }>(
    `select s.key from stages s join deployments d on d.id = s.deployment_id
     where s.name = $2 and d.id = (select max(id) from deployments where sha = $1)`,
    [sha, stage],
  );
  await until(`Continue of ${stage}`, () =>
    team.cards().find((one) => one.buttons.includes('Continue') && JSON.stringify(one.blocks).includes(`${row?.key}`)),
  );
  await press(team, user, sha, 'Continue');
}

/** The run of the current stage ends well. */
async function runEnds(sha: string, conclusion: 'success' | 'failure' = 'success'): Promise<void> {
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion });
}

/** The stage's run is sent, not that of the one before it. */
const inStage = (sha: string, stage: string) =>
  until(`${short(sha)} deploys in ${stage}`, async () => {
    const [row] = await team.rows('select status, stage from deployments where sha = $1 order by id desc limit 1', [
      sha,
    ]);
    if (row?.status !== 'deploying' || row.stage !== stage) throw new Error(JSON.stringify(row));
    return true;
  });

test('one press goes through canary, its bake, eu, Continue and us; each with an id and a run of its own', async () => {
  await begin();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await inStage(sha, 'canary');
  await card(team, sha, ['deploying canary', 'eu waits', 'us waits'], ['Cancel']);
  await runEnds(sha);
  await stands(team, sha, 'baking');
  await card(team, sha, ['baking in canary until', 'then eu starts by itself'], ['Continue', 'Stop here']);
  await quiet(team);
  expect(targets()).toEqual([`${short(sha)} canary`]);
  await team.moveClock(61_000);
  await inStage(sha, 'eu');
  await runEnds(sha);
  await card(team, sha, ['waits for Continue to start us', 'canary passed', 'eu deployed'], ['Continue', 'Stop here']);
  await team.moveClock(3_600_000);
  await quiet(team);
  expect(us()).toEqual([]);
  await goOn(DAVE, sha, 'eu');
  await inStage(sha, 'us');
  await runEnds(sha);
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(targets()).toEqual([`${short(sha)} canary`, `${short(sha)} eu`]);
  const ids = dispatches(team).map(({ body }) => (body as { inputs: { deploy_id: string } }).inputs.deploy_id);
  expect(new Set(ids).size).toBe(3);
  expect(await deploymentsOf(team, sha)).toHaveLength(1);
  expect(await stagesOf(sha)).toEqual(['canary passed', 'eu passed', 'us passed']);
}, 60_000);

test('Continue skips the rest of a bake, and only a deployer may press it', async () => {
  await begin();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  await press(team, BOB, sha, 'Continue');
  await team.told(BOB, 'deploy');
  await press(team, ALICE, sha, 'Continue');
  await inStage(sha, 'eu');
});

test('a Continue of the canary, pressed once more on an old card, does nothing to eu', async () => {
  await begin();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  const old = await card(team, sha, ['baking in canary'], ['Continue', 'Stop here']);
  await press(team, ALICE, sha, 'Continue');
  await inStage(sha, 'eu');
  await runEnds(sha);
  await stands(team, sha, 'baking');
  await team.slack.clickStale({ user: DAVE, channel: old.channel, ts: old.ts, blocks: old.blocks, button: 'Continue' });
  await team.told(DAVE, 'Continue is not possible now');
  expect(us()).toEqual([]);
});

test('Stop here leaves the canary as it is; Retry goes on with eu and does not deploy the canary again', async () => {
  await begin();
  const before = await land(team, 'Add a basket');
  await through(before);
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  await press(team, DAVE, sha, 'Stop here');
  await stands(team, sha, 'stopped');
  await card(team, sha, ['stopped at canary', 'by dave', 'Retry goes on with eu'], ['Retry', 'Roll back']);
  await press(team, ALICE, sha, 'Retry');
  await inStage(sha, 'eu');
  expect(targets().filter((one) => one.startsWith(short(sha)))).toEqual([`${short(sha)} canary`, `${short(sha)} eu`]);
  expect(await stagesOf(sha)).toEqual(['canary skipped', 'eu running', 'us waits']);
}, 60_000);

/** From Deploy to live through all stages. */
async function through(sha: string): Promise<void> {
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  await stands(team, sha, 'baking');
  await goOn(ALICE, sha, 'canary');
  await inStage(sha, 'eu');
  await runEnds(sha);
  await stands(team, sha, 'baking');
  await goOn(ALICE, sha, 'eu');
  await inStage(sha, 'us');
  await runEnds(sha);
  await stands(team, sha, 'live');
}

test('Roll back after a failure at eu takes eu and the canary back, newest first, and does not touch us', async () => {
  await begin();
  const first = await land(team, 'Add a basket');
  await through(first);
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  await runEnds(second);
  await goOn(ALICE, second, 'canary');
  await inStage(second, 'eu');
  await runEnds(second, 'failure');
  await card(team, second, ['failed at eu', 'canary passed'], ['Retry', 'Roll back']);
  await press(team, DAVE, second, 'Roll back');
  await inStage(first, 'eu');
  await runEnds(first);
  await inStage(first, 'canary');
  await runEnds(first);
  await stands(team, first, 'live');
  expect(await stagesOf(first)).toEqual(['us skipped', 'eu passed', 'canary passed']);
  expect(us()).toHaveLength(1);
}, 60_000);

test('Roll back while the canary bakes ends the deployment and takes the canary back', async () => {
  await begin();
  const first = await land(team, 'Add a basket');
  await through(first);
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  await runEnds(second);
  await card(team, second, ['baking in canary'], ['Continue', 'Stop here', 'Roll back']);
  await press(team, DAVE, second, 'Roll back');
  await stands(team, second, 'stopped');
  await inStage(first, 'canary');
  await runEnds(first);
  await stands(team, first, 'live');
  expect(await stagesOf(first)).toEqual(['us skipped', 'eu skipped', 'canary passed']);
}, 60_000);

test('with on_failure: roll back, a failure at eu rolls back by itself, and a rollback that fails pauses the service', async () => {
  await begin({ more: '      on_failure: roll back\n' });
  const first = await land(team, 'Add a basket');
  await through(first);
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  await runEnds(second);
  await goOn(ALICE, second, 'canary');
  await inStage(second, 'eu');
  await runEnds(second, 'failure');
  await inStage(first, 'eu');
  const [row] = await team.rows('select kind, requested_by from deployments order by id desc limit 1');
  expect(row).toEqual({ kind: 'roll back', requested_by: 'pushbutton' });
  await card(team, second, ['rolling back'], []);
  await runEnds(first, 'failure');
  await stands(team, first, 'failed');
  await quiet(team);
  expect(await team.rows('select paused_why from services')).toEqual([{ paused_why: 'roll back failed' }]);
  expect(await team.rows("select count(*)::int as n from deployments where kind = 'roll back'")).toEqual([{ n: 1 }]);
  await until('the operators are told', () => team.slack.dms('U0OPS').length > 0);
}, 60_000);

test('with on_failure: roll back, what is queued waits until all is rolled back', async () => {
  await begin({ more: '      on_failure: roll back\n' });
  const first = await land(team, 'Add a basket');
  await through(first);
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  const run = Number((await stands(team, second, 'deploying')).run_id);
  const third = await land(team, 'Add a till');
  await press(team, DAVE, third, 'Deploy');
  await stands(team, third, 'queued');
  await team.github.completeRun(run, { conclusion: 'failure' });
  await inStage(first, 'canary');
  await stands(team, third, 'queued');
  await runEnds(first);
  await inStage(third, 'canary');
  expect(targets().slice(2)).toEqual([second, first, third].map((sha) => `${short(sha)} canary`));
}, 60_000);

test('a freeze that begins during the bake keeps the next stage back', async () => {
  await begin();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  await team.slack.command({ user: DAVE, channel: SHOP, text: 'lock shop the till is broken' });
  await until('it is locked', async () => (await team.rows('select lock_by from services'))[0]?.lock_by === DAVE);
  await team.moveClock(61_000);
  await card(team, sha, ['waits after canary, eu is next', 'the till is broken'], ['Stop here']);
  expect(targets()).toEqual([`${short(sha)} canary`]);
  await team.slack.command({ user: DAVE, channel: SHOP, text: 'unlock shop' });
  await inStage(sha, 'eu');
}, 60_000);

test('who lost the permission during the bake starts nothing more', async () => {
  await begin();
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await runEnds(sha);
  await stands(team, sha, 'baking');
  team.slack.setGroupUsers('S0DEPLOY', []);
  await team.moveClock(61_000);
  await stands(team, sha, 'stopped');
  await card(team, sha, ['stopped at canary', 'not a deployer'], ['Retry']);
  expect(targets()).toEqual([`${short(sha)} canary`]);
}, 60_000);

test('a newer change queues behind, and may replace what has reached the canary alone', async () => {
  await begin();
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await runEnds(first);
  const second = await land(team, 'Add a till');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  const offer = await team.told(DAVE, 'Replace');
  await team.slack.click({ user: DAVE, channel: SHOP, ts: offer.ts, button: 'Replace' });
  await stands(team, first, 'stopped');
  await inStage(second, 'canary');
}, 60_000);
