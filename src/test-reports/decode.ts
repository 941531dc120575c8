/** Which characters the bytes of a report mean. */

import { StringDecoder } from 'node:string_decoder';

const ENOUGH = 256;
const PIECE = 64 * 1024;

/**
 * The text of an XML file: by its byte order mark, else by the look of its first bytes, else by the encoding that it
 * declares. UTF-8 where it says nothing that is known.
 */
export async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: Decoder | null = null;
  let first: Uint8Array[] = [];
  for await (const chunk of bytes) {
    if (decoder === null) {
      first.push(chunk);
      if (first.reduce((sum, one) => sum + one.length, 0) < ENOUGH) continue;
    }
    const ready: Uint8Array = decoder === null ? Buffer.concat(first) : chunk;
    decoder ??= decoderFor(ready);
    first = [];
    // What was not compressed arrives as one chunk.
    for (let at = 0; at < ready.length; at += PIECE) {
      yield decoder.piece(ready.subarray(at, at + PIECE));
    }
  }
  const left = Buffer.concat(first);
  decoder ??= decoderFor(left);
  yield decoder.piece(left) + decoder.end();
}

interface Decoder {
  piece(bytes: Uint8Array): string;
  /** What stands for a character that is cut off. */
  end(): string;
}

/** Much faster than a TextDecoder that reads a stream. It leaves a byte order mark in, which is text before the first tag. */
function utf8(): Decoder {
  const decoder = new StringDecoder('utf8');
  return { piece: (bytes) => decoder.write(bytes), end: () => decoder.end() };
}

function named(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding);
  if (decoder.encoding === 'utf-8') return utf8();
  return { piece: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

function decoderFor(start: Uint8Array): Decoder {
  const [a, b] = start;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return named('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return named('utf-16be');
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/i.exec(
    Buffer.from(start.subarray(0, ENOUGH)).toString('latin1'),
  )?.[1];
  // A file that says UTF-16 and can be read to that point is not in UTF-16.
  if (!declared || /^utf-?16/i.test(declared)) return utf8();
  try {
    return named(declared);
  } catch {
    return utf8();
  }
}
