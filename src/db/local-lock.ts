import fs from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './local-process.js';

const held = new Set<string>();
const staleAfter = 120_000;
const giveUpAfter = 180_000;

/**
 * Runs `work` while holding the lock file exclusively; other callers, in this process too, wait up to three minutes.
 * Breaks a lock whose holder has died or that was not touched for two minutes. `work` calls `touch` to show it goes on.
 */
export async function withLockFile<T>(file: string, work: (touch: () => Promise<void>) => Promise<T>): Promise<T> {
  const until = Date.now() + giveUpAfter;
  while (!(await take(file))) {
    if (Date.now() > until) throw new Error(`another process has held ${file} for more than three minutes`);
    if (await isStale(file)) await breakLock(file);
    else await wait(50);
  }
  try {
    return await work(() => fs.utimes(file, new Date(), new Date()));
  } finally {
    held.delete(file);
    await fs.rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  if (held.has(file)) return false;
  held.add(file);
  try {
    await fs.writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    held.delete(file);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // On a full disk the file exists but is empty; the next caller would take it for one that is being written.
    await fs.rm(file, { force: true });
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  if (held.has(file)) return false;
  try {
    const pid = Number(await fs.readFile(file, 'utf8'));
    if (Date.now() - (await fs.stat(file)).mtimeMs > staleAfter) return true;
    // Our id but not held: from a process with the same id before a restart, as in containers. Empty: being written.
    return pid > 0 && (pid === process.pid || !isAlive(pid));
  } catch {
    return false;
  }
}

/** Two callers that find the same stale lock must not both remove it: the slower would remove the faster's new lock. */
async function breakLock(file: string): Promise<void> {
  const breaking = `${file}.breaking`;
  try {
    await fs.mkdir(breaking);
  } catch {
    const since = await fs.stat(breaking).then(
      (stat) => stat.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > 10_000) await fs.rm(breaking, { recursive: true, force: true });
    await wait(20);
    return;
  }
  try {
    if (await isStale(file)) await fs.rm(file, { force: true });
  } finally {
    await fs.rm(breaking, { recursive: true, force: true });
  }
}
