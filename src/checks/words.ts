import { plain } from '../core/change/plain.js';
import { withoutSecrets } from '../log/others-secrets.js';

const MOST = 200;
/** More than is shown, so that nothing is cut before it is recognized as a secret. */
const LOOKED_AT = 4_000;

/** The first words of what others wrote: plain, without secrets, at most 200 characters. Of a page, its text. */
export function firstWords(text: string, isHtml = false): string {
  // Long runs of white space hide nothing; a line stays a line, by which secrets are recognized.
  const begin = text.replace(/\s{3,}/g, '\n').slice(0, LOOKED_AT);
  const clean = withoutSecrets(begin);
  return plain(isHtml ? clean.replace(/<[^<>]*>/g, ' ') : clean, MOST).trimEnd();
}
