const TICK_MS = 10;

/**
 * Counts the time that the machine gives this process, in milliseconds from now on: while it stands still, none passes,
 * for the product in it no more than for the test. So a promise of two seconds can be checked on a machine that has
 * other work.
 */
export function ownTime() {
  let passedMs = 0;
  let at = performance.now();
  let used = process.cpuUsage();
  const passed = () => {
    const { user, system } = process.cpuUsage(used);
    // It either waits for its next tick or works; the machine had no time for it in the rest.
    passedMs += Math.min(performance.now() - at, TICK_MS + (user + system) / 1_000);
    at = performance.now();
    used = process.cpuUsage();
    return passedMs;
  };
  const timer = setInterval(passed, TICK_MS);
  return { passed, stop: () => clearInterval(timer) };
}

/** Runs `work` and returns its result, with the time that it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const time = ownTime();
  try {
    const result = await work();
    return { result, tookMs: time.passed() };
  } finally {
    time.stop();
  }
}
