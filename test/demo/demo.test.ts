import fs from 'node:fs/promises';
import { get } from 'node:http';
import { isAlive } from '../../src/db/local-process.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { person } from '../support/demo-person.js';
import { warningsIn } from '../support/process.js';
import { until } from '../support/until.js';

const testMs = 120_000;
let demo: RunningDemo;
let address: string;
const start = async () => {
  demo = await runDemo();
  address = await demo.address();
};
/** Those that find a demo as they leave it share one. */
beforeAll(start, 60_000);
afterAll(() => demo.stop());

test(
  'a failing change names its tests and passes when it is run again; of three in a row the newest carries Deploy',
  async () => {
    const alice = person(address, 'U0ALICE');
    const sha = await alice.push('shop', 'fails');
    expect((await alice.card(sha, 'failed staging', 'unit tests', '2 failed')).buttons).toEqual(['Re-run']);
    expect((await alice.state()).runs[0]?.jobs.map((job) => job.state)).toEqual(['success', 'failure', 'skipped']);
    await alice.press(sha, 'Re-run');
    await alice.card(sha, 'passed staging', 'attempt 2');

    const { body } = await alice.act('push', { service: 'search', outcome: 'passes', count: 3 });
    const [oldest = '', middle = '', newest = ''] = body.shas ?? [];
    expect((await alice.card(newest, 'passed staging')).buttons).toContain('Deploy');
    for (const one of [oldest, middle]) expect((await alice.card(one, 'superseded by')).buttons).toEqual([]);
    await alice.press(newest, 'What ships');
    await until('what ships is shown', async () => (await alice.state()).modal);
  },
  testMs,
);

test(
  'a guest and a stranger are refused, the page of a stranger cannot act, and what cannot be done says why',
  async () => {
    const alice = person(address, 'U0ALICE');
    const sha = await alice.push('shop');
    await alice.card(sha, 'passed staging');
    for (const [user, why] of [
      ['U0GUS', 'guest'],
      ['U0SAM', 'another workspace'],
      ['U0ERIN', 'not a deployer'],
      ['U0FAYE', 'not a deployer'],
    ] as const) {
      await person(address, user).press(sha, 'Deploy');
      await person(address, user).told(why);
    }
    expect(await alice.productionRuns(sha)).toEqual([]);

    const nowhere = { user: 'U0ALICE', channel: 'C0SHOP', ts: '1.000000', button: 'Deploy' };
    const refused: [action: string, body: object, status: number, why: string][] = [
      ['click', nowhere, 409, 'sees no message'],
      ['click', { ...nowhere, user: 'U0NOBODY' }, 400, 'nobody is called that'],
      ['push', { service: 'nothing' }, 409, 'no service nothing'],
      ['push', { service: 'shop', count: 4 }, 400, 'count'],
      ['fault', { id: 'flood', on: true }, 409, 'no fault flood'],
      ['kill', { replica: 'replica 9' }, 409, 'no replica 9'],
      ['command', { user: 'U0ALICE', channel: 'C0SHOP', text: 'hello' }, 409, '/release'],
      ['clock', { byMs: -60_000 }, 400, 'byMs'],
      ['constructor', {}, 404, 'not found'],
    ];
    for (const [action, body, status, why] of refused) {
      expect(await alice.act(action, body)).toEqual({ status, body: { error: expect.stringContaining(why) } });
    }
    for (const kind of ['state', 'events']) {
      expect((await fetch(`${address}/api/${kind}?user=U0NOBODY`)).status).toBe(409);
    }
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"service":"shop"}' };
    expect((await fetch(`${address}/api/push`, plain)).status).toBe(415);
    const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };
    expect((await fetch(`${address}/api/push`, broken)).status).toBe(400);
    expect((await fetch(`${address}/..%2f..%2fpackage.json`)).status).toBe(404);
    expect(await statusOf(`${address}`, '//')).toBe(400);
    expect((await fetch(`${address}/`)).status).toBe(200);
  },
  testMs,
);

