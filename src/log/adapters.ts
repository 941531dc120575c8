import type { LogLevel as BoltLevel, Logger as BoltLogger } from '@slack/bolt';
import { Logger as WorkerLogger } from 'graphile-worker';
import { clipped } from './clip.js';
import type { Log } from './log.js';

/** Bolt has only four levels. */
const boltLevels: Record<string, string> = { trace: 'debug', debug: 'debug', info: 'info', warn: 'warn' };

/**
 * The log as @slack/bolt and its web client want it. At debug they pass whole bodies, so a debug message is cut to 200
 * characters and others to 1,000; an object is reduced to its keys, an error to its type and message.
 */
export function boltLogger(log: Log): BoltLogger {
  let target = log.child({ part: 'slack' });
  const at = (level: 'debug' | 'info' | 'warn' | 'error', length: number) => {
    return (...parts: unknown[]) => {
      if (target.isLevelEnabled(level)) target[level](clipped(parts.map(inWords).join(' '), length));
    };
  };
  return {
    debug: at('debug', 200),
    info: at('info', 1_000),
    warn: at('warn', 1_000),
    error: at('error', 1_000),
    setLevel(level) {
      target.level = level;
    },
    getLevel() {
      return (boltLevels[target.level] ?? 'error') as BoltLevel;
    },
    setName(name) {
      target = target.child({ name });
    },
  };
}

/** It warns that there are fewer connections than jobs at once. Ours wait for Slack and GitHub without one. */
const BY_DESIGN = /^WARNING: having maxPoolSize \(\d+\) smaller than concurrency/;

/** The log as graphile-worker wants it: the first line of each message (a stack may follow), without its meta. */
export function workerLogger(log: Log): WorkerLogger {
  const target = log.child({ part: 'queue' });
  return new WorkerLogger(() => (level, message) => {
    const words = clipped(message.split('\n', 1)[0] ?? '', 500);
    target[BY_DESIGN.test(message) ? 'debug' : level === 'warning' ? 'warn' : level](words);
  });
}

function inWords(part: unknown): string {
  if (part instanceof Error) return `${part.name}: ${part.message}`;
  if (typeof part === 'object' && part !== null) return `{${Object.keys(part).slice(0, 20).join(', ')}}`;
  return String(part);
}
