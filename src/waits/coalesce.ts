/**
 * Callers of one key that wait share the next look-up; one that is under way began before they asked and is not for them.
 */
export function shared<K extends string | number, T>(lookUp: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const running = new Map<K, Promise<unknown>>();
  const next = new Map<K, Promise<T>>();
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
