/** How many answers are kept. Beyond that, the oldest is dropped. */
const MOST = 1_000;

/**
 * The same look-up, but each answer is kept for `ms` and given to everyone who asks for its key. A failure is not kept.
 * Use it for what is shown, never for what is decided.
 */
export function cached<T>(lookUp: (key: string) => Promise<T>, ms: number): (key: string) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: T }>();
  return async (key) => {
    const found = answers.get(key);
    if (found && performance.now() - found.at < ms) return found.answer;
    const answer = await lookUp(key);
    answers.delete(key);
    answers.set(key, { at: performance.now(), answer });
    const [oldest] = answers.keys();
    if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
