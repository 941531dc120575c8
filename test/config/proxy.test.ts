import type { Problem } from '../../src/config/problems.js';
import { proxyFor, readProxies, wayTo } from '../../src/config/proxy.js';
import { secretsIn } from '../../src/config/secrets.js';

const read = (env: Record<string, string>) => {
  const problems: Problem[] = [];
  return { proxies: readProxies((name) => env[name]?.trim() || undefined, problems), problems };
};
const forOf = (env: Record<string, string>, address: string) => proxyFor(read(env).proxies, address);
const SLACK = 'https://slack.com/api/';
const SOCKET = 'wss://wss-primary.slack.com/link/?ticket=1';

test('HTTPS_PROXY is for https and wss, HTTP_PROXY for http and ws, and for all when it is alone', () => {
  const both = { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' };
  expect([SLACK, SOCKET, 'http://ghes.internal/', 'ws://x/'].map((one) => forOf(both, one))).toEqual([
    ...['http://a:1', 'http://a:1', 'http://b:2', 'http://b:2'],
  ]);
  expect([SLACK, 'http://x/'].map((one) => forOf({ HTTP_PROXY: 'http://b:2' }, one))).toEqual([
    'http://b:2',
    'http://b:2',
  ]);
  expect([SLACK, 'http://x/'].map((one) => forOf({ HTTPS_PROXY: 'http://a:1' }, one))).toEqual(['http://a:1', null]);
  expect(forOf({}, SLACK)).toBeNull();
});

test('lower case comes first, an empty variable is none, and a proxy needs no scheme', () => {
  expect(forOf({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, SLACK)).toBe('http://a:1');
  expect(forOf({ https_proxy: ' ', HTTPS_PROXY: 'proxy.internal:3128' }, SLACK)).toBe('http://proxy.internal:3128');
  expect(forOf({ HTTPS_PROXY: 'bot:secret@proxy.internal:3128' }, SLACK)).toBe('http://bot:secret@proxy.internal:3128');
});

test.each([
  ['slack.com', [true, true, false]],
  ['.slack.com', [true, true, false]],
  ['*.slack.com', [true, true, false]],
  ['wss-primary.slack.com', [false, true, false]],
  ['lack.com', [false, false, false]],
  ['SLACK.com:443', [true, true, false]],
  ['slack.com:8443', [false, false, false]],
  ['10.0.0.1, github.internal', [false, false, true]],
  ['10.0.0.1 github.internal', [false, false, true]],
  ['*', [true, true, true]],
])('NO_PROXY=%s', (none, direct) => {
  const env = { HTTPS_PROXY: 'http://a:1', NO_PROXY: none };
  const addresses = [SLACK, SOCKET, 'https://github.internal/api/v3'];
  expect(addresses.map((one) => forOf(env, one) === null)).toEqual(direct);
});

test.each(['localhost:8080', '127.0.0.1', '127.8.9.10:1', '127.1', '[::1]:8080', '[0:0:0:0:0:0:0:1]'])(
  '%s is this machine, which no proxy is asked for',
  (host) => {
    const env = { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' };
    expect(['http', 'https', 'ws', 'wss'].map((scheme) => forOf(env, `${scheme}://${host}/`))).toEqual(
      Array(4).fill(null),
    );
  },
);

test.each(['localhost.acme.com', '127.0.0.1.acme.com', '128.0.0.1', '10.0.0.1', '[::2]'])('%s is not', (host) => {
  expect(forOf({ HTTP_PROXY: 'http://b:2' }, `http://${host}/`)).toBe('http://b:2');
});

test.each(['socks5://proxy:1080', 'http://', 'bot:secret word@'])('%s is refused without its value', (value) => {
  const { problems } = read({ https_proxy: value });
  expect(problems.map(({ setting, found }) => [setting, found])).toEqual([
    ['https_proxy', `set, ${value.length} characters, not an http or https URL`],
  ]);
});

test('the password of a proxy is a secret, and is not in the words', () => {
  const env = { HTTPS_PROXY: 'http://bot:open%20sesame@proxy.internal:3128', http_proxy: 'bot:another-one@other:1' };
  expect(secretsIn(env)).toEqual(expect.arrayContaining(['open%20sesame', 'open sesame', 'another-one']));
  expect(wayTo(read(env).proxies, SLACK)).toBe('through http://proxy.internal:3128');
  expect(wayTo(read({ ...env, NO_PROXY: '*' }).proxies, SLACK)).toBe('directly');
});
