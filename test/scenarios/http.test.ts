import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { polledOnce } from '../support/deliveries.js';
import { readyz } from '../support/outage.js';
import { card, counts, land, quiet, stands, withButton } from '../support/releases.js';
import { ALICE, BOB, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';
import { wayTo } from '../support/way.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const address = () => `http://127.0.0.1:${team.running[0]?.port}`;

const ready = (port = team.running[0]?.port) => readyz(port);

/** Posts a signed form to POST /slack/events; `at` in seconds. */
async function signed(body: string, how: { at?: number; secret?: string; type?: string; unsigned?: boolean } = {}) {
  const at = String(Math.floor(how.at ?? Date.now() / 1_000));
  const signature = createHmac('sha256', how.secret ?? SECRETS.signingSecret)
    .update(`v0:${at}:${body}`)
    .digest('hex');
  const stamped: Record<string, string> = how.unsigned
    ? {}
    : { 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${signature}` };
  const headers = { 'content-type': how.type ?? 'application/x-www-form-urlencoded', ...stamped };
  return (await fetch(`${address()}/slack/events`, { method: 'POST', body, headers })).status;
}

const STATUS = new URLSearchParams({
  command: '/release',
  text: 'status',
  user_id: BOB,
  team_id: 'T0HOME',
  channel_id: SHOP,
  trigger_id: 'none',
}).toString();

test('/healthz and /readyz answer 200 while all is well', async () => {
  expect((await fetch(`${address()}/healthz`)).status).toBe(200);
  expect(await ready()).toMatchObject({ status: 200, problems: {}, warnings: [] });
});

test('HEAD is answered as GET is, without a body: load balancers and monitors probe with it', async () => {
  for (const path of ['/healthz', '/readyz', '/healthz?from=probe']) {
    const [got, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(`${address()}${path}`, { method })));
    expect([path, head?.status, await head?.text()]).toEqual([path, 200, '']);
    for (const name of ['content-type', 'content-length']) expect(head?.headers.get(name)).toBe(got?.headers.get(name));
  }
  const statusOf = async (path: string) => (await fetch(`${address()}${path}`, { method: 'HEAD' })).status;
  expect([await statusOf('/slack/events'), await statusOf('/github/webhooks'), await statusOf('/')]).toEqual([
    405, 405, 404,
  ]);
  const refused = await fetch(`${address()}/readyz`, { method: 'POST' });
  expect(refused.headers.get('allow')).toBe('GET, HEAD');
  expect((await fetch(`${address()}/github/webhooks`)).headers.get('allow')).toBe('POST');
});

test('an unknown path answers 404, and a known path with the wrong method answers 405', async () => {
  const asked = async (method: string, path: string) => (await fetch(`${address()}${path}`, { method })).status;
  for (const path of [
    '/',
    '/slack',
    '/slack/events/',
    '/github',
    '/metrics',
    '/HEALTHZ',
    '/healthz/x',
    '/..%2f',
    '//',
  ]) {
    expect([path, await asked('GET', path)]).toEqual([path, 404]);
    expect([path, await asked('POST', path)]).toEqual([path, 404]);
  }
  for (const path of ['/slack/events', '/github/webhooks']) {
    for (const method of ['GET', 'PUT', 'DELETE']) expect([path, await asked(method, path)]).toEqual([path, 405]);
  }
  for (const path of ['/healthz', '/readyz']) expect(await asked('POST', path)).toBe(405);
  expect((await fetch(`${address()}/healthz?from=probe`)).status).toBe(200);
});

/** A replica whose way to the database can be cut, or fall silent. */
async function replicaBehind() {
  const way = await wayTo(team.databaseUrl);
  const replica = await team.start(way.url);
  return { port: replica.port, set: way.set, stop: way.stop };
}

test.each(['cut', 'silent'] as const)(
  'a database whose line is %s is 503 within two seconds, and 200 again when it is back',
  async (way) => {
    const replica = await replicaBehind();
    await until('it is ready', async () => (await ready(replica.port)).status === 200);
    replica.set(way);
    const gone = await ready(replica.port);
    expect(gone).toMatchObject({ status: 503, problems: { database: expect.any(String) } });
    expect(gone.ms).toBeLessThan(2_000);
    expect((await fetch(`http://127.0.0.1:${replica.port}/healthz`)).status).toBe(200);
    replica.set('open');
    await until('it is ready again', async () => (await ready(replica.port)).status === 200, 15_000);
    await replica.stop();
  },
);

test('a fault of a workflow that is no longer in the config is not a warning after the next start', async () => {
  const fault = 'GitHub answers 404 Not Found';
  await team.rows('insert into faults (name, fault) values ($1, $2)', [
    'repository acme/shop, workflow stagin.yml',
    fault,
  ]);
  expect((await ready()).warnings).toEqual([`repository acme/shop, workflow stagin.yml: ${fault}`]);
  const next = await team.start();
  expect((await ready(next.port)).warnings).toEqual([]);
});

test('a replica stays ready while GitHub is down', async () => {
  team.github.fail('*', { kind: 'status', status: 503 }, Number.POSITIVE_INFINITY);
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships'], 20_000);
  expect(await ready()).toMatchObject({ status: 200, problems: {} });
});

test('a request without a valid Slack signature, or with an old or future timestamp, is refused and leaves no trace', async () => {
  const now = Date.now() / 1_000;
  const before = await counts(team, 'inbox', 'ledger');
  expect(await signed(STATUS, { unsigned: true })).toBe(401);
  expect(await signed(STATUS, { secret: 'another secret' })).toBe(401);
  expect(await signed(STATUS, { at: now - 301 })).toBe(401);
  expect(await signed(STATUS, { at: now - 86_400 })).toBe(401);
  expect(await signed(STATUS, { at: now + 302 })).toBe(401);
  expect(await signed(STATUS, { at: now + 86_400 })).toBe(401);
  expect(await signed('')).not.toBe(200);
  expect(await counts(team, 'inbox', 'ledger')).toEqual(before);
  expect(await signed(STATUS)).toBe(200);
});

test('a form is accepted whatever its charset', async () => {
  for (const charset of ['; charset=utf-8', ';charset=UTF-8', '; charset=iso-8859-1']) {
    expect([charset, await signed(STATUS, { type: `application/x-www-form-urlencoded${charset}` })]).toEqual([
      charset,
      200,
    ]);
  }
  expect(await signed(STATUS, { type: 'Application/X-WWW-Form-URLencoded' })).toBe(200);
});

test('a click that Slack resends byte for byte changes nothing', async () => {
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  const { request: bytes } = await team.slack.click({ user: ALICE, channel: on.channel, ts: on.ts, button: 'Deploy' });
  await stands(team, sha, 'deploying');
  await quiet(team);
  const rows = () => counts(team, 'deployments', 'approvals', 'inbox', 'ledger');
  const before = await rows();
  for (let time = 1; time <= 3; time += 1) {
    const again = await team.slack.replay(bytes, {
      'x-slack-retry-num': String(time),
      'x-slack-retry-reason': 'http_timeout',
    });
    expect(again.status).toBe(200);
  }
  await Promise.all([team.slack.replay(bytes), team.slack.replay(bytes)]);
  await quiet(team);
  expect(await rows()).toEqual(before);
  expect(team.slack.ephemerals(ALICE)).toEqual([]);
  expect(team.production()).toHaveLength(1);
});

test('a body over 4 MB is refused, with or without a content length', async () => {
  const body = `${STATUS}&more=${'x'.repeat(4 * 1024 * 1024)}`;
  const post = (chunked: boolean) =>
    new Promise<number>((resolve, reject) => {
      const at = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', SECRETS.signingSecret).update(`v0:${at}:${body}`).digest('hex');
      const outgoing = request(`${address()}/slack/events`, {
        method: 'POST',
        agent: false,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': at,
          'x-slack-signature': `v0=${signature}`,
          ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) }),
        },
      });
      outgoing.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  for (const chunked of [false, true]) {
    const status = await post(chunked);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  }
  expect((await fetch(`${address()}/healthz`)).status).toBe(200);
});

