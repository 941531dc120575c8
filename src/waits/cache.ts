/** How many answers are kept; beyond that the oldest are dropped. */
const MOST = 1_000;

/** Keeps the answers of `ask` by key for `ms`; failures are not kept. Only for what is shown, never for decisions. */
export function remembered<T>(ask: (key: string) => Promise<T>, ms: number): (key: string) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly answer: T }>();
  return async (key) => {
    const found = known.get(key);
    if (found && performance.now() - found.at < ms) return found.answer;
    const answer = await ask(key);
    known.delete(key);
    known.set(key, { at: performance.now(), answer });
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    return answer;
  };
}
