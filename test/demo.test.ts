import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { isAlive } from '../src/db/local-process.js';
import { type RunningDemo, runDemo } from './support/demo.js';
import { until } from './support/until.js';

const startMs = 60_000;
const running: RunningDemo[] = [];
const start = async (options?: Parameters<typeof runDemo>[0]) => {
  const demo = await runDemo(options);
  running.push(demo);
  return demo;
};
afterEach(async () => {
  for (const demo of running.splice(0).reverse()) await demo.stop();
});

interface State {
  channels: { id: string; items: { ts: string; alone: boolean; blocks: unknown }[] }[];
  ledger: { kind: string; actor: string; reason: string | null }[];
  runs: { workflow: string; state: string }[];
}

/** A person in front of the page, without the page. */
function person(address: string, user: string) {
  const state = async () => (await (await fetch(`${address}/api/state?user=${user}`)).json()) as State;
  const act = async (action: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}/api/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as { sha?: string; error?: string } };
  };
  /** What the person sees in #shop and says all of these words. */
  const sees = (...words: string[]) =>
    until(
      `${user} sees ${words.join(', ')}`,
      async () => {
        const shop = (await state()).channels.find((one) => one.id === 'C0SHOP');
        return shop?.items.find((one) => words.every((word) => JSON.stringify(one.blocks).includes(word)));
      },
      20_000,
    );
  return { state, act, sees };
}

/** The process of the demo's database server. */
async function postmaster(demo: RunningDemo): Promise<number> {
  const file = path.join(demo.folder, '.pushbutton/demo/postgres/data/postmaster.pid');
  return Number((await fs.readFile(file, 'utf8')).split('\n')[0]);
}

/** Where the demo's bot listens, by its log. */
async function botOf(demo: RunningDemo): Promise<string> {
  const log = await fs.readFile(path.join(demo.folder, '.pushbutton/demo/pushbutton.log'), 'utf8');
  return `http://127.0.0.1:${/"msg":"ready","port":(\d+)/.exec(log)?.[1]}`;
}

const answers = (address: string) =>
  fetch(address).then(
    () => true,
    () => false,
  );

test(
  'the demo prints its address, a pushed change is deployed from the page, and SIGTERM ends everything',
  async () => {
    const demo = await start();
    const address = await demo.address();
    const page = await fetch(address);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
    expect(parts).toEqual(expect.arrayContaining(['/page.js', '/page.css']));
    for (const part of parts) expect((await fetch(address + part)).status).toBe(200);

    const alice = person(address, 'U0ALICE');
    const pushed = await alice.act('push', { service: 'shop' });
    const sha = String(pushed.body.sha).slice(0, 7);
    expect(sha).toMatch(/^[0-9a-f]{7}$/);
    const card = await alice.sees(sha, 'passed staging');
    const press = { channel: 'C0SHOP', ts: card.ts, button: 'Deploy' };

    const bob = person(address, 'U0BOB');
    expect(await bob.act('click', { user: 'U0BOB', ...press })).toEqual({ status: 200, body: {} });
    expect((await bob.sees('not a deployer')).alone).toBe(true);
    expect(JSON.stringify((await alice.state()).channels)).not.toContain('not a deployer');

    await alice.act('click', { user: 'U0ALICE', ...press });
    await alice.sees(sha, '"live"');
    const { ledger, runs } = await alice.state();
    expect(ledger.map((line) => line.kind).reverse()).toEqual([
      'staging passed',
      'refused',
      'requested',
      'dispatching',
      'deploying',
      'live',
    ]);
    expect(runs.map((run) => `${run.workflow} ${run.state}`)).toEqual(['production success', 'staging success']);

    const database = await postmaster(demo);
    const bot = await botOf(demo);
    expect(await answers(bot)).toBe(true);
    expect(isAlive(database)).toBe(true);
    expect(demo.said().stderr).toBe('');

    demo.process.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
    expect(isAlive(database)).toBe(false);
    expect(await answers(address)).toBe(false);
    expect(await answers(bot)).toBe(false);
  },
  startMs,
);

test(
  'what cannot be done is answered with its reason, and the page of a stranger cannot act',
  async () => {
    const demo = await start();
    const address = await demo.address();
    const alice = person(address, 'U0ALICE');
    const nowhere = { user: 'U0ALICE', channel: 'C0SHOP', ts: '1.000000', button: 'Deploy' };
    expect(await alice.act('click', nowhere)).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('sees no message') },
    });
    expect(await alice.act('push', { service: 'nothing' })).toMatchObject({ status: 409 });
    expect(await alice.act('constructor', {})).toMatchObject({ status: 404 });
    expect((await fetch(`${address}/../package.json`)).status).toBe(404);
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"service":"shop"}' };
    expect((await fetch(`${address}/api/push`, plain)).status).toBe(415);
  },
  startMs,
);

test(
  'a second demo in the folder is one clear line, harms nothing, and after kill -9 the next start works',
  async () => {
    const first = await start();
    const address = await first.address();
    const second = await start({ folder: first.folder });
    expect(await second.ended).toBe(1);
    expect(second.said().stdout).toBe('');
    expect(second.said().stderr).toMatch(/^demo: another demo runs in [^\n]+PUSHBUTTON_DATA[^\n]*\n$/);
    expect((await fetch(`${address}/api/state?user=U0ALICE`)).status).toBe(200);

    const database = await postmaster(first);
    const bot = await botOf(first);
    expect(await answers(bot)).toBe(true);
    first.process.kill('SIGKILL');
    await first.ended;
    await until('the bot of the killed demo has ended', async () => !(await answers(bot)), 15_000);
    const third = await start({ folder: first.folder });
    const again = person(await third.address(), 'U0ALICE');
    expect((await again.state()).ledger).toEqual([]);
    expect(await postmaster(third)).toBe(database);
    await third.stop();
    expect(isAlive(database)).toBe(false);
  },
  startMs,
);

test('a port in use and a port that is none are one clear line each, and exit code 1', async () => {
  const taken = http.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const inUse = await start({ args: ['--port', String(port)] });
  expect(await inUse.ended).toBe(1);
  expect(inUse.said()).toEqual({ stdout: '', stderr: expect.stringMatching(/^demo: [^\n]+\n$/) });
  expect(inUse.said().stderr).toContain(`port ${port} is in use`);
  taken.close();

  for (const wrong of ['x', '65536', '-1', '80a']) {
    const refused = await start({ args: ['--port', wrong] });
    expect(await refused.ended).toBe(1);
    expect(refused.said()).toEqual({ stdout: '', stderr: expect.stringMatching(/^[^\n]+0 to 65535[^\n]*\n$/) });
  }
  expect(await fs.readdir(inUse.folder)).toEqual([]);
});
