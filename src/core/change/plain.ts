/**
 * Text that others wrote, as it is stored: control characters and broken surrogates taken out, white space single,
 * at most `max` characters. May come out empty.
 */
export function plain(text: string, max = 500): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, ' ')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, max)
      .replace(/[\ud800-\udbff]$/, '')
  );
}

/** What a person gives as a reason, whole: it is shown clipped, and stands on the ledger as it was given. */
export const plainReason = (text: string): string => plain(text, 10_000);
