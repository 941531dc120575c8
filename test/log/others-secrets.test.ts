import { withoutSecrets } from '../../src/log/others-secrets.js';

/** What looks like a secret is taken out of logs before anybody reads them. The fakes are put together here, so that no scanner takes them for real. */

const joined = (...parts: string[]): string => parts.join('');
const letters = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7';
const hex = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';
const of = (count: number): string => letters.slice(0, count);

test.each<[string, string, string]>([
  ['a token of GitHub', joined('gh', 'p_', of(36)), '[secret]'],
  ['a fine-grained token of GitHub', joined('github', '_pat_', of(30)), '[secret]'],
  ['an installation token', joined('gh', 's_', of(30), '.', of(20)), '[secret]'],
  ['a token of Slack', joined('xo', 'xb-1234-', of(20)), '[secret]'],
  ['a webhook of Slack', joined('https://hooks.', 'slack.com/services/T0/B0/', of(24)), '[secret]'],
  ['a key of AWS', joined('AK', 'IA', 'IOSFODNN7EXAMPLE'), '[secret]'],
  ['a temporary key of AWS', joined('AS', 'IA', 'IOSFODNN7EXAMPLE'), '[secret]'],
  ['a token of GitLab', joined('gl', 'pat-', of(20)), '[secret]'],
  ['a token of npm', joined('np', 'm_', of(36)), '[secret]'],
  ['a token of PyPI', joined('py', 'pi-', 'AgEIcHlwaS5vcmc', of(30)), '[secret]'],
  ['a key of Stripe', joined('sk', '_live_', of(24)), '[secret]'],
  ['a key of a model', joined('sk', '-proj-', of(39)), '[secret]'],
  ['a key of Google', joined('AI', 'za', of(35)), '[secret]'],
  ['an access token of Google', joined('ya', '29.', of(30)), '[secret]'],
  ['a key of SendGrid', joined('SG', '.', of(22), '.', of(38)), '[secret]'],
  ['a token of Docker', joined('dckr', '_pat_', of(27)), '[secret]'],
  ['a token of Vault', joined('hv', 's.', of(24)), '[secret]'],
  ['a JWT', joined('ey', 'JhbGciOiJIUzI1NiJ9', '.', of(20), '.', of(30)), '[secret]'],
  ['a header', joined('Authorization: Bea', 'rer ', of(30)), 'Authorization: Bearer [secret]'],
  ['a header of another kind', joined('authorization: tok', 'en ', of(30)), 'authorization: [secret]'],
  ['a header with a name and a password', joined('Ba', 'sic ', of(24), '=='), 'Basic [secret]'],
  ['a cookie', joined('Set-Cookie: session=', of(20), '; Path=/'), 'Set-Cookie: [secret]'],
  ['an assigned password', joined('DB_PASS', 'WORD=', of(12)), 'DB_PASSWORD=[secret]'],
  ['an assigned key in quotes', joined('api', '_key = "', of(24), '"'), 'api_key = "[secret]"'],
  ['a password in JSON', joined('{"pass', 'word":"', of(10), '"}'), '{"password":"[secret]"}'],
  ['a password in YAML', joined('  pass', 'word: ', of(10)), '  password: [secret]'],
  ['an option', joined('login --tok', 'en ', of(20), ' -v'), 'login --token [secret] -v'],
  ['an option with =', joined('--pass', 'word=', of(8)), '--password=[secret]'],
  ['an address with a password', joined('postgres://shop:', of(12), '@db/shop'), 'postgres://shop:[secret]@db/shop'],
  ['an address with a token', joined('https://', of(30), '@github.com/acme'), 'https://[secret]@github.com/acme'],
  ['a signed address', joined('https://s.test/a?se=1&si', 'g=', of(30)), 'https://s.test/a?se=1&sig=[secret]'],
  ['a connection string', joined('AccountName=a;Account', 'Key=', of(39), '==;'), 'AccountName=a;AccountKey=[secret];'],
  ['hex after a word', joined('the sec', 'ret ', hex), 'the secret [secret]'],
  ['base64 after a word', joined('signing with key ', of(32)), 'signing with key [secret]'],
])('%s', (_, secret, instead) => {
  expect(withoutSecrets(`before ${secret}`)).toBe(`before ${instead}`);
  expect(withoutSecrets(`${secret}\nafter`)).toBe(`${instead}\nafter`);
});

const KEY = (kind: string) => [
  joined('-----BEGIN ', kind, 'PRIVATE ', 'KEY-----'),
  ...Array.from({ length: 50 }, () => `2026-11-30T09:00:00.0000000Z ${of(38)}${of(26)}`),
  joined('-----END ', kind, 'PRIVATE ', 'KEY-----'),
];

test.each(['', 'RSA ', 'OPENSSH '])('a private key (%s) over many lines', (kind) => {
  expect(withoutSecrets(['before', ...KEY(kind), 'after'].join('\n'))).toBe('before\n[secret]\nafter');
});

test('a private key whose beginning or end is missing', () => {
  expect(withoutSecrets([...KEY('').slice(20), 'after'].join('\n'))).toBe('[secret]\nafter');
  expect(withoutSecrets(['before', ...KEY('').slice(0, 20)].join('\n'))).toBe('before\n[secret]');
});

test.each([
  'SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
  'TypeError: token is undefined',
  'error: password authentication failed for user "shop"',
  'Error: Input required and not supplied: token',
  'token: expected string, received null',
  'fatal: could not read Password for the repository',
  'API_TOKEN=***',
  'DEBUG password: required',
  `HEAD is now at ${hex} Add prices`,
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'expect(received).toBe(expected) // Object.is equality',
  'Error: connect ECONNREFUSED 127.0.0.1:5432',
  'git@github.com:acme/shop.git',
  'npm error path /home/runner/work/shop/shop',
])('says no secret: %s', (line) => {
  expect(withoutSecrets(line)).toBe(line);
});

test.each([
  ['letters', 'a'.repeat(65_536)],
  ['names of secrets', 'token'.repeat(13_000)],
  ['equals signs', 'password='.repeat(7_000)],
  ['beginnings of keys', '-----BEGIN PRIVATE KEY'.repeat(3_000)],
  ['slashes and dots', 'https://a.b:'.repeat(5_000)],
])('64 KB of %s take no longer than they should', (_, text) => {
  expect(() => withoutSecrets(text)).not.toThrow();
});
