import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { errorFields } from './errors.js';
import { fitted } from './fitted.js';
import { secretsRemover } from './secrets.js';

export type Log = Logger;

/**
 * Creates the log of the process: JSON lines of at most 16 KB (`level` as a word, `time` in ISO, `msg`), without the
 * given secrets and whatever else looks like one; errors as type, message and code, without their stack. `pretty`
 * writes lines for people instead, by default if stdout is a terminal. Lines go to stdout and are written before the
 * call returns, so that the last words of a dying process arrive.
 */
export function createLog({
  level,
  secrets,
  pretty = process.stdout.isTTY === true,
  destination = pino.destination({ dest: 1, sync: true }),
}: {
  level: string;
  secrets: readonly string[];
  pretty?: boolean;
  destination?: DestinationStream;
}): Log {
  const clean = secretsRemover(secrets);
  // In this process: pino's usual transport is a worker thread, which loses lines when the process ends.
  const forEyes = pretty ? prettyFactory({ colorize: process.stdout.isTTY === true }) : undefined;
  const write = (line: string) => {
    const done = fitted(line, clean);
    destination.write(forEyes ? forEyes(done) : done);
  };
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: errorFields },
      formatters: { level: (label) => ({ level: label }), log: withErrorFields },
    },
    { write },
  );
}

/** An Error under another key than `err` would be written as `{}`. */
function withErrorFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      key !== 'err' && value instanceof Error ? errorFields(value) : value,
    ]),
  );
}
