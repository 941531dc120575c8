import { verifyLedger } from '../../src/audit/verify.js';
import { type Running, startProcess } from '../support/process.js';
import { quiet } from '../support/releases.js';
import {
  ALICE,
  BOB,
  configOf,
  DAVE,
  PRODUCTION,
  SECRETS,
  SHOP,
  STAGING,
  startTeam,
  type Team,
} from '../support/team.js';
import { until } from '../support/until.js';
import { clockOff, faultsOf, randomFrom } from './weather.js';

/**
 * Four replicas on one database, their clocks off by minutes, while three services are pushed to, pressed, typed at and polled, GitHub
 * and Slack fail in every way, and replicas come and go. ROUNDS says how long, SEED repeats a run.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 40);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CLOCKS_S = [-240, -60, 90, 240];
const HISTORY =
  'chat:write commands users:read users:read.email usergroups:read channels:read groups:read channels:history'.split(
    ' ',
  );
const SERVICES = ['shop', 'pay', 'docs'];
const CONFIG = configOf({
  top: 'digest: "* * * * *"',
  services: `
  - name: pay
    repository: acme/pay
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: C0RELEASES
    deployers: [U0ALICE, S0DEPLOY]
    approvals: { required: 1, from: [U0BOB, U0DAVE] }
  - name: docs
    repository: acme/docs
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: C0RELEASES
    deployers: [U0ALICE, S0DEPLOY]
    mode: continuous
    hold: 3s`,
}).replace('poll: 1h', 'poll: 5s');

const { random, oneOf, chance } = randomFrom(SEED);
let team: Team;
let bots: Running[] = [];
const printed: string[] = [];

beforeAll(async () => {
  team = await startTeam({ pauses: 'real', replicas: 0, scopes: HISTORY, config: CONFIG, slackLimits: 'off' });
  for (const name of ['pay', 'docs'])
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  team.github.autopilot({ stagingMs: 20, productionMs: 900, outcome: () => (chance(0.25) ? 'failure' : 'success') });
  bots = await Promise.all(CLOCKS_S.map(boot));
}, 60_000);
afterAll(async () => {
  await Promise.all(bots.map((bot) => bot.kill()));
  await team.stop();
});

const boot = (offS: number) => startProcess(team, CONFIG, clockOff(offS));
const anyReplica = () => {
  const { port } = oneOf(bots);
  team.slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  team.github.setWebhookUrl(`http://127.0.0.1:${oneOf(bots).port}/github/webhooks`);
};
const cards = () => [...team.cards(SHOP), ...team.cards('C0RELEASES')];

/** Somebody presses some button of some card, perhaps twice, perhaps two people at once. */
async function somebodyPresses(): Promise<void> {
  const pressable = cards().filter((one) => one.buttons.some((button) => button !== 'What ships'));
  if (pressable.length === 0) return;
  const on = oneOf(pressable.slice(-5));
  const button = oneOf(on.buttons.filter((one) => one !== 'What ships' && one !== 'Reject'));
  if (button === undefined) return;
  const people = chance(0.3) ? [ALICE, DAVE, BOB] : [oneOf([ALICE, DAVE, BOB])];
  await Promise.all(
    people.flatMap((user) => {
      anyReplica();
      const click = () => team.slack.click({ user, channel: on.channel, ts: on.ts, button }).catch(() => null);
      return chance(0.3) ? [click(), click()] : [click()];
    }),
  );
}
const typed = (user: string, text: string) => {
  anyReplica();
  return team.slack.command({ user, channel: SHOP, text }).catch(() => null);
};
const somebodyTypes = () => {
  const service = oneOf(SERVICES);
  const lines = ['rollback', 'unlock', 'resume', 'status', 'diff'].map((word) => `${word} ${service}`);
  return typed(oneOf([ALICE, DAVE, BOB]), oneOf([...lines, `lock ${service} for 2s Fair`, 'stop Fire']));
};
async function somethingFails(): Promise<void> {
  const { github, slack } = faultsOf(oneOf);
  if (chance(0.5)) team.github.fail(github.route, github.fault);
  else team.slack.fail(slack.method, slack.fault);
}
async function oneIsKilled(): Promise<void> {
  const at = Math.floor(random() * bots.length);
  await bots[at]?.kill();
  printed.push(bots[at]?.printed() ?? '');
  bots[at] = await boot(CLOCKS_S[at] ?? 0);
}

/** Over starts without an answer, while GitHub answers. */
const aMinutePasses = () =>
  team.rows("update deployments set answered_seconds = 59.9 where status = 'unknown' and looked_at is not null");

/** All is mended, nothing is shut, nobody waits for a person: everything comes to its end. */
async function calm(): Promise<void> {
  team.github.heal();
  team.slack.clearFaults();
  for (const text of ['resume', ...SERVICES.map((service) => `unlock ${service}`)]) await typed(ALICE, text);
  await until(
    'every deployment has ended',
    async () => {
      await team.rows("update deployments set expires_at = now() where status = 'waiting'");
      await aMinutePasses();
      const left = await team.rows(
        'select id, service, status, waits_for, gate from deployments where ended_at is null',
      );
      if (left.length > 0) throw new Error(JSON.stringify(left));
      return true;
    },
    90_000,
  );
  await quiet(team, 60_000);
  await until(
    'every card is drawn',
    async () => (await team.rows('select 1 from cards where dirty_at is not null')).length === 0,
    60_000,
  );
}

