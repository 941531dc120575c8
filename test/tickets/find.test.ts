import { createFindTickets, type TicketRule } from '../../src/tickets/find.js';

const JIRA: TicketRule = { pattern: '[A-Z]{2,}-\\d+', url: 'https://acme.atlassian.net/browse/{id}' };
const ids = (rules: readonly TicketRule[], ...texts: string[]) => createFindTickets(rules)(texts).map(({ id }) => id);

test.each<[string, string[], string[]]>([
  ['a title', ['SHOP-12 Add prices (PAY-9)'], ['SHOP-12', 'PAY-9']],
  ['a branch', ['feature/SHOP-12-prices'], ['SHOP-12']],
  ['each once, in the order of the texts', ['PAY-9 x', 'SHOP-1', 'PAY-9 SHOP-2'], ['PAY-9', 'SHOP-1', 'SHOP-2']],
  ['right-to-left marks between the letters', ['SHOP\u202e-1\u2066 and PAY-2'], ['PAY-2']],
  ['lines of their own', ['Fix\r\n\r\nSHOP-1\nPAY-2\u2028UX-3'], ['SHOP-1', 'PAY-2', 'UX-3']],
  ['a line that is cut', [`${'word '.repeat(3_000)}SHOP-1`, `${'x'.repeat(996)} SHOP-22`], ['SHOP-1', 'SHOP-22']],
  ['none', ['Add prices', '', '-'], []],
])('tickets in %s', (_, texts, wanted) => expect(ids([JIRA], ...texts)).toEqual(wanted));

test('several rules, each with its own page; a group says which part is the id', () => {
  const github = { pattern: '(?:shop|till)#(\\d+)', url: 'https://github.com/acme/shop/issues/{id}' };
  expect(createFindTickets([JIRA, github])(['SHOP-1 closes shop#7 and till#8'])).toEqual([
    { id: 'SHOP-1', url: 'https://acme.atlassian.net/browse/SHOP-1' },
    { id: '7', url: 'https://github.com/acme/shop/issues/7' },
    { id: '8', url: 'https://github.com/acme/shop/issues/8' },
  ]);
});

test('without regard to case, ids that differ in it alone are one ticket', () => {
  expect(ids([{ ...JIRA, pattern: '(?i)\\bshop-\\d+\\b' }], 'Shop-1 SHOP-1', 'shop-1 shop-2')).toEqual([
    'Shop-1',
    'shop-2',
  ]);
});

test('an id is one part of its address, whatever it is made of', () => {
  const anything = { pattern: '\\S+', url: 'https://t.test/{id}?of={id}' };
  const pages = createFindTickets([anything])(['../../evil?x=1#y <!channel> $& %2e .. . שלום \ud83d\ude80']);
  expect(pages.map(({ url }) => url)).toEqual(
    ['..%2F..%2Fevil%3Fx%3D1%23y', '%3C!channel%3E', '%24%26', '%252e', encodeURIComponent('שלום'), '%F0%9F%9A%80'].map(
      (id) => `https://t.test/${id}?of=${id}`,
    ),
  );
});

test('a text is no way to keep Pushbutton busy: megabytes and thousands of ids are bounded', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `SHOP-${index}`).join(' ');
  expect(many.length).toBeGreaterThan(1_000_000);
  expect(ids([JIRA], many)).toHaveLength(50);
  expect(ids([JIRA], `${'SHOP-1 '.repeat(600)}SHOP-2`)).toEqual(['SHOP-1']);
  expect(ids([JIRA], `${'x'.repeat(70_000)} SHOP-1`)).toEqual([]);
  expect(ids([{ ...JIRA, pattern: '\\S+' }], `${'x'.repeat(61)} ${'y'.repeat(60)}`)).toEqual(['y'.repeat(60)]);
});

/** Each would take a backtracking engine longer than the universe will last. */
test.each(['(a+)+$', '(a|aa)+$', '(.*)*(.*)*x', '(?:a.*b|a)', '(x+x+)+y', '([a-zA-Z]+)*$'])(
  'a pattern that would never end elsewhere does: %s',
  (pattern) => {
    expect(ids([{ ...JIRA, pattern }], `${'a'.repeat(65_000)}!`).length).toBeLessThanOrEqual(1);
  },
);
