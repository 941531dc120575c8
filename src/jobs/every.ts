/** Runs a chore again `ms` after each run ends. Failures are reported and do not stop it. */
export function every(
  ms: number,
  chore: () => Promise<unknown>,
  failed: (error: unknown) => void,
): { stop: () => Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const turn = () => {
    running = chore()
      .then(() => {}, failed)
      .then(() => {
        if (!stopped) timer = setTimeout(turn, ms);
      });
  };
  turn();
  return {
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
