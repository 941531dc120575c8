/**
 * The same look-up, but callers who wait at the same time share one call, each with a key of its own. Those who ask while a
 * call is running share the next one, as `coalesced` does. Resolves to undefined where the call found nothing.
 */
export function batched<K, T>(
  lookUp: (keys: readonly K[]) => Promise<ReadonlyMap<K, T>>,
): (key: K) => Promise<T | undefined> {
  let next: { readonly keys: Set<K>; readonly found: Promise<ReadonlyMap<K, T>> } | null = null;
  let running: Promise<unknown> = Promise.resolve();

  function begin() {
    const keys = new Set<K>();
    const found = (async () => {
      await running.catch(() => {});
      // Calls within the same turn of the event loop share it.
      await new Promise((resolve) => setImmediate(resolve));
      next = null;
      return lookUp([...keys]);
    })();
    running = found;
    return { keys, found };
  }

  return async (key) => {
    next ??= begin();
    next.keys.add(key);
    return (await next.found).get(key);
  };
}
