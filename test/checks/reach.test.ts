import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { type AskDeps, askHttp } from '../../src/checks/ask.js';
import { type Answering, startAnswering } from '../support/answering.js';

/** Which addresses a check reaches, by name and by number, directly and through a forward proxy. */

let server: Answering;
let proxy: Answering | undefined;
const fine = (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
beforeEach(async () => {
  server = await startAnswering(fine);
});
afterEach(async () => {
  await server.stop();
  await proxy?.stop();
  proxy = undefined;
});

const ask = (get: string, deps: Partial<AskDeps> = {}) =>
  askHttp({ get, expect: 200 }, { isPrivateAllowed: false, proxyOf: () => null, ...deps });
const PUBLIC: LookupAddress = { address: '93.184.216.34', family: 4 };
const PUBLIC_V6: LookupAddress = { address: '2606:2800:21f:cb07:6820:80da:af6b:8b2c', family: 6 };
const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };

test.each([
  ...['127.0.0.1', '127.1', '127.0.0.1.', '0x7f.1', '0177.0.0.1', '2130706433', '0x7f000001', '127.8.8.8'],
  ...['%31%32%37.0.0.1', '127。0。0。1', '①②⑦.0.0.1', '0.0.0.0', '0', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]'],
  ...['localhost', 'LOCALHOST'],
])('this machine as %s is not asked', async (host) => {
  const answer = await ask(`http://${host}:${server.port}/`);
  expect(answer).toMatchObject({ is: 'failed', why: 'private address', status: null });
  expect(server.connections()).toBe(0);
});

test.each(['127.0.0.1', '127.1', 'localhost', '0.0.0.0'])(
  'where private addresses are allowed, %s is',
  async (host) => {
    expect(await ask(`http://${host}:${server.port}/`, { isPrivateAllowed: true })).toMatchObject({
      is: 'as expected',
    });
  },
);

test.each(['169.254.169.254', '[fd00:ec2::254]', '100.100.100.200', '[::ffff:169.254.169.254]'])(
  'what hands out credentials of the cloud is never asked: %s',
  async (host) => {
    const get = `http://${host}/latest/meta-data/`;
    const proxyOf = () => `http://127.0.0.1:${server.port}`;
    expect(await ask(get, { isPrivateAllowed: true })).toMatchObject({ why: 'private address' });
    expect(await ask(get, { isPrivateAllowed: true, proxyOf })).toMatchObject({ why: 'private address' });
    expect(server.connections()).toBe(0);
  },
);

test('a name is looked up once, and what was judged is what is asked', async () => {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return asked.length === 1 ? [LOOPBACK] : [PUBLIC];
  };
  expect(await ask(`http://shop.test:${server.port}/`, { resolve, isPrivateAllowed: true })).toMatchObject({
    is: 'as expected',
  });
  expect(asked).toEqual(['shop.test']);
  expect(server.requests[0]).toMatch(new RegExp(`^host: shop\\.test:${server.port}\\r$`, 'im'));
});

test('one private address among public ones is enough to refuse', async () => {
  const resolve = async () => [PUBLIC, LOOPBACK, PUBLIC_V6];
  expect(await ask(`http://shop.test:${server.port}/`, { resolve })).toMatchObject({
    why: 'private address',
    words: 'loopback',
  });
  expect(server.connections()).toBe(0);
});

const authorities = readFileSync('test/support/tls/changes.crt', 'utf8');
/** It is called changes.test. */
const startSecure = () => {
  const secure = createSecureServer({ cert: authorities, key: readFileSync('test/support/tls/changes.key') });
  return startAnswering(fine, secure, 'secureConnection');
};

test('a certificate counts that names what was asked for', async () => {
  const secure = await startSecure();
  const deps = { isPrivateAllowed: true, resolve: async () => [LOOPBACK], authorities };
  const altname = { why: 'tls', status: null, words: 'ERR_TLS_CERT_ALTNAME_INVALID' };
  try {
    expect(await ask(`https://changes.test:${secure.port}/`, deps)).toMatchObject({ is: 'as expected' });
    expect(await ask(`https://other.test:${secure.port}/`, deps)).toMatchObject(altname);
    expect(await ask(`https://127.0.0.1:${secure.port}/`, deps)).toMatchObject(altname);
    expect(secure.requests).toHaveLength(1);
  } finally {
    await secure.stop();
  }
});

