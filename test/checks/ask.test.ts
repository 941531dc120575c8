import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { type AskDeps, askHttp } from '../../src/checks/ask.js';
import type { Asked } from '../../src/core/stages/checks.js';
import { type Answering, startAnswering } from '../support/answering.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

const DEPS: AskDeps = { isPrivateAllowed: true, proxyOf: () => null };

let server: Answering | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Asks a server that answers in this way once, and waits until it has let go of the connection. */
async function asked(answer: (socket: Socket) => void, expected = 200, deps: Partial<AskDeps> = {}): Promise<Asked> {
  const { url, open } = await serve(answer);
  const result = await askHttp({ get: url, expect: expected }, { ...DEPS, ...deps });
  await until('nothing is left open', () => open() === 0);
  return result;
}
async function serve(answer: (socket: Socket) => void): Promise<Answering> {
  server = await startAnswering(answer);
  return server;
}
const says =
  (head: string, body: string | Buffer = '') =>
  (socket: Socket): void => {
    socket.write(`HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`);
    socket.end(body);
  };

test('one request is made, by Pushbutton, without cookies or a login, on a connection of its own', async () => {
  expect(await asked(says('200 OK\r\nset-cookie: a=b', 'fine'))).toEqual({
    is: 'as expected',
    status: 200,
    ms: expect.any(Number),
  });
  const [request = '', ...more] = server?.requests ?? [];
  expect(more).toEqual([]);
  expect(request).toMatch(/^GET \/healthz HTTP\/1\.1\r\n/);
  expect(request).toMatch(/^user-agent: Pushbutton\r$/im);
  expect(request).toMatch(/^connection: close\r$/im);
  expect(request).not.toMatch(/^(?:cookie|authorization|content-length|transfer-encoding|referer|origin):/im);
});

test.each<[string, string, string | Buffer, string]>([
  ['text', '503 Service Unavailable', 'database   gone\r\n\u0007\u001b[31mred', 'database gone [31mred'],
  ['nothing', '500 Internal Server Error', '', ''],
  [
    'a page',
    '502 Bad Gateway\r\ncontent-type: text/html; charset=utf-8',
    '<html>\n<head><title>502 Bad Gateway</title></head>\n<body>try later</body></html>',
    '502 Bad Gateway try later',
  ],
  ['JSON', '500 x\r\ncontent-type: application/json', '{"db":"<down>"}', '{"db":"<down>"}'],
  ['what is no text', '500 x', Buffer.from([0xff, 0xfe, 0x00, 0x41]), '\ufffd\ufffd A'],
  ['a long text', '500 x', 'long '.repeat(20_000), 'long '.repeat(40).trim()],
  ['a text behind much white space', '500 x', `${' \n'.repeat(30_000)}here`, 'here'],
  ['a token', '500 x', `denied for ghp_${'a1'.repeat(18)} today`, 'denied for [secret] today'],
  [
    'a login in an address',
    '500 x',
    'no route to postgres://app:hunter2@db/shop',
    'no route to postgres://app:[secret]@db/shop',
  ],
])('the first words of %s', async (_, head, body, words) => {
  const status = Number(head.slice(0, 3));
  expect(await asked(says(head, body))).toEqual({ is: 'failed', why: 'status', status, words, ms: expect.any(Number) });
});

