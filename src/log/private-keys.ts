const WORD = '[secret]';
const BEGIN = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?/g;
const END = /-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g;
/** A line of a key, with the time that a runner writes before it. */
const OF_KEY =
  /^(?:\d{4}-\d\d-\d\dT[\d:.]{8,20}Z ?)?[ \t]{0,20}(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info|Version|Comment): .*)\r?$/;

/**
 * The text with `[secret]` in place of each private key, however long. One without an end goes as far as its lines look like
 * those of a key; one without a beginning is all that stands before its end.
 */
export function withoutPrivateKeys(text: string): string {
  const first = nextOf(BEGIN, text, 0);
  const orphan = nextOf(END, text, 0);
  const isCut = orphan !== null && orphan.from < (first?.from ?? text.length);
  let clean = isCut ? WORD : '';
  let done = isCut ? orphan.until : 0;
  let end = orphan;
  for (let begin = nextOf(BEGIN, text, done); begin; begin = nextOf(BEGIN, text, done)) {
    // Where there was none, there is none further on.
    end &&= nextOf(END, text, begin.until);
    clean += `${text.slice(done, begin.from)}${WORD}`;
    done = end?.until ?? lastOf(text, begin.until);
  }
  return clean + text.slice(done);
}

function nextOf(look: RegExp, text: string, at: number): { readonly from: number; readonly until: number } | null {
  look.lastIndex = at;
  const found = look.exec(text);
  return found && { from: found.index, until: look.lastIndex };
}

/** Where the last line ends that looks like one of the key which begins before `from`. */
function lastOf(text: string, from: number): number {
  let end = lineEnd(text, from);
  while (end < text.length) {
    const next = lineEnd(text, end + 1);
    if (!OF_KEY.test(text.slice(end + 1, next))) break;
    end = next;
  }
  return end;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
