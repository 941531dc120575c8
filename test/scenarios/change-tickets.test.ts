import { plainText } from '../../sandbox/slack/reading.js';
import { PAUSES } from '../../src/core/pauses.js';
import { tellLastingFaults } from '../../src/jobs/fault-news.js';
import { type Delivery, type Receiver, startReceiver } from '../support/receiver.js';
import { card, land, press, quiet, release, stands, start } from '../support/releases.js';
import { ALICE, BOB, configOf, OPS, SECRETS, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** The team's change management hears of every deployment: signed, at least once, in order, whatever its receiver does. */

let team: Team;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await team.stop();
  await receiver.stop();
});

const TICKETS = 'tickets: { pattern: "SHOP-\\\\d+", url: "https://acme.atlassian.net/browse/{id}" }';
const aTeam = async (service = '', options: TeamOptions = {}) => {
  team = await startTeam({
    config: configOf({ top: `${TICKETS}\nchange_ticket: { url: "${receiver.url}" }`, service }),
    env: { CHANGE_TICKET_SECRET: SECRETS.changeTicketSecret },
    ...options,
  });
};
const types = () => receiver.taken().map(({ type }) => type);
const heard = (...wanted: string[]) =>
  until(`change management hears ${wanted.join(', ')}`, () => {
    if (types().join() !== wanted.join()) throw new Error(`it heard ${types().join()}`);
    return true;
  });
const lineOf = (delivery: Delivery | undefined) => (delivery?.data.ledger as { line: number } | undefined)?.line ?? 0;
/** The order of the ledger, each once. */
const inOrder = () => {
  const lines = receiver.taken().map(lineOf);
  expect(lines).toEqual([...new Set(lines)].toSorted((a, b) => a - b));
};

test('a deployment with approval and its rollback: requested, approved, live, rolled back, with tickets and ids alone', async () => {
  await aTeam('    approvals: { required: 1, from: [U0BOB] }');
  const first = await land(team, 'SHOP-1 Add prices');
  await press(team, ALICE, first, 'Deploy');
  await press(team, BOB, first, 'Approve');
  await team.github.completeRun(Number((await stands(team, first, 'deploying')).run_id), { conclusion: 'success' });
  await heard('deployment.requested', 'deployment.approved', 'deployment.live');
  await land(team, 'Fix SHOP-2');
  const second = await land(team, 'Fix SHOP-3');
  await press(team, ALICE, second, 'Deploy');
  await press(team, BOB, second, 'Approve');
  const { run_id, deploy_id } = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, second, 'live');
  await press(team, ALICE, second, 'Roll back');
  await team.github.completeRun(Number((await stands(team, first, 'deploying')).run_id), { conclusion: 'success' });
  const release = ['deployment.requested', 'deployment.approved', 'deployment.live'];
  await heard(...release, ...release, 'deployment.requested', 'deployment.rolled_back');
  inOrder();
  const [live, back] = [receiver.taken()[5], receiver.taken()[7]];
  expect(live?.data).toEqual({
    ...{ service: 'shop', repository: 'acme/shop', deploy_id, kind: 'deploy', break_glass: false, sha: second },
    ...{ live_before: first, tickets: ['SHOP-3', 'SHOP-2'], actor: 'pushbutton', requested_by: ALICE, reason: null },
    ...{ run_url: expect.stringContaining(`/actions/runs/${run_id}`), ledger: expect.anything() },
  });
  expect(back?.data).toMatchObject({
    ...{ kind: 'rollback', sha: first, live_before: second, tickets: ['SHOP-3', 'SHOP-2'] },
  });
  const [line] = await team.rows<{ hash: string }>('select hash from ledger where seq = $1', [lineOf(live)]);
  expect(live?.data.ledger).toMatchObject({ hash: line?.hash });
  expect(JSON.stringify(receiver.attempts)).not.toMatch(/Fix|Alice|Octo/);
}, 60_000);

test('a deployment that fails, one that is withdrawn, and one that a break-glass request replaces have their ends', async () => {
  await aTeam('    approvals: { required: 1, from: [U0BOB] }\n    override: [U0ALICE]');
  const sha = await land(team, 'SHOP-1 Add prices');
  await press(team, ALICE, sha, 'Deploy');
  await press(team, ALICE, sha, 'Withdraw');
  await stands(team, sha, 'withdrawn');
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'waiting');
  await team.slack.command({ user: ALICE, channel: 'C0SHOP', text: `deploy shop ${sha} --override Checkout is down` });
  await team.github.completeRun(Number((await stands(team, sha, 'deploying')).run_id), { conclusion: 'failure' });
  await heard(
    ...['deployment.requested', 'deployment.withdrawn', 'deployment.requested', 'deployment.withdrawn'],
    ...['deployment.requested', 'deployment.failed'],
  );
  expect(
    receiver
      .taken()
      .slice(4)
      .map(({ data }) => [data.break_glass, data.reason]),
  ).toEqual([
    [true, 'Checkout is down'],
    [true, 'failure'],
  ]);
}, 60_000);

