/** Cuts a text to so many UTF-16 units, with `…` as the last where something was cut, never in the middle of a pair. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
