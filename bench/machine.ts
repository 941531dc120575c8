import os from 'node:os';

/** The machine in one line: timings mean nothing without it. */
export function machine(): string {
  const processors = os.cpus();
  const model = processors[0]?.model.trim() || 'unknown processor';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${processors.length} x ${model}, ${memory} GB, ${os.type()} ${os.release()}, Node ${process.versions.node}`;
}

/** How busy it was: processes that wanted to run in the minute before. 0 if the system does not say. */
export const load = (): string => (os.loadavg()[0] ?? 0).toFixed(1);