test('a receiver that was down hears everything afterwards, in order; meanwhile people release as always', async () => {
  await aTeam();
  await receiver.stop();
  const shas: string[] = [];
  for (const title of ['SHOP-1 Add prices', 'SHOP-2 Add a basket']) {
    const sha = await land(team, title);
    await release(team, sha);
    shas.push(sha);
  }
  await until(
    'the fault is known',
    async () => (await team.rows("select 1 from faults where name = 'change_ticket of shop'"))[0],
  );
  receiver = await startReceiver(receiver.port);
  await heard('deployment.requested', 'deployment.live', 'deployment.requested', 'deployment.live');
  expect(receiver.taken().map(({ data }) => data.sha)).toEqual([shas[0], shas[0], shas[1], shas[1]]);
  await until('the fault is over', async () => (await team.rows('select 1 from faults')).length === 0);
});

test('a job that is lost is found by the sweep', async () => {
  await aTeam();
  receiver.answers({ status: 503 });
  await release(team, await land(team));
  await until('the job is lost', async () => {
    const ofJob = "from graphile_worker.jobs where task_identifier = 'tell change ticket'";
    await team.rows(
      `select graphile_worker.complete_jobs(array_agg(id)) ${ofJob} and locked_at is null having count(*) > 0`,
    );
    return (await team.rows(`select 1 ${ofJob}`)).length === 0;
  });
  receiver.answers({ status: 200 });
  await heard('deployment.requested', 'deployment.live');
});

test('a delivery that is not accepted is repeated with the same id and a new signature, and the next one waits for it', async () => {
  await aTeam();
  receiver.answers((nth) => ({ status: nth <= 3 ? 500 : 200 }));
  await release(team, await land(team));
  await heard('deployment.requested', 'deployment.live');
  const { attempts } = receiver;
  expect(attempts.slice(0, 4).map(({ type }) => type)).toEqual(Array(4).fill('deployment.requested'));
  expect(new Set(attempts.slice(0, 4).map(({ id }) => id)).size).toBe(1);
  expect(attempts[4]?.id).not.toBe(attempts[0]?.id);
});

test('a receiver that limits is asked again when it says, also about news', async () => {
  await aTeam();
  receiver.answers((nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '3' } } : { status: 200 }));
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await until('it limits', () => receiver.attempts.length === 1);
  await team.github.completeRun(run, { conclusion: 'success' });
  await heard('deployment.requested', 'deployment.live');
  const [first, second] = receiver.attempts;
  expect((second?.cameAt ?? 0) - (first?.cameAt ?? 0)).toBeGreaterThan(2_900);
});

test('a receiver that is gone: operators are told, it is asked again seldom, and a new address is told what it missed', async () => {
  await aTeam();
  receiver.answers({ status: 410 });
  const first = await land(team, 'SHOP-1 Add prices');
  await release(team, first);
  await until('it says that it is gone', () => receiver.attempts.length === 1);
  await release(team, await land(team, 'SHOP-2 Add a basket'));
  await quiet(team);
  expect(receiver.attempts).toHaveLength(1);
  const [{ minutes } = { minutes: 0 }] = await team.rows<{ minutes: number }>(
    'select extract(epoch from rest_until - now())::float8 / 60 as minutes from change_tickets',
  );
  expect(minutes).toBeGreaterThan(58);
  await until('the operators are told', async () => {
    await team.rows("update turns set next_at = now() where name = 'faults'");
    await tellLastingFaults(team.pool, [OPS], PAUSES);
    await team.rows("update fault_news set since = since - interval '3 minutes'");
    return team.slack.dms(OPS).map(plainText).join().includes('change_ticket of shop: answers 410');
  });
  const other = await startReceiver();
  try {
    await restartedWith(other.url);
    await until('the new one hears all of it', () => other.taken().length === 4);
    expect(
      other
        .taken()
        .map(({ data }) => data.sha)
        .slice(0, 2),
    ).toEqual([first, first]);
  } finally {
    await other.stop();
  }
}, 60_000);

