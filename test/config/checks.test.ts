import { checkList, checksOf, privateChecks } from '../../src/config/checks.js';
import { ConfigProblems, loadConfig } from '../../src/config/config.js';

const read = (...written: unknown[]) => checkList.safeParse(written);
/** The path and the expectation of the first problem. */
function problem(...written: unknown[]): string {
  const issue = read(...written).error?.issues[0];
  const [inner] = issue?.code === 'invalid_union' ? (issue.errors[0] ?? []) : [];
  return inner
    ? `${[...(issue?.path ?? []), ...inner.path].join('.')}: ${inner.message}`
    : `${issue?.path.join('.')}: ${issue?.message}`;
}
const GET = 'https://canary.acme.test/healthz';

test('a check says where, and the rest has defaults', () => {
  expect(checksOf(read({ get: GET }, { workflow: 'smoke.yml' }).data ?? [])).toEqual({
    http: [{ get: GET, everyMs: 30_000, expect: 200, fails: 3 }],
    workflow: { workflow: 'smoke.yml' },
  });
  expect(checksOf(read({ get: 'http://a.test', every: '5s', expect: 302, fails: 1 }).data ?? [])).toEqual({
    http: [{ get: 'http://a.test', everyMs: 5_000, expect: 302, fails: 1 }],
    workflow: null,
  });
  expect(checksOf(read().data ?? [])).toEqual({ http: [], workflow: null });
});

const url = '0.get: an http or https URL without a login or a token';
test.each<[string, object, string]>([
  ['a login', { get: 'https://bot:secret@acme.test/' }, url],
  ['a name alone', { get: 'https://bot@acme.test/' }, url],
  ['a token in its query', { get: 'https://acme.test/healthz?token=0123456789abcdef' }, url],
  ['another scheme', { get: 'ftp://acme.test/' }, url],
  ['a file', { get: 'file:///etc/passwd' }, url],
  ['no scheme', { get: 'acme.test/healthz' }, url],
  ['white space', { get: 'https://acme.test/a b' }, url],
  ['no URL', { get: 7 }, url],
  ['less than five seconds', { get: GET, every: '4.9s' }, '0.every: a duration of 5s or more'],
  ['no duration', { get: GET, every: 30 }, '0.every: a duration of 5s or more'],
  ['a status that is none', { get: GET, expect: 99 }, '0.expect: a status from 200 to 599'],
  ['a status in words', { get: GET, expect: 'ok' }, '0.expect: a status from 200 to 599'],
  ['no failure', { get: GET, fails: 0 }, '0.fails: a whole number from 1 to 100'],
])('%s is refused', (_, check, expected) => expect(problem(check)).toContain(expected));

test('at most five with get, and one with workflow', () => {
  const five = Array(5).fill({ get: GET });
  expect(read(...five, { workflow: 'a.yml' }).success).toBe(true);
  expect(problem(...five, { get: GET })).toBe(': at most 5 checks with get and one with workflow');
  expect(problem({ workflow: 'a.yml' }, { workflow: 'b.yml' })).toContain('at most 5 checks with get');
  expect(read({ get: GET, workflow: 'a.yml' }).success).toBe(false);
  expect(read({}).success).toBe(false);
});

const fileWith = (get: unknown, top: object = {}) => ({
  ...top,
  services: [{}, { production: { stages: [{ name: 'canary' }, { check: [{ workflow: 'a.yml' }, { get }] }] } }],
});
const setting = 'services[1].production.stages[1].check[1].get';

test.each([
  'http://10.0.0.7/',
  'https://[::1]:8443/',
  'http://0x7f.1/',
  'http://localhost:3000/',
  'http://[::ffff:10.0.0.1]/',
])('%s needs checks.private', (get) => {
  expect(privateChecks(fileWith(get))).toEqual([
    {
      setting,
      found: `${JSON.stringify(get)}, which is a private address`,
      expected: 'a public address, or checks: { private: true } at the top level',
    },
  ]);
  expect(privateChecks(fileWith(get, { checks: { private: true } }))).toEqual([]);
});
test.each(['http://169.254.169.254/', 'http://168.63.129.16/'])('%s is never right', (get) => {
  const wanted = [
    { setting, found: expect.stringContaining('of the machine or its cloud'), expected: 'another address' },
  ];
  expect(privateChecks(fileWith(get))).toEqual(wanted);
  expect(privateChecks(fileWith(get, { checks: { private: true } }))).toEqual(wanted);
});
test.each([GET, 'http://8.8.8.8/', 'no url', 7, null])('%s is not said to be private', (get) =>
  expect(privateChecks(fileWith(get))).toEqual([]),
);

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};
const load = (top: string) =>
  loadConfig(
    env,
    () => `channel: C0RELEASES
${top}
services:
  - { name: shop, repository: acme/shop, staging: { workflow: s.yml }, production: { workflow: p.yml }, deployers: [U0ALICE] }
`,
  );

test('private addresses are allowed by a key of their own, at the top level', () => {
  expect(load('').checks).toEqual({ private: false });
  expect(load('checks: {}').checks).toEqual({ private: false });
  expect(load('checks: { private: true }').checks).toEqual({ private: true });
  expect(() => load('checks: { private: "yes" }')).toThrow(ConfigProblems);
  expect(() => load('checks: { privat: true }')).toThrow(
    'checks.privat: an unknown key; expected private (the nearest',
  );
});