describe('behind a forward proxy', () => {
  /** Opens each tunnel to the server, wherever it is asked to. */
  const startProxy = async (answer = '200 OK', far = server) => {
    proxy = await startAnswering((near) => {
      near.removeAllListeners('data');
      near.write(`HTTP/1.1 ${answer}\r\n\r\n`);
      if (!answer.startsWith('200')) {
        near.end();
        return;
      }
      const there = connect(far.port, '127.0.0.1').on('error', () => near.destroy());
      near.pipe(there).pipe(near);
    });
    return { proxyOf: () => `http://bot:s%40cret@127.0.0.1:${proxy?.port}`, tunnels: proxy.requests };
  };

  test('it is asked for the address that was judged, and the server for the name', async () => {
    const { proxyOf, tunnels } = await startProxy();
    expect(await ask('http://shop.test/', { proxyOf, resolve: async () => [PUBLIC_V6, PUBLIC] })).toMatchObject({
      is: 'as expected',
    });
    expect(tunnels[0]).toMatch(/^CONNECT 93\.184\.216\.34:80 HTTP\/1\.1\r\n/);
    expect(tunnels[0]).toMatch(/^proxy-authorization: Basic Ym90OnNAY3JldA==\r$/im);
    expect(server.requests[0]).toMatch(/^host: shop\.test\r$/im);
    expect(server.requests[0]).not.toMatch(/^proxy-/im);
  });
  test('also if there is only one of IPv6', async () => {
    const { proxyOf, tunnels } = await startProxy();
    await ask('http://shop.test:8080/', { proxyOf, resolve: async () => [PUBLIC_V6] });
    expect(tunnels[0]).toMatch(/^CONNECT \[2606:2800:21f:cb07:6820:80da:af6b:8b2c\]:8080 HTTP/);
  });
  test('a private address is not asked for', async () => {
    const { proxyOf } = await startProxy();
    expect(await ask('http://10.0.0.7/', { proxyOf })).toMatchObject({
      why: 'private address',
      words: 'private network',
    });
    expect(await ask('http://shop.test/', { proxyOf, resolve: async () => [LOOPBACK] })).toMatchObject({
      why: 'private address',
    });
    expect(proxy?.connections()).toBe(0);
  });
  test('where private addresses are allowed, it looks up the name itself', async () => {
    const { proxyOf, tunnels } = await startProxy();
    const resolve = () => Promise.reject(new Error('nobody was to ask'));
    expect(await ask('http://shop.test/', { proxyOf, resolve, isPrivateAllowed: true })).toMatchObject({
      is: 'as expected',
    });
    expect(tunnels[0]).toMatch(/^CONNECT shop\.test:80 HTTP/);
  });
  test('TLS is with the name, not with the address', async () => {
    const far = await startSecure();
    const { proxyOf, tunnels } = await startProxy('200 OK', far);
    const deps = { proxyOf, resolve: async () => [PUBLIC], authorities };
    try {
      expect(await ask('https://changes.test/', deps)).toMatchObject({ is: 'as expected' });
      expect(await ask('https://other.test/', deps)).toMatchObject({
        why: 'tls',
        words: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
      expect(tunnels.map((one) => one.split(' ')[1])).toEqual(['93.184.216.34:443', '93.184.216.34:443']);
      expect(far.requests).toHaveLength(1);
    } finally {
      await far.stop();
    }
  });
  test.each(['403 Forbidden', '407 Proxy Authentication Required', '502 Bad Gateway'])(
    'it refuses: %s',
    async (answer) => {
      const { proxyOf } = await startProxy(answer);
      expect(await ask('http://shop.test/', { proxyOf, resolve: async () => [PUBLIC] })).toMatchObject({
        is: 'failed',
        why: 'proxy',
        status: null,
        words: `answers ${answer.slice(0, 3)}`,
      });
      expect(server.connections()).toBe(0);
    },
  );
  test('it is gone', async () => {
    const { proxyOf } = await startProxy();
    await proxy?.stop();
    expect(await ask('http://shop.test/', { proxyOf, resolve: async () => [PUBLIC] })).toMatchObject({
      why: 'proxy',
      words: 'ECONNREFUSED',
    });
    proxy = undefined;
  });
});
