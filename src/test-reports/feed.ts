/** Gives a parser only what it has to read, because most of a report is text that nobody asks for. */

/** What a feed needs of a parser, which reads pieces that may end anywhere. */
interface Reads {
  write(piece: string): void;
  /** Where the last event ended, in characters of all that was written. */
  readonly endIndex: number;
}

/** So few characters of text between two tags are read faster than passed over. */
const FEW = 40;

/**
 * A feed of `parser`. Text goes past the parser: `wanted` returns who takes it, or null. Only its entities are the
 * parser's. What is taken, and in which order, is the same as if the parser read everything.
 */
export function createFeed(parser: Reads, wanted: () => ((text: string) => void) | null) {
  /** The parser is between two tags, with nothing unfinished. */
  let inText = true;
  let written = 0;

  function read(piece: string): void {
    parser.write(piece);
    written += piece.length;
  }

  /** Passes over the text from `from` on. Returns where the parser has to read on: at a tag, or at an unfinished entity. */
  function passText(chunk: string, from: number): number {
    const tag = chunk.indexOf('<', from);
    const end = tag < 0 ? chunk.length : tag;
    const text = wanted() === null ? '' : chunk.slice(from, end);
    for (let at = 0; at < text.length; ) {
      const entity = text.indexOf('&', at);
      if (entity !== at) wanted()?.(text.slice(at, entity < 0 ? text.length : entity));
      if (entity < 0) break;
      at = text.indexOf(';', entity) + 1;
      if (at === 0) return from + entity;
      read(text.slice(entity, at));
    }
    return end;
  }

  return (chunk: string): void => {
    for (let at = 0; at < chunk.length; ) {
      if (inText) at = passText(chunk, at);
      if (at === chunk.length) return;
      let next = afterTag(chunk, at);
      for (let tag = chunk.indexOf('<', next); tag >= 0 && tag - next <= FEW; tag = chunk.indexOf('<', next)) {
        next = afterTag(chunk, tag);
      }
      read(chunk.slice(at, next));
      // A > in an attribute, a comment or a text ends nothing, and is no event: then the parser reads to the next.
      inText = chunk[next - 1] === '>' && parser.endIndex === written - 1;
      at = next;
    }
  };
}

function afterTag(chunk: string, tag: number): number {
  const end = chunk.indexOf('>', tag);
  return end < 0 ? chunk.length : end + 1;
}
