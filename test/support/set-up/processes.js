// Runs programs of Node's in the repository, and ends them when the run is stopped.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const running = new Map();
let stopping = false;

/** Whether somebody has stopped the run. */
export const isStopping = () => stopping;

/**
 * Runs Node with these arguments. Returns what it printed; with `shown`, the terminal shows that instead. Never resolves once
 * the run is stopped.
 */
export function run(args, { shown = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const stdio = shown ? 'inherit' : 'pipe';
    // The compiler starts another program, so both are ended as a group. Jest is shown, and gets Ctrl-C from the terminal.
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', stdio, stdio], detached: !shown });
    running.set(child, shown ? child.pid : -child.pid);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        printed += text;
      });
    }
    child.once('close', (code, signal) => {
      running.delete(child);
      if (!stopping) resolve({ ok: code === 0, how: signal ?? `exit code ${code}`, printed });
    });
  });
}

/** Ends everything that runs, and waits until it is gone. */
export async function stopAll() {
  stopping = true;
  const ended = [...running.keys()].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const pid of running.values()) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It has just ended.
    }
  }
  await Promise.all(ended);
}
