import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `work` is done, but no longer than `ms`. Rejects if the work fails in that time. Slower work goes on by
 * itself; if it fails later, `failedLater` is called.
 */
export async function waitAtMost(
  work: Promise<void>,
  ms: number,
  failedLater: (error: unknown) => void,
): Promise<void> {
  let late = false;
  const done = work.catch((error: unknown) => {
    if (!late) throw error;
    failedLater(error);
  });
  await Promise.race([done, sleep(ms, undefined, { ref: false })]);
  late = true;
}
