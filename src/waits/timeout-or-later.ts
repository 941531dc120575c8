import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a start so long; one that takes longer goes on by itself, and its failure is told. */
export async function withinOrLater(
  starting: Promise<void>,
  ms: number,
  failed: (error: unknown) => void,
): Promise<void> {
  let late = false;
  const done = starting.catch((error: unknown) => {
    if (!late) throw error;
    failed(error);
  });
  await Promise.race([done, sleep(ms, undefined, { ref: false })]);
  late = true;
}
