/** Answers by their key. Beyond that many the oldest are forgotten. */
const MOST = 1_000;

/** The same function, whose answers are kept for `ms`; a failure is not kept. Only for what is shown, never for what is decided. */
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