test('a redirect to itself is asked once', async () => {
  const round = says('302 Found\r\nlocation: /healthz?token=0123456789abcdef');
  expect(await asked(round)).toMatchObject({
    is: 'failed',
    why: 'redirect',
    status: 302,
    words: '/healthz?token=[secret]',
  });
  expect(server?.requests).toHaveLength(1);
});
test('a redirect that is expected is as expected', async () => {
  expect(await asked(says('302 Found\r\nlocation: /login'), 302)).toMatchObject({ is: 'as expected', status: 302 });
  expect(server?.requests).toHaveLength(1);
});
test('an answer without its length ends with the connection', async () => {
  expect(await asked((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nfine'))).toMatchObject({ is: 'as expected' });
});
test('204 has no body', async () => {
  expect(await asked((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'), 204)).toMatchObject({ status: 204 });
});

describe('what never ends', () => {
  /** The time is over as soon as the server has said this much. */
  const askedUntil = (said: string, expected = 200) => {
    let over = () => {};
    return asked(
      (socket) => {
        if (said === '') over();
        else socket.write(said, () => over());
      },
      expected,
      {
        deadline: (act) => {
          over = act;
          return () => {};
        },
      },
    );
  };
  test.each([
    ['no byte', ''],
    ['half a status', 'HTTP/1.1 20'],
    ['half a header', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['no body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'],
    ['a byte of a body', 'HTTP/1.1 200 OK\r\n\r\nf'],
    ['a piece of a body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nf\r\n'],
  ])('%s, and then silence', async (_, said) => {
    expect(await askedUntil(said)).toMatchObject({ is: 'failed', why: 'timeout', words: '' });
  });
  test('a name that nobody looks up', async () => {
    let over = () => {};
    const deps: AskDeps = {
      ...DEPS,
      resolve: () => {
        over();
        return new Promise(() => {});
      },
      deadline: (act) => {
        over = act;
        return () => {};
      },
    };
    expect(await askHttp({ get: 'http://shop.test/', expect: 200 }, deps)).toMatchObject({
      why: 'timeout',
      status: null,
    });
  });
  test('the time is not waited for after an answer', async () => {
    let cancelled = 0;
    const deadline = () => () => {
      cancelled += 1;
    };
    await asked(says('200 OK'), 200, { deadline });
    expect(cancelled).toBe(1);
  });
});

describe('what is too much', () => {
  const HUNDRED_MB = 100 * 1_048_576;
  /** Sends it as fast as it is taken. */
  const pouring = (head: string, sent: { bytes: number }) => (socket: Socket) => {
    const piece = Buffer.alloc(65_536, 'a');
    socket.write(`HTTP/1.1 ${head}\r\ncontent-length: ${HUNDRED_MB}\r\n\r\n`);
    const pour = () => {
      while (sent.bytes < HUNDRED_MB && !socket.destroyed) {
        sent.bytes += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', pour);
    pour();
  };
  test.each([
    ['200 OK', { is: 'as expected', status: 200 }],
    ['500 x', { is: 'failed', why: 'status', status: 500, words: 'a'.repeat(200) }],
  ])('100 MB after %s are not read', async (head, wanted) => {
    const sent = { bytes: 0 };
    expect(await asked(pouring(head, sent))).toMatchObject(wanted);
    expect(sent.bytes).toBeLessThan(HUNDRED_MB / 2);
  });
  test('20 KB of headers are no answer', async () => {
    expect(await asked(says(`200 OK\r\nx-long: ${'a'.repeat(20_000)}`))).toMatchObject({
      is: 'failed',
      why: 'no answer',
    });
  });
  test('20 MB in 20 KB are unpacked as far as they are read', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1_048_576, 'a'));
    const head = 'content-encoding: gzip';
    expect(await asked(says(`200 OK\r\n${head}`, bomb))).toMatchObject({ is: 'as expected' });
    await server?.stop();
    expect(await asked(says(`500 x\r\n${head}`, bomb))).toMatchObject({ why: 'status', words: 'a'.repeat(200) });
  });
});

describe('what is no answer', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['a connection that is reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['a connection that is closed', (socket) => socket.end(), 'other side closed'],
    ['another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'HTTP'],
    [
      'a body that breaks off',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nf'),
      'other side closed',
    ],
    ['what cannot be unpacked', says('200 OK\r\ncontent-encoding: gzip', 'no gzip'), 'Z_DATA_ERROR'],
  ])('%s', async (_, answer, words) => {
    expect(await asked(answer)).toMatchObject({
      is: 'failed',
      why: 'no answer',
      words: expect.stringContaining(words),
    });
    expect(server?.connections()).toBe(1);
  });
  test('nobody listens', async () => {
    const get = `http://127.0.0.1:${await freePort()}/`;
    const wanted = { is: 'failed', why: 'no answer', status: null, words: 'ECONNREFUSED' };
    expect(await askHttp({ get, expect: 200 }, DEPS)).toMatchObject(wanted);
  });
  test.each(['ENOTFOUND', 'EAI_AGAIN'])('a name that does not exist: %s', async (code) => {
    const deps: AskDeps = { ...DEPS, resolve: () => Promise.reject(Object.assign(new Error('no'), { code })) };
    const wanted = { is: 'failed', why: 'no such name', status: null, words: code };
    expect(await askHttp({ get: 'https://shop.test/', expect: 200 }, deps)).toMatchObject(wanted);
  });
});

describe('TLS', () => {
  const secure = (name: string) =>
    createSecureServer({
      cert: readFileSync(`test/support/tls/${name}.crt`),
      key: readFileSync(`test/support/tls/${name}.key`),
    });
  test('a certificate that nobody vouches for', async () => {
    server = await startAnswering(says('200 OK'), secure('server'), 'secureConnection');
    const get = `https://127.0.0.1:${server.port}/`;
    const wanted = { why: 'tls', status: null, words: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
    expect(await askHttp({ get, expect: 200 }, DEPS)).toMatchObject(wanted);
    expect(server.requests).toEqual([]);
  });
  test('a server that speaks none', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    server = await startAnswering(() => {}, plain);
    const get = `https://127.0.0.1:${server.port}/`;
    expect(await askHttp({ get, expect: 200 }, DEPS)).toMatchObject({ is: 'failed', why: 'tls', status: null });
  });
});
