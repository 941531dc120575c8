/** Takes secrets out of text that others wrote and people will read: logs of jobs, messages of tests. */

import { secretsRemover } from './secrets.js';

const word = '[secret]';

/** How names of settings that hold a secret end, or what stands in them. */
const NAMES =
  '(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|credentials?)';
/** What is no secret, though it stands where one would. */
const NONE = '(?!\\[secret\\]|\\*{3}|(?:undefined|null|none|true|false|required|missing|invalid|expired)\\b)';

/**
 * What more secrets look like than those of Slack, GitHub and Postgres (`secrets.ts`). Prefixes as their makers publish them
 * for secret scanning. All repetitions are bounded: a line may be 64 KB long.
 */
const looks: readonly (readonly [look: RegExp, instead: string])[] = [
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g, word],
  [/\bgl(?:pat|ptt|dt|rt|cbt|soat)-[\w.-]{8,200}/g, word],
  [/\bnpm_[A-Za-z0-9]{20,200}/g, word],
  [/\bpypi-[\w-]{20,400}/g, word],
  [/\b[rsp]k_(?:live|test)_\w{8,200}/g, word],
  [/\bwhsec_[\w+/=]{8,200}/g, word],
  [/\bsk-[\w-]{20,300}/g, word],
  [/\bAIza[\w-]{30,60}/g, word],
  [/\bya29\.[\w-]{10,500}/g, word],
  [/\bSG\.[\w-]{10,100}\.[\w-]{10,100}/g, word],
  [/\bdckr_(?:pat|oat)_[\w-]{10,200}/g, word],
  [/\bhv[sbr]\.[\w-]{16,300}/g, word],
  [/\bdop_v1_[a-f0-9]{16,100}/g, word],
  [/\bglsa_\w{16,200}/g, word],
  [/\bhttps:\/\/discord(?:app)?\.com\/api\/webhooks\/[\w/-]{1,300}/gi, word],
  // A user name that long is a token.
  [/(:\/\/)[^\s:"'@/]{12,300}@/g, `$1${word}@`],
  [/([?&](?:sig|signature|x-amz-signature|x-amz-security-token|key|auth)=)[^&\s"']{8,1000}/gi, `$1${word}`],
  [
    /\b((?:proxy-)?authorization["']?\s{0,3}[:=](?!\s{0,3}["']?Bearer \[secret\])\s{0,3}["']?)[^"'\r\n]{4,1000}/gi,
    `$1${word}`,
  ],
  [/\b((?:set-)?cookie["']?\s{0,3}[:=]\s{0,3}["']?)[^\r\n]{4,2000}/gi, `$1${word}`],
  [/\bBasic\s{1,3}[A-Za-z0-9+/]{8,500}={0,2}/g, `Basic ${word}`],
  [new RegExp(`(${NAMES}[\\w.-]{0,20}["']?\\s{0,3}=\\s{0,3}["']?)${NONE}[^\\s"',;&]{4,1000}`, 'gi'), `$1${word}`],
  [
    new RegExp(
      `(--?(?:pass(?:word|wd)|token|secret|api-?key|access-?token|auth-?token|client-?secret)\\s{1,3}["']?)${NONE}[^\\s"'-][^\\s"']{3,1000}`,
      'gi',
    ),
    `$1${word}`,
  ],
  [
    /\b((?:key|token|secret|password)s?\b\W{1,4})(?=[A-Za-z0-9+/_=]{0,200}\d)(?=[A-Za-z0-9+/_=]{0,200}[A-Za-z])[A-Za-z0-9+/_=]{20,1000}/gi,
    `$1${word}`,
  ],
];

/** After a colon may stand a sentence: only what no word looks like is taken out. */
const AFTER_COLON = new RegExp(`(${NAMES}[\\w.-]{0,20}["']?\\s{0,3}:\\s{0,3}["']?)${NONE}([^\\s"',;]{6,1000})`, 'gi');
const LOOKS_MADE = /\d|[a-z][A-Z]/;

const ofOurs = secretsRemover([]);

/**
 * The text with `[secret]` in place of what looks like a token, a password, a signed address or a private key, also one whose
 * beginning was cut off. What GitHub has masked as `***` stays.
 */
export function withoutSecrets(text: string): string {
  let clean = ofOurs(text);
  const end = /-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----/.exec(clean);
  if (end) clean = `${word}${clean.slice(end.index + end[0].length)}`;
  for (const [look, instead] of looks) clean = clean.replace(look, instead);
  return clean.replace(AFTER_COLON, (whole, name: string, value: string) =>
    LOOKS_MADE.test(value) ? `${name}${word}` : whole,
  );
}
