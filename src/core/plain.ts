/**
 * Text that others wrote, as it is stored: control characters and broken surrogates taken out, white space single,
 * at most 500 characters. May come out empty.
 */
export function plain(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, ' ')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 500)
      .replace(/[\ud800-\udbff]$/, '')
  );
}
