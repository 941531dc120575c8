import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process started by the bench. */
export interface Child {
  readonly process: ChildProcess;
  /** Asks it to end, and forces it to end after `GRACE_MS`. */
  readonly stop: () => Promise<void>;
}

export type Line = Readonly<Record<string, unknown>>;

/** What a process needs from the machine; settings of a real Pushbutton in this terminal must not reach the bench. */
const INHERITED = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'TZ'];
const GRACE_MS = 15_000;
/** A busy machine, and another build with a thousand services, take their time. */
const START_MS = 180_000;

/** A compiled program of this build, or of another one whose folder is `root`. */
export const programOf = (name: string, root: string | null = null): string =>
  root === null ? fileURLToPath(new URL(`../${name}.js`, import.meta.url)) : path.join(root, 'dist', `${name}.js`);

export function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const kept = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...settings };
}

/**
 * Starts one of our Node programs and waits for the line that `isReady` accepts: the JSON it prints, else `{ text }`.
 * Rejects with the program's last words if it ends first, or after three minutes. `heard` gets every line that it prints.
 */
export async function startNode(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  isReady: (line: Line) => boolean,
  heard: (line: Line) => void = () => {},
): Promise<Child & { readonly ready: Line }> {
  const child = spawn(process.execPath, args, { env: environment(settings), stdio: ['pipe', 'pipe', 'pipe'] });
  const program = args.find((arg, n) => !arg.startsWith('-') && args[n - 1] !== '--import');
  const last: string[] = [];
  const exited = once(child, 'exit');
  let timer: NodeJS.Timeout | undefined;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(kill);
  };
  const said = (text: string) => {
    last.push(text);
    if (last.length > 5) last.shift();
  };
  createInterface({ input: child.stderr }).on('line', said);
  try {
    const ready = await new Promise<Line>((resolve, reject) => {
      let found = false;
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = read(text);
        heard(line);
        if (found) return;
        said(text);
        found = isReady(line);
        if (found) resolve(line);
      });
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`${program} ended with ${code}: ${last.join(' | ')}`)));
      timer = setTimeout(() => reject(new Error(`${program} was not ready in three minutes`)), START_MS);
    });
    return { process: child, stop, ready };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function read(text: string): Line {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? (line as Line) : { text };
  } catch {
    return { text };
  }
}