test('many large bodies at once are not all held in memory: some are refused, and a command still gets through', async () => {
  const held = Array.from({ length: 20 }, () => {
    const outgoing = request(`${address()}/slack/events`, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': 3 * 1024 * 1024,
        'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000)),
        'x-slack-signature': `v0=${'0'.repeat(64)}`,
      },
    });
    const answer = { status: 0 };
    outgoing.on('response', (response) => {
      answer.status = response.statusCode ?? 0;
      response.resume();
    });
    outgoing.on('error', () => {});
    outgoing.write('x'.repeat(100_000));
    return { outgoing, answer };
  });
  await until('four are sent away', () => held.filter(({ answer }) => answer.status === 503).length === 4);
  expect(await signed(STATUS)).toBe(200);
  for (const { outgoing } of held) outgoing.destroy();
  await until('their place is free', async () => {
    const body = `${STATUS}&more=${'x'.repeat(300 * 1024)}`;
    return (await signed(body)) === 200;
  });
});

test('deeply nested bodies and overlong headers and paths are answered and crash nothing', async () => {
  const before = await counts(team, 'inbox', 'ledger');
  const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  for (const body of [
    deep,
    `{"action":"completed","workflow_run":${deep}}`,
    `{"repository":{"id":1,"owner":${deep}}}`,
  ]) {
    const digest = createHmac('sha256', SECRETS.webhookSecret).update(body).digest('hex');
    const answer = await fetch(`${address()}/github/webhooks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'workflow_run',
        'x-github-delivery': 'deep',
        'x-hub-signature-256': `sha256=${digest}`,
      },
    });
    expect([202, 400, 413]).toContain(answer.status);
  }
  const form = new URLSearchParams({ payload: `{"type":"block_actions","actions":${deep}}` }).toString();
  expect(await signed(form)).toBeGreaterThanOrEqual(400);
  const long = await fetch(`${address()}/${'x'.repeat(10_000)}`);
  expect(long.status).toBe(404);
  const heavy = await fetch(`${address()}/healthz`, { headers: { 'x-heavy': 'y'.repeat(40_000) } });
  expect(heavy.status).toBe(431);
  expect(await counts(team, 'inbox', 'ledger')).toEqual(before);
  expect(await ready()).toMatchObject({ status: 200, problems: {} });
});
