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

/** Each is given as [what stands before the value, the value, what stands after it]: only the value is taken out. */
const UNTOLD: readonly (readonly [string, string, string?])[] = [
  ['DB_PA' + 'SS=', 'hunter22'],
  ['RAILS_MASTER_K' + 'EY=', of(20)],
  ['ENCRYPTION_K' + 'EY=', 'correcthorse'],
  ['JWT_K' + 'EY=', of(12)],
  ['STRIPE_K' + 'EY: ', of(12)],
  ['    client-key' + '-data: ', joined('LS0t', of(38))],
  ['{"auth' + '":"', joined('dXNl', of(20), '='), '"}'],
  ['//registry.npmjs.org/:_au' + 'th=', joined('dXNl', of(20))],
  ['{\\"pass' + 'word\\":\\"', 'Hunter22x', '\\"}'],
  ['{\\\\\\"pass' + 'word\\\\\\":\\\\\\"', 'Hunter22x', '\\\\\\"}'],
  ['pass' + 'word=', 'ab,cdefgh'],
  ['DB_PASS' + 'WORD=', 'a&bcdefgh12345'],
  ['"pass' + 'word":"', 'Ab1,xyz', '","next":"one"'],
  ['pass' + 'word: "', 'My pass1 word', '"'],
  ['pass' + 'word => "', 'hunter22', '"'],
  ['pass' + 'word="', 'correct horse battery', '" next'],
  ['pass' + 'word="', 'Tr0ub,4dor', '"'],
  ['pass' + 'word="', 'ab\\"cdef', '" next'],
  ['pass' + "word: '", "it''s1 mine", "'"],
  ['pass' + 'word="', 'never closed 1'],
  ['curl -u ad' + 'min:', 'hunter22', ' https://a.test'],
  ['curl -u "ad' + 'min:', 'hunter 22', '" https://a.test'],
  ['docker login -u bob -p ', 'hunter22', ' a.test'],
  ['sshpass -p ', 'hunter22', ' ssh a.test'],
  ['mysql -u root -p', 'hunter22', ' shop'],
  ['machine a.test login bob password ', 'abcdefgh'],
  ['  pass' + 'word ', 'abc123def'],
  ['<pass' + 'word>', 'hunter22', '</password>'],
  ['mongodb://u:', 'p/w', '@h'],
  ['redis://:', 'pa/ss1', '@host'],
  ['mysql://root:', 'p@ss:w0rd', '@h'],
  ['{"url":"postgres://shop:', 'p@ss/word', '@db/shop","mail":"a@b.test"}'],
  ['line one\\n', joined('gh', 'p_', of(36)), '"'],
  ['url%3D', joined('gh', 'p_', of(36))],
  ['', joined('ATA', 'TT3x', of(40), '=', of(8))],
  ['', joined('da', 'pi', hex.slice(0, 32))],
  ['', joined('shp', 'at_', hex.slice(0, 32))],
  ['', joined('AGE-SECRET', '-KEY-1', of(30).toUpperCase())],
  ['Authorization: Dig' + 'est ', `username="bob", realm="a", nonce="b", response="${hex.slice(0, 32)}"`],
  ['pass' + 'word=', joined('x', of(30)).repeat(100)],
  ['pass' + 'word=', '\u{1f600}'.repeat(3_001), ' next'],
  ['', joined('gl', 'pat-', of(30).repeat(50))],
  ['https://', of(40).repeat(20), '@a.test'],
];

test.each(UNTOLD)('what stands after %j', (before, secret, after = '') => {
  expect(withoutSecrets(`x ${before}${secret}${after}`)).toBe(`x ${before}[secret]${after}`);
  expect(withoutSecrets(`${before}${secret}${after}\nafter`)).toBe(`${before}[secret]${after}\nafter`);
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
  'duplicate key value violates unique constraint "users_pkey"',
  'PRIMARY KEY (id), primary key: id1',
  'Expected key: foo',
  '  Expected key: foo1',
  'Warning: Each child in a list should have a unique "key" prop, key: item1',
  'Cache restored from key: Linux-npm-5f3a9c21',
  'cache-key: Linux-node-20',
  'foreign_key=user_id1',
  'pass: 12 tests',
  '# pass 412',
  'pass=1024 fail=3',
  'passed: 412 of 413',
  'bypass: true1 compass: north1',
  'monkey: banana1',
  'auth: required by v2',
  'max_tokens=4096',
  'token_type: bearer2',
  '    at sign (src/token.ts:123:45)',
  'JWT::Token::ExpiredSignature: expired',
  '"password": "must be at least 8 characters"',
  '{ "password": ["is too short"] }',
  'Basic functionality works',
  'docker run -u 1000:1000 -p 8080:80 node',
  'docker run -u node:node node',
  'mkdir -p build/artifacts',
  'git push -u origin main',
  'http://localhost:3000/@vite/client',
  'npm http fetch GET 200 https://registry.npmjs.org:443/@types/node 5ms',
  'docker://alpine:3.18@sha256:9f86d081884c7d65',
  'password sha256 mismatch',
  'the key: value of a map',
  'Error: expected 3 to equal 4',
  'PWD=/home/runner/work/shop',
])('says no secret: %s', (line) => {
  expect(withoutSecrets(line)).toBe(line);
});

/** What takes time by the square of the length would take minutes or hours for so much: 64 KB of it take some seconds. */
const MUCH = 512 * 1_024;

test.each([
  'a',
  'A1',
  '-',
  ' ',
  '"',
  '\\',
  '\\"',
  "'",
  '@',
  '=',
  ':',
  '/',
  '\r',
  '\n',
  '<',
  'a:',
  'a=',
  'token',
  'token:',
  'a:token',
  'key',
  'password ',
  'password=',
  'password="',
  'password:\\"',
  "password=''",
  '-----BEGIN PRIVATE KEY',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----END PRIVATE KEY-----',
  '://a:',
  'https://a.b:',
  '://a:b@',
  'eyJaaaaaaaaaaaaaaaaaaaa-',
  '-eyJ',
  '-sk-',
  'Bearer ',
  'Basic ',
  'Digest username=',
  'authorization:',
  'cookie=',
  'docker login ',
  'mysql ',
  '-u a:',
  '--token ',
  '<password>',
  '?sig=',
  'login a ',
])('much of %j takes no longer than it should', (piece) => {
  const text = piece.repeat(MUCH / piece.length);
  expect(withoutSecrets(text).length).toBeGreaterThan(0);
});
