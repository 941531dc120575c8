import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import type { Build } from './against.js';
import { type Line, programOf, startNode } from './children.js';
import { until } from './until.js';

/** The product as `npm start` runs it. */
export interface Product {
  readonly url: string;
  /** Milliseconds from the start of the process until /readyz answers 200. */
  readonly readyMs: number;
  /** Resident memory in MB, as the operating system counts it. */
  readonly residentMb: () => Promise<number>;
  /** Processor time that it has used since its start, in milliseconds. */
  readonly processorMs: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** As in the `start` script of package.json. */
export const AS_STARTED = ['--max-semi-space-size=2', '--max-old-space-size=512'];

/**
 * Starts `pushbutton start` of a build with these settings only. `profiles`: a folder where it writes a CPU profile when
 * it is stopped. `heard` gets every line of its log.
 */
export async function startProduct(
  { root }: Build,
  settings: Readonly<Record<string, string>>,
  profiles?: string,
  heard?: (line: Line) => void,
): Promise<Product> {
  if (profiles) await mkdir(profiles, { recursive: true });
  const node = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const began = performance.now();
  const args = [
    ...AS_STARTED,
    ...node,
    '--import',
    programOf('bench/end-with-parent'),
    programOf('src/cli', root),
    'start',
  ];
  const child = await startNode(args, { PORT: '0', ...settings }, ({ msg }) => msg === 'ready', heard);
  const url = `http://127.0.0.1:${String(child.ready.port)}`;
  // On a busy machine one of its checks may be late the first time.
  try {
    await until('/readyz answers 200', async () => (await fetch(`${url}/readyz`)).ok);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const readyMs = performance.now() - began;
  const pid = child.process.pid as number;
  return { url, readyMs, residentMb: () => residentMb(pid), processorMs: () => processorMs(pid), stop: child.stop };
}

async function residentMb(pid: number): Promise<number> {
  const kilobytes =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return Number(kilobytes) / 1_024;
}

/** A tick of the clock by which Linux counts processor time, on every system of today (`getconf CLK_TCK`). */
const TICK_MS = 10;

async function processorMs(pid: number): Promise<number> {
  if (process.platform === 'linux') {
    // The name of the program may hold anything; the fields after it are counted from its end (proc(5)).
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1_000;
}
