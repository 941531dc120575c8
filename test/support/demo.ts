import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The demo in its own process, started in a new folder; everything it printed, and how it ended. */
export interface RunningDemo {
  folder: string;
  process: ChildProcess;
  said: () => { stdout: string; stderr: string };
  /** Resolves to the address it printed; rejects with its output if it ended first. */
  address: () => Promise<string>;
  /** The process of its database server. */
  database: () => Promise<number>;
  /** Resolves to its exit code. */
  ended: Promise<number | null>;
  /** Ends it as Ctrl-C does, and removes its folder if it was made for it. */
  stop(): Promise<void>;
}

/** Starts the compiled demo on a free port unless `args` say otherwise. */
export async function runDemo({ args = ['--port', '0'], folder = '' } = {}): Promise<RunningDemo> {
  const build = process.env.PUSHBUTTON_TEST_BUILD;
  if (!build)
    throw new Error('PUSHBUTTON_TEST_BUILD is not set: the build comes from global-setup.js, run this by Jest');
  const own = folder === '';
  const cwd = own ? await fs.mkdtemp(path.join(os.tmpdir(), 'pushbutton-demo-test-')) : folder;
  // As root the database runs as another user, who must reach its data in here.
  if (own) await fs.chmod(cwd, 0o711);
  const child = spawn(process.execPath, [path.resolve(build, 'sandbox/demo.js'), ...args], {
    cwd,
    env: { ...process.env, PUSHBUTTON_DATA: '', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const address = () =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0];
        if (!found) return;
        child.stdout.off('data', look);
        resolve(found);
      };
      child.stdout.on('data', look);
      void ended.then((code) => reject(new Error(`the demo ended with ${code}: ${stdout}${stderr}`)));
      look();
    });
  return {
    folder: cwd,
    process: child,
    said: () => ({ stdout, stderr }),
    address,
    database: async () => {
      const file = path.join(cwd, '.pushbutton/demo/postgres/data/postmaster.pid');
      return Number((await fs.readFile(file, 'utf8')).split('\n')[0]);
    },
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      if (own) await fs.rm(cwd, { recursive: true, force: true });
    },
  };
}
