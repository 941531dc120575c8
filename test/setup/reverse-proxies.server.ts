import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blocks, section, textOf } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, SECRETS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The chapter "Behind a reverse proxy", with the nginx, haproxy and apache2 on the PATH: `.ci/run` has them. */
const chapter = section(textOf('docs/setup.md'), 'Behind a reverse proxy');
const MOST = 25 * 1024 * 1024;

interface Sample {
  readonly whole: string;
  readonly below: string;
}
const sample = (language: string): Sample => {
  const [whole = '', below = ''] = blocks(chapter, language);
  return { whole, below };
};

const found = (name: string): string =>
  (process.env.PATH ?? '')
    .split(':')
    .map((one) => path.join(one, name))
    .find((one) => existsSync(one)) ?? `${name} is not on the PATH`;

let team: Team;
let folder: string;
let child: ChildProcess | null = null;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team.stop());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-reverse-'));
  // nginx reads and writes there as nobody.
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  if (child?.exitCode === null) {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }
  child = null;
  rmSync(folder, { recursive: true });
});

/** Starts one of them with a sample of the page, in front of the replica, and returns its address. */
async function start(
  how: (at: string, settings: string) => [name: string, settings: string, args: string[]],
  text: string,
) {
  const at = `127.0.0.1:${await freePort()}`;
  const settings = text.replaceAll('127.0.0.1:3000', `127.0.0.1:${team.running[0]?.port}`);
  const [name, whole, args] = how(at, settings.trim());
  writeFileSync(path.join(folder, 'settings'), whole);
  let printed = '';
  const running = spawn(found(name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.on('error', (error) => {
    printed += error.message;
  });
  for (const stream of [running.stdout, running.stderr]) stream.on('data', (bytes) => (printed += String(bytes)));
  child = running;
  const ended = () => running.exitCode !== null || running.pid === undefined;
  await until('it passes requests on', async () => {
    if (ended()) return true;
    const answer = await fetch(`http://${at}/`).catch(() => null);
    return answer !== null && answer.status !== 503;
  });
  if (ended()) throw new Error(`${name} ended: ${printed}`);
  return `http://${at}`;
}

const file = () => path.join(folder, 'settings');
const nginx = (at: string, settings: string): [string, string, string[]] => [
  'nginx',
  `daemon off; pid ${folder}/pid; error_log stderr; events {}
   http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/${one};`).join(' ')}
   server { listen ${at}; ${settings} } }`,
  ['-p', folder, '-e', 'stderr', '-c', file()],
];
const haproxy = (at: string, settings: string): [string, string, string[]] => [
  'haproxy',
  `frontend all\n  mode http\n  timeout client 30s\n  bind ${at}\n  default_backend pushbutton\n${settings}\n`,
  ['-db', '-f', file()],
];
const apache = (at: string, settings: string): [string, string, string[]] => [
  'apache2',
  [
    ...[`Listen ${at}`, 'ServerName localhost', `ServerRoot ${folder}`, `PidFile ${folder}/pid`],
    ...[`ErrorLog ${folder}/log`, `DefaultRuntimeDir ${folder}`],
    ...['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map(
      (one) => `LoadModule ${one}_module ${path.join(found('apache2'), `../../lib/apache2/modules/mod_${one}.so`)}`,
    ),
    `${settings}\n`,
  ].join('\n'),
  ['-X', '-f', file()],
];

/** A signed delivery of that many bytes, which says nothing that is used. */
async function deliver(to: string, bytes: number): Promise<number> {
  const body = JSON.stringify({ zen: 'ü'.repeat(10), rest: '' });
  const whole = body.replace('"rest":""', `"rest":"${'x'.repeat(bytes - Buffer.byteLength(body))}"`);
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'ping',
    'x-github-delivery': `of-${bytes}-bytes`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRETS.webhookSecret).update(whole).digest('hex')}`,
  };
  const answer = await fetch(`${to}/github/webhooks`, { method: 'POST', headers, body: whole });
  await answer.arrayBuffer();
  return answer.status;
}

const { whole: inHaproxy, below: line } = sample('haproxy');
const lineBefore = inHaproxy.replace(/^( *)server /m, (server, indent) => `${indent}${line.trim()}\n${server}`);
test.each([
  ['nginx', nginx, sample('nginx').whole, ''],
  ['nginx, below a path', nginx, sample('nginx').below, '/pushbutton'],
  ['HAProxy', haproxy, inHaproxy, ''],
  ['HAProxy, below a path', haproxy, lineBefore, '/pushbutton'],
  ['Apache', apache, sample('apache').whole, ''],
  ['Apache, below a path', apache, sample('apache').below, '/pushbutton'],
] as const)('%s: signed requests arrive as they were sent, the largest of GitHub too', async (_, how, text, prefix) => {
  const to = (await start(how, text)) + prefix;
  team.slack.setEventsUrl(`${to}/slack/events`);
  team.github.setWebhookUrl(`${to}/github/webhooks`);
  const sha = await land(team, `Behind ${_}: „üé" & <b>`);
  expect((await press(team, ALICE, sha, 'Deploy')).status).toBe(200);
  const { run_id: run } = await stands(team, sha, 'deploying');
  await team.github.startRun(Number(run));
  await team.github.completeRun(Number(run), { conclusion: 'success' });
  await stands(team, sha, 'live');
  expect([await deliver(to, 2 * 1024 * 1024), await deliver(to, MOST)]).toEqual([202, 202]);
});

test('nginx without the line refuses what is over a megabyte, and a prefix that is kept is not found', async () => {
  const to = await start(
    nginx,
    sample('nginx')
      .below.replace(/client_max_body_size.*;/, '')
      .replace(':3000/;', ':3000;'),
  );
  expect(await deliver(`${to}/pushbutton`, 2 * 1024 * 1024)).toBe(413);
  expect(await deliver(`${to}/pushbutton`, 1_000)).toBe(404);
});
