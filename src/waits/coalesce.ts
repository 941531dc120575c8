/**
 * The same look-up, but callers who wait for the same key share one call. A call that is already running is not shared:
 * it began before they asked, so its answer may be out of date. They wait for it to end and share the next one.
 */
export function coalesced<K extends string | number, T>(lookUp: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const running = new Map<K, Promise<unknown>>();
  const next = new Map<K, Promise<T>>();
  return (key) => {
    const waiting = next.get(key);
    if (waiting) return waiting;
    const started = (async () => {
      await running.get(key)?.catch(() => {});
      // Calls within the same turn of the event loop share it.
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
