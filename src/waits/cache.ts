/** How many answers are kept. Beyond that, the oldest is dropped. */
const MOST = 1_000;

/**
 * The same look-up, but each answer is kept for `ms`, from when it was asked for, and given to everyone who asks for its
 * key; those who ask meanwhile wait for it. A failure is not kept. Use it for what is shown, never for what is decided.
 */
export function cached<T>(lookUp: (key: string) => Promise<T>, ms: number): (key: string) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (key) => {
    const found = answers.get(key);
    if (found && performance.now() - found.at < ms) return found.answer;
    const asked = { at: performance.now(), answer: lookUp(key) };
    asked.answer.catch(() => {
      if (answers.get(key) === asked) answers.delete(key);
    });
    answers.delete(key);
    answers.set(key, asked);
    const [oldest] = answers.keys();
    if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
    return asked.answer;
  };
}
