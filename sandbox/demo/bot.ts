import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const endWithParent = new URL('./end-with-parent.js', import.meta.url).href;
/** What a process needs of the machine. Settings of a real Pushbutton in this terminal must not reach the demo. */
const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'TZ'];
const graceMs = 12_000;

/**
 * Starts the real bot in a process of its own, with these settings and no others; its log goes to the file. Resolves when it
 * is ready. Rejects with the bot's own last words when it ends before; `ended` is called when it ends by itself later.
 */
export async function startBot(options: {
  settings: Record<string, string>;
  logFile: string;
  ended: (why: string) => void;
}): Promise<{ url: string; stop(): Promise<void> }> {
  const environment: Record<string, string> = { ...options.settings };
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  const log = createWriteStream(options.logFile);
  const child = spawn(process.execPath, ['--import', endWithParent, program, 'start'], {
    env: environment,
    stdio: 'pipe',
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let stopping = false;
  const exited = once(child, 'exit');

  const fatal: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = read(text);
      if (line.msg === 'ready' && typeof line.port === 'number') resolve(`http://127.0.0.1:${line.port}`);
      if (line.level === 'fatal') fatal.push(String(line.msg));
    });
    child.once('close', (code) => {
      const why = fatal.join('; ') || `exit code ${code}`;
      reject(new Error(`the bot did not start: ${why}; its log is ${options.logFile}`));
      if (!stopping) options.ended(`the bot has ended: ${why}; its log is ${options.logFile}`);
    });
  });

  return {
    url,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
      log.end();
    },
  };
}

function read(text: string): { msg?: unknown; level?: unknown; port?: unknown } {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : {};
  } catch {
    return {};
  }
}
