/** Takes secrets out of text that others wrote and people will read: logs of jobs, messages of tests. */

import { withoutNamed } from './named-secrets.js';
import { withoutPrivateKeys } from './private-keys.js';
import { BEGIN, secretsRemover } from './secrets.js';

const word = '[secret]';

/** What is no secret, though it stands where one would. */
const NONE = '(?!\\[secret\\]|\\*{3}|(?:undefined|null|none|true|false|required|missing|invalid|expired)\\b)';
/** A value in quotes to the closing one, otherwise to white space. */
const VALUE = `(?:"[^"\\r\\n]*|'[^'\\r\\n]*|${NONE}[^\\s"'-]\\S{3,})`;

/** What begins so is a token to its end. Prefixes as their makers publish them for secret scanning. */
const TOKENS: readonly string[] = [
  '(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}',
  'gl(?:pat|ptt|dt|rt|cbt|soat)-[\\w.-]{8,}',
  'npm_[A-Za-z0-9]{20,}',
  'pypi-[\\w-]{20,}',
  '[rsp]k_(?:live|test)_\\w{8,}',
  'whsec_[\\w+/=]{8,}',
  'sk-[\\w-]{20,}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{10,}',
  'SG\\.[\\w-]{10,100}\\.[\\w-]{10,}',
  'dckr_(?:pat|oat)_[\\w-]{10,}',
  'hv[sbr]\\.[\\w-]{16,}',
  'do[por]_v1_[a-f0-9]{16,}',
  'gl(?:sa|c)_[\\w+/=]{16,}',
  'AT(?:ATT|CTT)3[\\w=-]{10,}',
  'dapi[a-f0-9]{16,}[\\w-]*',
  'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{10,}',
  'hf_[A-Za-z0-9]{20,}',
  'lin_api_\\w{16,}',
  'pul-[a-f0-9]{20,}',
  'figd_[\\w-]{16,}',
  'xkeysib-[\\w-]{20,}',
  // JSON in base64: JWTs, configurations with logins.
  'eyJ[\\w-]{16,}(?:\\.[\\w-]+){0,4}',
];

/**
 * What else secrets look like than those of Slack, GitHub and Postgres (`secrets.ts`). A log may be one line of 64 KB: what
 * repeats without a bound is a single class of characters that nothing must follow.
 */
const looks: readonly (readonly [look: RegExp, instead: string])[] = [
  [/\bhttps:\/\/discord(?:app)?\.com\/api\/webhooks\/[\w/-]+/gi, word],
  // A user name that long is a token.
  [/(:\/\/)[^\s:"'@/]{12,}@/g, `$1${word}@`],
  [/([?&](?:sig|signature|x-(?:amz|goog)-signature|x-amz-security-token|key|auth)=)[^&\s"']{8,}/gi, `$1${word}`],
  [/\b(Digest\s{1,3})(?=(?:username|realm|nonce|qop|uri|response|algorithm)=)[^\r\n]+/gi, `$1${word}`],
  [
    /\b((?:proxy-)?authorization\\{0,3}["']?\s{0,3}[:=](?!\s{0,3}\\{0,3}["']?(?:Bearer|Digest) \[secret\])\s{0,3}\\{0,3}["']?)[^"'\r\n]{4,}/gi,
    `$1${word}`,
  ],
  [/\b((?:set-)?cookie\\{0,3}["']?\s{0,3}[:=]\s{0,3}["']?)[^\r\n]{4,}/gi, `$1${word}`],
  [/\bBasic\s{1,3}(?=[A-Za-z+/]{0,100}(?:\d|[a-z][A-Z]|=))[A-Za-z0-9+/]{8,}={0,2}/g, `Basic ${word}`],
  [
    new RegExp(
      `(--?(?:pass(?:word|wd|phrase)?|token|secret|api-?key|access-?token|auth-?token|client-?secret)[ \\t]{1,3})${VALUE}`,
      'gi',
    ),
    `$1${word}`,
  ],
  // `curl -u name:password`, not `docker run -u 1000:1000` or `-u node:node`.
  [
    /((?<=^|\s)(?:-u|--user|--proxy-user)[\s=]{0,3}["']?(?!\d{1,6}:\d)([^\s:"']{1,100}):)(?!\2(?![^\s"']))(?:(?<=["']\2:)[^"'\r\n]+|\S{3,})/gm,
    `$1${word}`,
  ],
  [
    new RegExp(
      `\\b((?:(?:docker|podman|buildah|skopeo|nerdctl|registry|oc|az|cf)\\s{1,3}login\\b[^\\r\\n]{0,200}?\\s-p|sshpass\\s{1,3}-p|redis-cli\\b[^\\r\\n]{0,200}?\\s-a)[ \\t=]{0,3})${VALUE}`,
      'g',
    ),
    `$1${word}`,
  ],
  [/\b((?:mysql|mariadb)(?:dump|admin|import|check)?\b[^\r\n]{0,200}?\s-p)(?!\s)\S{4,}/g, `$1${word}`],
  // As .netrc has it.
  [/\b(login[ \t]{1,3}\S{1,100}[ \t]{1,3}password[ \t]{1,3})\S+/g, `$1${word}`],
  [
    /\b(password[ \t]{1,3})(?!\[secret\]|sha|md5|bcrypt|argon|base64|utf|oauth)(?=\S{0,100}\d)(?=\S{0,100}[A-Za-z])[A-Za-z0-9]\S{5,}/g,
    `$1${word}`,
  ],
  [/(<[\w:.-]{0,40}(?:password|passwd|passphrase|secret|token|apikey)[\w-]{0,20}>)[^<\s][^<\r\n]{3,}/gi, `$1${word}`],
  [
    /\b((?:key|token|secret|password)s?\b\W{1,4})(?=[A-Za-z0-9+/_=]{0,200}\d)(?=[A-Za-z0-9+/_=]{0,200}[A-Za-z])[A-Za-z0-9+/_=]{20,}/gi,
    `$1${word}`,
  ],
];

const USER = /(:\/\/[^\s:"@/[]*:)(?!\d{1,5}(?:[/?#,;)\]}'\s]|$))/;

/** A password may have `/`, `:` and `@` in it: it ends at the last `@`. */
function withoutPasswords(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0 || address.startsWith('@sha256:', at)) return address;
  const user = USER.exec(address);
  const from = user ? user.index + user[0].length : at;
  return from >= at ? address : `${address.slice(0, from)}${word}${address.slice(at)}`;
}

const tokens = TOKENS.map((look) => new RegExp(`${BEGIN}${look}`, 'g'));
const ofOurs = secretsRemover([]);

/**
 * The text with `[secret]` in place of what looks like a token, a password, a signed address or a private key, also one whose
 * beginning was cut off. What GitHub has masked as `***` stays. Takes time in proportion to the length of the text.
 */
export function withoutSecrets(text: string): string {
  let clean = withoutPrivateKeys(text).replace(/[^\s"]+/g, withoutPasswords);
  for (const token of tokens) clean = clean.replace(token, word);
  clean = ofOurs(clean);
  for (const [look, instead] of looks) clean = clean.replace(look, instead);
  return withoutNamed(clean);
}
