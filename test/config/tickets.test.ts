import { ConfigProblems, loadConfig } from '../../src/config/config.js';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(24, 'o').toString('base64')}`;
const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};
const file = (top: string, service = '') => `channel: C0RELEASES
${top}
services:
  - { name: till, repository: acme/till, staging: { workflow: s.yml }, production: { workflow: p.yml }, deployers: [U0ALICE] }
  - name: shop
    repository: acme/shop
    staging: { workflow: s.yml }
    production: { workflow: p.yml }
    deployers: [U0ALICE]
    ${service}
`;
const load = (top: string, service = '', more: NodeJS.ProcessEnv = {}) =>
  loadConfig({ ...env, ...more }, () => file(top, service)).services;
function lines(top: string, service = '', more: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(top, service, more);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

const URL = 'https://acme.atlassian.net/browse/{id}';
const ticket = (pattern: string, url = URL) => `{ pattern: '${pattern}', url: "${url}" }`;

test('one rule or several, for all services or for one', () => {
  const rule = { pattern: '[A-Z]{2,}-\\d+', url: URL };
  const [till, shop] = load(`tickets: ${ticket(rule.pattern)}`, `tickets: [${ticket('#(\\d+)')}, ${ticket('X-\\d')}]`);
  expect(till?.tickets).toEqual([rule]);
  expect(shop?.tickets.map(({ pattern }) => pattern)).toEqual(['#(\\d+)', 'X-\\d']);
  expect(load(`tickets: ${ticket('X')}`, 'tickets: []').map(({ tickets }) => tickets.length)).toEqual([1, 0]);
});

test.each<[string, string, string]>([
  ['no expression', ticket('[A-Z'), 'tickets.pattern: "[A-Z"; expected a regular expression in RE2 syntax'],
  ['look-around', ticket('(?<=x)y'), 'tickets.pattern: "(?<=x)y"'],
  ['a back reference', ticket('(a)\\1'), 'has a fault: invalid escape sequence'],
  ['one that matches nothing, too', ticket('[A-Z]*'), 'has a fault: matches nothing at all, too'],
  ['one that takes too long', ticket('[A-Z]{900}'), 'has a fault: too many repetitions'],
  ['one that is too long', ticket('x'.repeat(201)), 'of at most 200 characters'],
  [
    'an address without the id',
    ticket('X-1', 'https://t.test/browse'),
    'tickets.url: "https://t.test/browse"; expected an http',
  ],
  ['an address whose host is the id', ticket('X-1', 'https://{id}.t.test/'), 'tickets.url: "https://{id}.t.test/"'],
  ['another scheme', ticket('X-1', 'javascript:{id}'), 'tickets.url: "javascript:{id}"'],
  ['a password in the address', ticket('X-1', 'https://a:b@t.test/{id}'), 'tickets.url: '],
  ['the second of several', `[${ticket('X')}, ${ticket('[')}]`, 'tickets[1].pattern: "["'],
  [
    'a key that is misspelt',
    "{ patern: X, url: 'https://t.test/{id}' }",
    'tickets.patern: an unknown key; expected pattern',
  ],
  ['too many of them', `[${Array(21).fill(ticket('X')).join(', ')}]`, 'tickets: a list of 21; expected'],
  ['a text', 'SHOP', 'tickets: "SHOP"; expected a mapping with pattern and url, or a list of them'],
])('a rule with %s is refused at the start', (_, rule, words) => {
  expect(lines(`tickets: ${rule}`).join('\n')).toContain(words);
});

test('a receiver for all services, another with a secret of its own for one, and two keys while one is replaced', () => {
  const [till, shop] = load(
    'change_ticket: { url: "https://changes.acme.com/hook" }',
    'change_ticket: { url: "http://127.0.0.1:8080/", secret: SHOP_SECRET }',
    { CHANGE_TICKET_SECRET: SECRET, SHOP_SECRET: ` ${OTHER} ${SECRET} ` },
  );
  expect(till?.changeTicket).toEqual({ url: 'https://changes.acme.com/hook', keys: [Buffer.alloc(32, 'k')] });
  expect(shop?.changeTicket).toEqual({
    url: 'http://127.0.0.1:8080/',
    keys: [Buffer.alloc(24, 'o'), Buffer.alloc(32, 'k')],
  });
});

const HOOK = 'change_ticket: { url: "https://changes.acme.com/hook" }';
test.each<[string, string, NodeJS.ProcessEnv, string]>([
  ['no secret', HOOK, {}, 'CHANGE_TICKET_SECRET: missing; expected a secret of 24 to 64 random bytes'],
  ['a short secret', HOOK, { CHANGE_TICKET_SECRET: 'whsec_c2hvcnQ=' }, 'CHANGE_TICKET_SECRET: set, 14 characters'],
  ['a secret of another kind', HOOK, { CHANGE_TICKET_SECRET: 'hunter2hunter2' }, 'CHANGE_TICKET_SECRET: set, 14 char'],
  ['one wrong secret of two', HOOK, { CHANGE_TICKET_SECRET: `${SECRET} whsec_` }, 'CHANGE_TICKET_SECRET: set, 57 char'],
  [
    'plain http',
    'change_ticket: { url: "http://changes.acme.com/" }',
    { CHANGE_TICKET_SECRET: SECRET },
    'change_ticket.url: "http',
  ],
  [
    'a host that only looks local',
    'change_ticket: { url: "http://127.0.0.1.evil.test/" }',
    { CHANGE_TICKET_SECRET: SECRET },
    'change_ticket.url: ',
  ],
  [
    'a password in the address',
    'change_ticket: { url: "https://a:b@c.test/" }',
    { CHANGE_TICKET_SECRET: SECRET },
    'change_ticket.url: ',
  ],
  [
    'a secret in the file',
    `change_ticket: { url: "https://c.test/", secret: ${SECRET} }`,
    {},
    'change_ticket.secret: ',
  ],
])('a receiver with %s is refused at the start, and no secret is shown', (_, top, more, words) => {
  const said = lines(top, '', more).join('\n');
  expect(said).toContain(words);
  for (const secret of [SECRET, ...Object.values(more)]) expect(said).not.toContain(secret);
});

test('without them everything stays as it is, and no secret is asked for', () => {
  expect(load('').map(({ tickets, changeTicket }) => [tickets, changeTicket])).toEqual([
    [[], undefined],
    [[], undefined],
  ]);
});
