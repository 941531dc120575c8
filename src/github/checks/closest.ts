import { closest, distance } from 'fastest-levenshtein';

/** The known word that was probably meant; null when none is near. */
export function closestTo(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const plain = (one: string) => one.toLowerCase().replaceAll('_', '-');
  const near = closest(plain(word), known.map(plain));
  const found = known.find((one) => plain(one) === near) ?? null;
  return distance(plain(word), near) <= (word.length > 4 ? 2 : 1) ? found : null;
}
