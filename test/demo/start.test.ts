import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isAlive } from '../../src/db/local-process.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { person } from '../support/demo-person.js';
import { until } from '../support/until.js';

const testMs = 120_000;
const running: RunningDemo[] = [];
const start = async (options?: Parameters<typeof runDemo>[0]) => {
  const demo = await runDemo(options);
  running.push(demo);
  return demo;
};
afterEach(async () => {
  for (const demo of running.splice(0).reverse()) await demo.stop();
});
const oneLine = (...words: string[]) =>
  expect.stringMatching(new RegExp(`^demo: [^\\n]*${words.join('[^\\n]*')}[^\\n]*\\n$`));
const pidsOf = async (demo: RunningDemo) => {
  const { bot } = await person(await demo.address(), 'U0ALICE').state();
  return bot.replicas.flatMap((one) => one.pid ?? []);
};

test(
  'a port in use, a port that is none and an option that is none are one clear line each, and exit code 1',
  async () => {
    const taken = http.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const inUse = await start({ args: ['--port', String(port)] });
    expect(await inUse.ended).toBe(1);
    expect(inUse.said()).toEqual({ stdout: '', stderr: oneLine(`port ${port} is in use`, '--port') });
    taken.close();
    expect(await fs.readdir(inUse.folder)).toEqual([]);

    for (const wrong of [
      ['--port', 'x'],
      ['--port', '70000'],
      ['--port', '-1'],
      ['--port', '80a'],
    ]) {
      const refused = await start({ args: wrong });
      expect(await refused.ended).toBe(1);
      expect(refused.said()).toEqual({ stdout: '', stderr: oneLine('0 to 65535') });
    }
    const unknown = await start({ args: ['--prot', '0'] });
    expect(await unknown.ended).toBe(1);
    expect(unknown.said().stderr.split('\n')[0]).toBe("demo: unknown option '--prot'");
  },
  testMs,
);

test(
  'a folder that is a file is one clear line, and exit code 1',
  async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'pushbutton-demo-test-'));
    await fs.writeFile(path.join(folder, '.pushbutton'), 'not a folder');
    const demo = await start({ folder });
    expect(await demo.ended).toBe(1);
    expect(demo.said()).toEqual({ stdout: '', stderr: oneLine('leads through a file', 'PUSHBUTTON_DATA') });
    await fs.rm(folder, { recursive: true });
  },
  testMs,
);

test(
  'a second demo in the folder is one clear line and harms nothing; after kill -9 the next start works',
  async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'pushbutton-demo-test-ä b '));
    await fs.chmod(folder, 0o711);
    const first = await start({ folder });
    const alice = person(await first.address(), 'U0ALICE');
    const sha = await alice.push('shop');
    await alice.card(sha, 'passed staging');
    const second = await start({ folder });
    expect(await second.ended).toBe(1);
    expect(second.said()).toEqual({ stdout: '', stderr: oneLine('another demo runs in', 'PUSHBUTTON_DATA') });
    await alice.press(sha, 'Deploy');
    await alice.card(sha, 'live');

    const database = await first.database();
    const bots = await pidsOf(first);
    expect(bots.filter(isAlive)).not.toEqual([]);
    first.process.kill('SIGKILL');
    await first.ended;
    await until('the bots of the killed demo have ended', () => !bots.some(isAlive), 15_000);
    const third = await start({ folder });
    expect((await person(await third.address(), 'U0ALICE').state()).ledger).toEqual([]);
    expect(await third.database()).toBe(database);
    await third.stop();
    expect(isAlive(database)).toBe(false);
    await fs.rm(folder, { recursive: true });
  },
  testMs,
);

test(
  'a demo whose database ends says so and ends, with its bots',
  async () => {
    const demo = await start();
    const bots = await pidsOf(demo);
    process.kill(await demo.database(), 'SIGKILL');
    expect(await demo.ended).toBe(1);
    expect(demo.said().stderr).toEqual(oneLine('the database has ended'));
    expect(bots.filter(isAlive)).toEqual([]);
  },
  testMs,
);

test(
  'whatever signal comes at whatever moment of the start, nothing stays behind',
  async () => {
    // The first start makes the data, which takes the longest.
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'pushbutton-demo-test-'));
    await fs.chmod(folder, 0o711);
    const file = path.join(folder, '.pushbutton/demo/pushbutton.log');
    const data = path.join(folder, '.pushbutton/demo/postgres');
    const moments: [signal: NodeJS.Signals, moment: string, has: (demo: RunningDemo) => Promise<unknown> | unknown][] =
      [
        ['SIGTERM', 'the data are made', () => fs.stat(path.join(data, 'data.unfinished'))],
        ['SIGINT', 'the database starts', () => fs.stat(path.join(data, 'data/postmaster.pid'))],
        ['SIGHUP', 'the bot begins', () => fs.stat(file)],
        ['SIGINT', 'the bot is ready', async () => (await fs.readFile(file, 'utf8')).includes('"ready"')],
      ];
    for (const [signal, moment, has] of moments) {
      await fs.rm(file, { force: true });
      const demo = await start({ folder });
      await until(moment, () => has(demo), 30_000);
      const children = await childrenOf(demo.process.pid);
      expect(children).not.toEqual([]);
      demo.process.kill(signal);
      expect(await demo.ended).toBe(0);
      expect(demo.said().stderr).toBe('');
      expect(children.filter(isAlive)).toEqual([]);
      await expect(demo.database()).rejects.toThrow('ENOENT');
    }
    await fs.rm(folder, { recursive: true });
  },
  testMs,
);

/** The processes that a process has started and that still run. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const found = await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return found.split(' ').filter(Boolean).map(Number);
}
