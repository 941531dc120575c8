/**
 * Renews a lease every `everyMs` until the returned function is called, which resolves when no renewal is on its way any
 * more: one that arrives after the lease was given back would take it again. A renewal that fails is not reported; if all
 * do, the lease ends by itself.
 */
export function renewing(renew: () => Promise<unknown>, everyMs: number): () => Promise<void> {
  let last: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    last ??= renew()
      .catch(() => {})
      .finally(() => {
        last = null;
      });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await last;
  };
}