test(
  `${ROUNDS} rounds, seed ${SEED}`,
  async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      anyReplica();
      if (chance(0.25)) {
        const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
        await team.github.push(`acme/${oneOf(SERVICES)}`, { title: `Round ${round}`, author });
      }
      if (chance(0.3)) await somethingFails();
      await somebodyPresses();
      if (chance(0.5)) await somebodyPresses();
      if (chance(0.15)) await somebodyTypes();
      if (round % 5 === 0) {
        await typed(ALICE, 'resume');
        await aMinutePasses();
      }
      if (round % 12 === 0) await oneIsKilled();
      await new Promise((resolve) => setTimeout(resolve, random() * 250));
    }
    await calm();

    const runs = SERVICES.flatMap((service) => team.github.runs(`acme/${service}`, 'production.yml'));
    const rows = await team.rows<{
      deploy_id: string;
      service: string;
      sha: string;
      kind: string;
      status: string;
      requested_by: string;
      run_id: string | null;
      approved: number;
      was_lost: boolean;
    }>(
      `select deploy_id, service, sha, kind, status, requested_by, run_id, jsonb_array_length(approved_by) as approved,
         exists (select from ledger l where l.deployment_id = d.id and l.kind = 'lost') as was_lost from deployments d`,
    );
    const of = new Map(rows.map((row) => [row.deploy_id, row]));
    const idOf = (run: { inputs: Record<string, string> }) => run.inputs.deploy_id ?? '';
    // P2: a run for each deployment at the most, of its own SHA; none is sent twice, and none that nobody asked for.
    expect(new Set(runs.map(idOf)).size).toBe(runs.length);
    for (const run of runs) expect(of.get(idOf(run))).toMatchObject({ sha: run.inputs.sha });
    // P2: one at a time for each service, as GitHub saw them.
    for (const service of SERVICES) {
      const own = runs.filter((run) => run.repository === `acme/${service}`);
      own.sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
      own.forEach((run, index) => {
        const next = own[index + 1];
        if (!next || of.get(idOf(run))?.was_lost) return;
        expect(Number(next.createdAt)).toBeGreaterThanOrEqual(Number(run.endedAt));
      });
    }
    // P4, P3: only those who may, and never without the approval that its rule asks for.
    for (const run of runs) {
      const row = of.get(idOf(run));
      expect([ALICE, DAVE, ...(row?.service === 'docs' ? ['pushbutton'] : [])]).toContain(row?.requested_by);
      if (row?.service === 'pay' && row.kind !== 'roll back') expect(row.approved).toBeGreaterThanOrEqual(1);
    }
    // P6: what is live says so, and nothing else does.
    const live = await team.rows<{ sha: string }>(
      'select d.sha from services s join deployments d on d.id = s.live_deployment_id where s.outside_run_id is null',
    );
    const saysLive = cards().filter((one) => /:large_green_circle:|· live since| live since /.test(one.words));
    expect(saysLive.map((one) => one.words.split('\n')[1]?.slice(0, 7)).sort()).toEqual(
      live.map(({ sha }) => sha.slice(0, 7)).sort(),
    );
    expect(
      cards().flatMap((one) => one.buttons.filter((button) => button === 'Cancel' || button === 'Withdraw')),
    ).toEqual([]);
    // P7, P8
    expect(await verifyLedger(team.pool, null)).toMatchObject({ broken: null });
    const posts = [SHOP, 'C0RELEASES'].flatMap((channel) => team.slack.messages(channel));
    const keys = posts.map(({ metadata }) => JSON.stringify((metadata as { event_payload?: object })?.event_payload));
    expect(new Set(keys).size).toBe(keys.length);
    // One message a second and channel, over all replicas. (That many presses would use up Slack's minute of user groups.)
    for (const channel of [SHOP, 'C0RELEASES']) {
      const at = team.slack.calls('chat.postMessage').flatMap((one) => (one.args.channel === channel ? [one.at] : []));
      const inTenSeconds = at.map((from) => at.filter((time) => time >= from && time < from + 10_000).length);
      expect(Math.max(...inTenSeconds)).toBeLessThanOrEqual(10);
    }
    // Nothing secret is ever printed, and nobody ended by themselves.
    for (const bot of bots) expect(bot.process.exitCode).toBeNull();
    const all = [...printed, ...bots.map((bot) => bot.printed())].join('');
    for (const secret of Object.values(SECRETS)) expect(all.includes(secret)).toBe(false);
    const lines = all.split('\n').filter(Boolean);
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    const statuses = [...new Set(rows.map(({ status }) => status))].sort();
    const ends = statuses.map((end) => `${rows.filter(({ status }) => status === end).length} ${end}`);
    console.info(
      `seed ${SEED}: ${rows.length} deployments (${ends.join(', ')}), ${runs.length} runs, 0 doubled; ${posts.length} messages`,
    );
  },
  240_000 + ROUNDS * 2_000,
);
