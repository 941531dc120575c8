import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

/** The account that the database runs as; empty means the account of this process. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * Runs a program to its end; never rejects. `ok` means exit code 0; `output` is the text of both streams, or why the
 * program could not be started. The program does not inherit our environment, which holds tokens.
 */
export function run(
  file: string,
  args: string[],
  options: { account: Account; cwd: string; seconds: number; environment?: Record<string, string> },
): Promise<{ ok: boolean; output: string }> {
  const environment: Record<string, string> = { LC_ALL: 'C', ...options.environment };
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, {
      ...options.account,
      cwd: options.cwd,
      env: environment,
      timeout: options.seconds * 1000,
      windowsHide: true,
      // Only this process reacts to Ctrl-C: an interrupted version check would look like a program that does not run.
      detached: process.platform !== 'win32',
      // On Windows the server would inherit the pipes and hold them open.
      stdio: process.platform === 'win32' ? 'ignore' : ['ignore', 'pipe', 'pipe'],
    });
    const collect = (text: Buffer) => {
      output += text.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code, signal) => {
      resolve({ ok: code === 0, output: output.trim() || `${file} ended with ${signal ?? `exit code ${code}`}` });
    });
  });
}

/** Whether a process with this id is running; a killed process that is not yet reaped does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Whether something accepts connections on this port of 127.0.0.1 within a second. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
  });
}
