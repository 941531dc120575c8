import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const before = new URL('./bot-process.js', import.meta.url).href;
/** What a process needs from the machine. Settings of a real Pushbutton in this terminal must not reach the demo. */
const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'TZ'];
const graceMs = 12_000;

/** One replica of the real bot, in its own process. */
export interface Bot {
  pid: number | null;
  /** Lets it begin, with these settings only. */
  begin(settings: Record<string, string>): void;
  /** Resolves to its address; rejects with its own last words if it ends first. */
  ready: Promise<string>;
  /** Resolves when the process is gone, with its last words. */
  ended: Promise<string>;
  /** Ends it as a platform does: gracefully, and after 12 s by force. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): void;
}

/**
 * Starts a process that loads the bot and waits to begin. Each line of its log goes to `log` with the replica's name in it.
 */
export function startBot({ name, log }: { name: string; log: Writable }): Bot {
  const environment: Record<string, string> = {};
  for (const known of inherited) {
    const value = process.env[known];
    if (value !== undefined) environment[known] = value;
  }
  const child = spawn(process.execPath, ['--import', before, program, 'start'], {
    env: environment,
    stdio: 'pipe',
  });
  // A write to a process that has just ended.
  child.stdin.on('error', () => {});
  const fatal: string[] = [];
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(fatal.join('; ') || (signal ?? `exit code ${code}`)));
  });
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = read(text);
      log.write(`${line ? JSON.stringify({ replica: name, ...line }) : text}\n`);
      if (line?.msg === 'ready' && typeof line.port === 'number') resolve(`http://127.0.0.1:${line.port}`);
      if (line?.level === 'fatal') fatal.push(String(line.msg));
    });
    void ended.then((why) => reject(new Error(`the bot did not start: ${why}`)));
  });
  // Whoever waits is told; if nobody waits any more, it is not the demo's fault.
  ready.catch(() => {});
  child.stderr.on('data', (text) => log.write(text));

  const isGone = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    pid: child.pid ?? null,
    begin: (settings) => void child.stdin.write(`${JSON.stringify(settings)}\n`),
    ready,
    ended,
    stop: async () => {
      if (isGone()) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function read(text: string): Record<string, unknown> | null {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? { ...line } : null;
  } catch {
    return null;
  }
}
