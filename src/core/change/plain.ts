/**
 * Cleans text that others wrote before it is stored: removes control characters and broken surrogates, collapses white
 * space, and cuts to `max` UTF-16 units. The result may be empty.
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

/** Cleans a reason that a person gave. It is kept in full for the ledger; views shorten it. */
export const plainReason = (text: string): string => plain(text, 10_000);
