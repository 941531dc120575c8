import { setTimeout as sleep } from 'node:timers/promises';

/** Waits at most `ms` for a start and throws its error. A start that takes longer continues, and `failed` receives its error. */
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
