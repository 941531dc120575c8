import { distance } from 'fastest-levenshtein';

/** No name is so long, and comparing takes its time. */
const MOST_TYPED = 200;

/** The choice that somebody most likely meant; null when none is near: more than half of the letters differ. */
export function nearest<T>(typed: string, choices: readonly T[], name: (choice: T) => string): T | null {
  if (typed.length > MOST_TYPED) return null;
  const wanted = typed.toLowerCase();
  let best: { choice: T; far: number } | null = null;
  for (const choice of choices) {
    const far = distance(wanted, name(choice).toLowerCase());
    if (!best || far < best.far) best = { choice, far };
  }
  return best && best.far <= Math.max(2, wanted.length / 2) ? best.choice : null;
}
