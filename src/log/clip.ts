/** Cuts a text to `length` UTF-16 units. A cut text ends with `…`; a surrogate pair is never split. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