test('a redirect is not followed, and a body that never ends holds nobody up', async () => {
  await aTeam();
  const elsewhere = await startReceiver();
  try {
    receiver.answers((nth) => (nth === 1 ? { status: 307, headers: { location: elsewhere.url } } : 'endless'));
    await release(team, await land(team));
    await heard('deployment.requested', 'deployment.live');
    expect(receiver.attempts[0]?.status).toBe(307);
    expect(elsewhere.attempts).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
});

test('a receiver that never answers: after ten seconds the delivery is repeated, and no card waits for it', async () => {
  await aTeam();
  receiver.answers((nth) => (nth === 1 ? 'silence' : { status: 200 }));
  const sha = await land(team);
  await release(team, sha);
  await card(team, sha, ['live'], []);
  expect(receiver.attempts.map(({ status }) => status)).toEqual([0]);
  await heard('deployment.requested', 'deployment.live');
  const [first, second] = receiver.attempts;
  expect(second?.id).toBe(first?.id);
  expect((second?.cameAt ?? 0) - (first?.cameAt ?? 0)).toBeGreaterThan(9_900);
}, 60_000);

/** The replicas are replaced by one with this receiver, or with none. */
async function restartedWith(url: string | null): Promise<void> {
  await Promise.all(team.running.splice(0).map((one) => one.stop()));
  const keys = [Buffer.from(SECRETS.changeTicketSecret.slice(6), 'base64')];
  for (const service of team.config.services) {
    delete service.changeTicket;
    if (url !== null) service.changeTicket = { url, keys };
  }
  team.point(await team.start());
}

test('who gets a receiver hears of what happens from then on, and also of what happened while it was taken out for a moment', async () => {
  team = await startTeam({ config: configOf() });
  await release(team, await land(team));
  expect(await team.rows('select 1 from change_tickets')).toEqual([]);
  expect(await team.rows("select 1 from graphile_worker.jobs where task_identifier = 'tell change ticket'")).toEqual(
    [],
  );
  await restartedWith(receiver.url);
  const heardFirst = await land(team, 'Add a basket');
  await release(team, heardFirst);
  await heard('deployment.requested', 'deployment.live');
  expect(receiver.taken()[0]?.data.sha).toBe(heardFirst);
  await restartedWith(null);
  await release(team, await land(team, 'Add a till'));
  expect(receiver.attempts).toHaveLength(2);
  await restartedWith(receiver.url);
  await until('it hears of that too', () => receiver.taken().length === 4);
  await restartedWith(null);
  await release(team, await land(team, 'Add a door'));
  await team.rows("update change_tickets set left_at = left_at - interval '61 minutes'");
  await restartedWith(receiver.url);
  await release(team, await land(team, 'Add a window'));
  await until('it hears of what comes then', () => receiver.taken().length === 6);
  expect(
    receiver
      .taken()
      .map(({ data }) => data.sha)
      .filter((sha) => sha === heardFirst),
  ).toHaveLength(2);
  expect(team.logged.filter((line) => line.includes('no longer in the config'))).toHaveLength(2);
}, 60_000);

test('a replica that starts with an older config takes the receiver from nobody', async () => {
  await aTeam();
  const { services } = team.config;
  const kept = services.map(({ changeTicket }) => changeTicket);
  for (const service of services) delete service.changeTicket;
  await team.start();
  services.forEach((service, index) => {
    const receiverOf = kept[index];
    if (receiverOf) service.changeTicket = receiverOf;
  });
  await release(team, await land(team));
  await heard('deployment.requested', 'deployment.live');
  const left = () => team.rows('select 1 from change_tickets where left_at is not null');
  await until('the other replica says that it has one', async () => (await left()).length === 0);
});

test('three replicas and two services: each in its own order, none waits for the other', async () => {
  const other = await startReceiver();
  try {
    const till = `  - name: till
    repository: acme/till
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: C0SHOP
    deployers: [U0ALICE]
    change_ticket: { url: "${other.url}" }`;
    await aTeam('', {
      replicas: 3,
      config: configOf({ top: `change_ticket: { url: "${receiver.url}" }`, services: till }),
    });
    other.answers({ status: 503 });
    for (const title of ['Add prices', 'Add a basket', 'Add a till']) await release(team, await land(team, title));
    const pair = ['deployment.requested', 'deployment.live'];
    await heard(...pair, ...pair, ...pair);
    inOrder();
    expect(receiver.attempts).toHaveLength(6);
  } finally {
    await other.stop();
  }
}, 60_000);
