import { format } from 'node:util';
import { clipped } from './clip.js';
import type { Log } from './log.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * Sends everything that the process prints through the log: `console`, what a library writes to stdout or stderr,
 * Node's own warnings, and the error that ends the process (logged as fatal, exit code 1).
 * Returns a function that undoes this.
 */
export function takeOverStreams(log: Log): () => void {
  const undo = [takeConsole(log), takeStream(log, process.stdout, 'info'), takeStream(log, process.stderr, 'warn')];

  const warned = (warning: Error) => log.warn({ err: warning }, 'a warning from Node');
  const before = process.listeners('warning');
  // Node's own listener prints to stderr even if there are other listeners.
  process.removeAllListeners('warning');
  process.on('warning', warned);

  const died = (error: unknown) => {
    log.fatal({ err: error }, 'ended by an uncaught error');
    process.exit(1);
  };
  process.on('uncaughtException', died);
  process.on('unhandledRejection', died);

  return () => {
    for (const step of undo) step();
    process.off('warning', warned);
    for (const listener of before) process.on('warning', listener);
    process.off('uncaughtException', died);
    process.off('unhandledRejection', died);
  };
}

const consoleLevels = {
  log: 'info',
  info: 'info',
  dir: 'info',
  table: 'info',
  debug: 'debug',
  trace: 'debug',
  warn: 'warn',
  error: 'error',
} as const satisfies Partial<Record<keyof Console, Level>>;

function takeConsole(log: Log): () => void {
  const before: Partial<Console> = {};
  for (const [name, level] of Object.entries(consoleLevels) as [keyof typeof consoleLevels, Level][]) {
    before[name] = console[name];
    console[name] = (...parts: unknown[]) => {
      // format() writes an error with its stack.
      const words = parts.map((part) => (part instanceof Error ? `${part.name}: ${part.message}` : part));
      log[level](clipped(format(...words), 2_000));
    };
  }
  return () => Object.assign(console, before);
}

function takeStream(log: Log, stream: NodeJS.WriteStream, level: Level): () => void {
  const before = stream.write;
  // If the log writes to this very stream, its own line comes back here.
  let logging = false;
  stream.write = (
    chunk: string | Uint8Array,
    encodingOrDone?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ) => {
    if (logging) return before.call(stream, chunk);
    logging = true;
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    for (const line of text.split('\n')) if (line.trim() !== '') log[level](clipped(line, 2_000));
    logging = false;
    const called = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (called) queueMicrotask(() => called());
    return true;
  };
  return () => {
    stream.write = before;
  };
}
