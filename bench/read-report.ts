/**
 * Reads one test report and says what that took: `node read-report.js MODULE EXPORT ZIP [watched]`. A process of its own,
 * so that each reading starts with code that has not run yet, as it does in Pushbutton after a start. Only a watched one
 * knows how long it blocked the event loop, and watching takes time itself.
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

export interface ReadOnce {
  readonly tests: number;
  readonly tookMs: number;
  /** The most resident memory that the process had. */
  readonly peakMb: number;
  /** The longest turn of the event loop; 0 if nobody watched. */
  readonly blockMs: number;
}

type Reader = (zip: Uint8Array) => Promise<{ readonly total: number } | null>;

const [module = '', name = '', zip = '', watched] = process.argv.slice(2);
const read = ((await import(pathToFileURL(module).href)) as Record<string, Reader>)[name] as Reader;
const bytes = await readFile(zip);

let blockMs = 0;
let at = performance.now();
let used = process.cpuUsage();
function turn(): void {
  const { user, system } = process.cpuUsage(used);
  // Other work on the machine lengthens the time that passes, and threads that unpack the processor time: neither blocks.
  blockMs = Math.max(blockMs, Math.min(performance.now() - at, (user + system) / 1_000));
  at = performance.now();
  used = process.cpuUsage();
  watching = setImmediate(turn);
}
let watching = watched === 'watched' ? setImmediate(turn) : undefined;

const began = performance.now();
const report = await read(bytes);
const tookMs = performance.now() - began;
clearImmediate(watching);
// On Linux `maxRSS` begins with what the process that started this one had.
const status = process.platform === 'linux' ? await readFile('/proc/self/status', 'utf8') : '';
const peakMb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS) / 1_024;
console.log(JSON.stringify({ tests: report?.total ?? 0, tookMs, peakMb, blockMs } satisfies ReadOnce));
