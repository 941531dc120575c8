const word = '[secret]';

/**
 * Where a token may begin: not inside a word. After `\n` and its like, and after `%3D`, it does, though a letter stands there.
 */
export const BEGIN = '(?<![A-Za-z0-9](?<!\\\\[nrtfb0]|\\\\u[0-9A-Fa-f]{4}|\\\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}))';
const token = (look: string, flags = 'g'): RegExp => new RegExp(`${BEGIN}${look}`, flags);

/**
 * What secrets look like. Each needs a few characters after its prefix, so that a sentence about the prefix stays
 * readable. Repetitions are bounded where a failed match would be retried from many places in a long text.
 */
const looks: { look: RegExp; instead: string }[] = [
  { look: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY[\s\S]{0,8000}?-----END [A-Z ]{0,30}PRIVATE KEY-----/g, instead: word },
  { look: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY[\s\S]{0,8000}/g, instead: word },
  { look: token('xox[a-z](?:\\.xox[a-z])?-[\\w-]{4,}', 'gi'), instead: word },
  { look: token('xapp-[\\w-]{4,}', 'gi'), instead: word },
  { look: token('gh[pousr]_[\\w.-]{4,}'), instead: word },
  { look: token('github_pat_\\w{4,}'), instead: word },
  { look: token('whsec_[\\w+/=-]{4,}'), instead: word },
  { look: token('eyJ[\\w-]{10,4000}\\.[\\w-]{4,8000}\\.[\\w-]+'), instead: word },
  { look: token('Bearer\\s{1,5}[\\w.~+/=-]{4,}', 'gi'), instead: `Bearer ${word}` },
  { look: /\b(postgres(?:ql)?:\/\/[^\s:"@/]{0,200}:)[^\s"]{1,500}@/gi, instead: `$1${word}@` },
  { look: /(:\/\/[^\s:"@/]{0,200}:)[^\s"@/]{1,500}@(?!sha256:)/g, instead: `$1${word}@` },
  { look: /([?&](?:password|token|access_token|client_secret)=)[^&\s"']+/gi, instead: `$1${word}` },
  { look: /\bhttps:\/\/hooks\.slack\.com\/[\w/.-]+/gi, instead: word },
];

/**
 * Returns a function that writes `[secret]` in place of each given value and of whatever looks like a secret of Slack,
 * GitHub or Postgres, or like a private key. Values under 4 characters are left alone: they occur in ordinary words.
 */
export function secretsRemover(values: readonly string[]): (text: string) => string {
  // The longest first; otherwise a secret that is the beginning of another would leave the rest of it in the text.
  const known = [...new Set(values)].filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const value of known) clean = clean.replaceAll(value, word);
    if (clean.endsWith('…')) clean = withoutBeginning(clean, known);
    for (const { look, instead } of looks) clean = clean.replace(look, instead);
    return clean;
  };
}

/** A text that was cut before it came here may end with the beginning of a secret. */
function withoutBeginning(text: string, known: string[]): string {
  const kept = text.slice(0, -1);
  for (const value of known) {
    for (let length = value.length - 1; length >= 4; length--) {
      if (kept.endsWith(value.slice(0, length))) return `${kept.slice(0, -length)}${word}…`;
    }
  }
  return text;
}
