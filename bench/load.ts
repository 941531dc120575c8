import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environment, programOf } from './children.js';
import type { LoadOrder, LoadResult } from './load-client.js';

/** The load client as the bench sees it. */
export interface Load {
  /**
   * Sends one load and returns the measurements. Throws if any answer of a closed loop was not 2xx: such a round says
   * nothing; at a fixed rate it means that the rate is too high.
   */
  readonly send: (order: LoadOrder) => Promise<LoadResult>;
  readonly stop: () => Promise<void>;
}

/** Starts the load client in its own process; it ends with the bench. */
export function startLoad(): Load {
  const child = spawn(process.execPath, [programOf('bench/load-client')], {
    env: environment({}),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    send: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('the load client has ended');
      const result = JSON.parse(value) as LoadResult;
      if ((result.bad > 0 && order.rate === undefined) || result.sent === 0) {
        throw new Error(`${result.bad} of ${result.sent} requests to ${order.origin} were not answered 2xx`);
      }
      return result;
    },
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await exited;
    },
  };
}
