/**
 * Callers of one key that wait share the next look-up; one that is under way began before they asked and is not for them.
 */
export function shared<T>(lookUp: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<T>>();
  return (key) => {
    const waiting = next.get(key);
    if (waiting) return waiting;
    const started = (async () => {
      await running.get(key)?.catch(() => {});
      // Whoever asks within the same turn shares it.
      await new Promise((resolve) => setImmediate(resolve));
      next.delete(key);
      const now = lookUp(key);
      running.set(key, now);
      try {
        return await now;
      } finally {
        if (running.get(key) === now) running.delete(key);
      }
    })();
    next.set(key, started);
    return started;
  };
}
