import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * A folder below the system's temporary folder that is made once and found again by the next bench. `what` says whose it
 * is and `name` what is in it, so that the same name is the same content. `make` fills a folder of another name, which is
 * renamed when it is complete. Throws if somebody else has put a folder there.
 */
export async function keptFolder(
  what: string,
  name: string,
  make: (unfinished: string, folder: string) => Promise<void>,
): Promise<string> {
  const above = path.join(os.tmpdir(), `pushbutton-${what}-${os.userInfo().username}`);
  await mkdir(above, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(above);
  // What is kept there is run: a folder that somebody else put there is not used.
  if (process.getuid && uid !== process.getuid()) throw new Error(`${above} belongs to another user`);
  const folder = path.join(above, name);
  if (await exists(folder)) return folder;
  const unfinished = await mkdtemp(path.join(above, 'unfinished-'));
  try {
    await make(unfinished, folder);
    // Another bench may have made it meanwhile; both are the same.
    if (!(await exists(folder))) await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

export const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

export async function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  // npm.cmd starts through a shell only; none of the arguments is anything but ours.
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: program.endsWith('.cmd') });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
  try {
    const [code] = await once(child, 'close');
    return { ok: code === 0, output };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/** `npm`, with what it says when all is well left out: the first line of the rest says why it failed. */
export const npm = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    cwd,
  );

/** The first line of what a program said is enough to see why it failed. */
export function must(what: string, { ok, output }: Ended): void {
  const first = output.split('\n').find((line) => line.trim() !== '');
  if (!ok) throw new Error(`${what} failed: ${first?.trim().slice(0, 300) ?? 'it said nothing'}`);
}
