import { verifyLedger } from '../../src/audit/verify.js';
import { pressed, readyAgain, saysWhy, type Told, wasTrue } from '../support/outage.js';
import { startPair } from '../support/pair.js';
import { counts, dispatches, land, stands, start, withButton } from '../support/releases.js';
import { expectNoSecretIn } from '../support/secrets.js';
import { ALICE, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';
import { wayTo } from '../support/way.js';

/** The primary dies in the midst of presses, deliveries and a start, and the address leads to the standby. */

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const PEOPLE = Array.from({ length: 20 }, (_, n) => `U0MANY${n}`);

let pair: Awaited<ReturnType<typeof startPair>>;
let way: Awaited<ReturnType<typeof wayTo>>;
let team: Team;
let changes: ReturnType<typeof landing>;
beforeAll(async () => {
  pair = await startPair();
  way = await wayTo(pair.primary);
  const service = (name: string) => `
  - name: ${name}
    repository: acme/${name}
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: C0RELEASES
    deployers: [U0ALICE, S0DEPLOY]`;
  team = await startTeam({
    pauses: 'real',
    database: { url: way.url, drop: async () => {} },
    config: configOf({ services: ['pay', 'docs'].map(service).join('') }),
  });
  for (const name of ['pay', 'docs'])
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  for (const id of PEOPLE) team.slack.addUser({ id, name: id.toLowerCase() });
}, 60_000);
afterAll(async () => {
  await changes?.stop();
  // A commit that waits for the standby would wait for ever.
  await pair?.stop();
  await team?.stop();
  await way?.stop();
}, 30_000);

const told = new Map<string, Told>();

/** The next four people, who may not deploy, press Deploy at once, which is recorded as well; gives what each was told. */
async function fourPress(on: { channel: string; ts: string }): Promise<Told[]> {
  const four = PEOPLE.filter((one) => !told.has(one)).slice(0, 4);
  for (const user of four) told.set(user, 'not certain');
  return Promise.all(
    four.map(async (user) => {
      const is = await pressed(team, user, on);
      told.set(user, is);
      return is;
    }),
  );
}

/** Lands one change after the other, until it is told to stop. */
function landing() {
  let goesOn = true;
  const ended = (async () => {
    for (let n = 1; goesOn; n += 1) await team.github.land('acme/docs', { title: `Number ${n}`, author: AUTHOR });
  })();
  const stop = () => {
    goesOn = false;
    return ended;
  };
  /** The results that were answered 202. */
  const acknowledged = () =>
    team.github.deliveries.flatMap(({ event, body, status }) => {
      const { action, workflow_run: run } = JSON.parse(body);
      const counts = event === 'workflow_run' && action === 'completed' && run.path.includes('staging');
      return counts && status === 202 ? [String(run.head_sha)] : [];
    });
  return { stop, acknowledged };
}

test('in a failover nothing acknowledged is lost, nothing is duplicated, and everything resumes by itself', async () => {
  const port = team.running[0]?.port;
  const running = await land(team, 'Runs meanwhile');
  const run = await start(team, ALICE, running);
  const next = await land(team, 'Comes after it');
  const on = await withButton(team, next, 'Deploy');
  const pay = await team.github.land('acme/pay', { title: 'Starts meanwhile', author: AUTHOR });
  const toPay = await until('the card of pay', () =>
    team.cards('C0RELEASES').find((one) => one.words.includes(pay.sha.slice(0, 7)) && one.buttons.includes('Deploy')),
  );
  changes = landing();
  expect(await fourPress(on)).toEqual(Array(4).fill('saved'));
  await until('some results are acknowledged', () => changes.acknowledged().length > 5);

  const click = { user: ALICE, channel: toPay.channel, ts: toPay.ts, button: 'Deploy' };
  expect((await team.slack.click(click)).status).toBe(200);
  // What is on the primary alone is not acknowledged.
  pair.part();
  expect(await fourPress(on)).not.toContain('saved');
  const dying = fourPress(on);
  await pair.crash();
  await dying;
  await saysWhy(port, 'does not answer');
  expect(await fourPress(on)).toEqual(Array(4).fill('not saved'));
  await team.github.completeRun(run, { conclusion: 'success' });
  way.pointTo(pair.standby);
  await saysWhy(port, 'is read-only');
  expect(await fourPress(on)).toEqual(Array(4).fill('not saved'));
  await pair.promote();
  const promoted = performance.now();
  await readyAgain(port);
  const ready = performance.now() - promoted;
  await changes.stop();

  await stands(team, running, 'live', 30_000);
  await stands(team, pay.sha, 'deploying', 30_000);
  const resumed = performance.now() - promoted;
  expect(resumed).toBeLessThan(30_000);
  await start(team, ALICE, next);
  await wasTrue(team, told);
  await until('every acknowledged result is known', async () => {
    const passed = await team.rows<{ sha: string }>("select sha from changes where staging_status = 'passed'");
    const unknown = changes.acknowledged().filter((sha) => !passed.some((one) => one.sha === sha));
    if (unknown.length > 0) throw new Error(unknown.join());
    return true;
  });
  const runs = ['shop', 'pay', 'docs'].flatMap((name) => team.github.runs(`acme/${name}`, 'production.yml'));
  const rows = await team.rows<{ deploy_id: string }>('select deploy_id from deployments');
  expect(runs.map(({ inputs }) => inputs.deploy_id).sort()).toEqual(rows.map((row) => row.deploy_id).sort());
  expect(await counts(team, 'deployments', 'approvals')).toEqual([3, 3]);
  expect(dispatches(team)).toHaveLength(3);
  expect(await verifyLedger(team.pool, null)).toMatchObject({ broken: null });
  await expectNoSecretIn(team.pool);
  const all = [...told.values()];
  const of = (is: Told) => all.filter((one) => one === is).length;
  console.info(
    `${changes.acknowledged().length} results and ${of('saved')} presses saved, ${of('not saved')} not, ${of('not certain')} not certain; ready ${Math.round(ready)} ms after the promotion, all resumed after ${Math.round(resumed)} ms`,
  );
}, 120_000);