describe('a fresh demo', () => {
  beforeEach(async () => {
    await demo.stop();
    await start();
  }, 60_000);

  test(
    'a pushed change is deployed from the page, who may not is told why, and SIGTERM ends everything',
    async () => {
      const page = await fetch(address);
      expect(page.headers.get('content-type')).toMatch(/^text\/html; ?charset=utf-8$/);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
      const html = await page.text();
      const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
      expect(parts).toEqual(expect.arrayContaining(['/page.js', '/page.css']));
      for (const part of parts) expect((await fetch(address + part)).status).toBe(200);

      const alice = person(address, 'U0ALICE');
      const sha = await alice.push('shop');
      const card = await alice.card(sha, 'passed staging', '203 tests');
      expect(card.buttons).toEqual(['Deploy', 'What ships']);
      const bob = person(address, 'U0BOB');
      expect(await bob.press(sha, 'Deploy')).toMatchObject({ status: 200, body: {} });
      await bob.told('not a deployer');
      expect((await alice.state()).channels.flatMap((one) => one.items).filter((one) => one.alone)).toEqual([]);

      // As a page would press: by the action id.
      await alice.act('click', { user: 'U0ALICE', channel: card.channel, ts: card.ts, button: 'deploy' });
      await alice.card(sha, 'live');
      expect(await alice.ledgerOf(sha)).toEqual([
        'staging passed',
        'refused',
        'requested',
        'dispatching',
        'deploying',
        'live',
      ]);
      const { runs, changes, bot } = await alice.state();
      expect(runs.map((run) => [run.workflow, run.state, run.jobs.map((job) => `${job.name} ${job.state}`)])).toEqual([
        ['production', 'success', ['deploy success', 'smoke test success']],
        ['staging', 'success', ['build success', 'unit tests success', 'staging smoke test success']],
      ]);
      const link = new URL(runs[0]?.url ?? '');
      const linked = await fetch(`${address}/github?path=${encodeURIComponent(link.pathname)}`);
      expect(await linked.text()).toMatch(new RegExp(`acme/shop, production.yml, run #1: success[^]*sha: ${sha}`));
      expect(changes).toMatchObject([{ sha, service: 'shop', staging: 'success', live: true }]);

      const database = await demo.database();
      const processes = [database, ...bot.replicas.flatMap((one) => one.pid ?? [])];
      expect(processes.filter(isAlive)).toEqual(processes);
      expect(demo.said().stderr).toBe('');
      demo.process.kill('SIGTERM');
      expect(await demo.ended).toBe(0);
      expect(processes.filter(isAlive)).toEqual([]);
      const [, log = ''] = /^the bot's log: (.+)$/m.exec(demo.said().stdout) ?? [];
      const logged = await fs.readFile(log, 'utf8');
      expect(logged).toContain('"msg":"ready"');
      expect(warningsIn(logged)).toEqual([]);
      await expect(fetch(address)).rejects.toThrow();
    },
    testMs,
  );

  test(
    'whoever watches is told of each change as it happens, and the ledger grows by hashes',
    async () => {
      const alice = person(address, 'U0ALICE');
      const watching = await fetch(`${address}/api/events?user=U0BOB`);
      expect(watching.headers.get('content-type')).toContain('text/event-stream');
      let text = '';
      const closing = new AbortController();
      const reading = (async () => {
        for await (const chunk of watching.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          if (closing.signal.aborted) return;
          text += chunk;
        }
      })().catch(() => {});
      const states = () => [...text.matchAll(/^data: (.*)\n\n/gm)].map((match) => JSON.parse(match[1] ?? ''));
      await until('the first state', () => states().length === 1);
      expect(states()[0]).toEqual(await person(address, 'U0BOB').state());

      const sha = await alice.push('search');
      await until('the failing change is told', () => states().at(-1).changes[0]?.sha === sha);
      await until('jobs move', () => states().at(-1).runs[0]?.jobs[1]?.state === 'in_progress');
      await alice.press(sha, 'Deploy', 'passed staging');
      await until('it is live', () => states().at(-1).changes[0]?.live === true, 30_000);
      const ledger = states().at(-1).ledger as { seq: number; hash: string }[];
      expect(ledger.map((one) => one.seq)).toEqual([5, 4, 3, 2, 1]);
      expect(new Set(ledger.map((one) => one.hash)).size).toBe(5);
      // A line that was shown stays as it was.
      const earlier = states().find((one) => one.ledger.length > 0);
      expect(ledger.slice(-earlier.ledger.length)).toEqual(earlier.ledger);
      closing.abort();
      await demo.stop();
      await reading;
    },
    testMs,
  );
});

/** A path as it stands: fetch would tidy it up. */
function statusOf(origin: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}
