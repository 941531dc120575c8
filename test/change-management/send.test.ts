import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from '../../src/change-management/send.js';
import { freePort } from '../support/free-port.js';

/** Posts to a server that answers in this way. */
async function answered(how: (response: ServerResponse) => void, patienceMs?: number) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => how(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await send(`http://127.0.0.1:${port}/secret-path`, {}, '{}', patienceMs);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
const status = (code: number, headers: Record<string, string> = {}) =>
  answered((response) => response.writeHead(code, headers).end());

test.each([200, 201, 202, 204])('%i is accepted', async (code) =>
  expect(await status(code)).toEqual({ is: 'accepted' }),
);
test.each([301, 400, 401, 403, 404, 500, 503])('%i is not', async (code) =>
  expect(await status(code)).toMatchObject({ is: 'not accepted', why: expect.stringContaining(`answers ${code}`) }),
);
test('410 is gone', async () => expect(await status(410)).toEqual({ is: 'gone' }));

const DATE = 'Mon, 30 Nov 2026 10:00:00 GMT';
test.each<[string, Record<string, string>, object]>([
  ['seconds', { 'retry-after': '7' }, { is: 'rate limited', retryAfterMs: 7_000 }],
  ['none at all', { 'retry-after': '0' }, { is: 'rate limited', retryAfterMs: 1_000 }],
  [
    'a time',
    { date: DATE, 'retry-after': 'Mon, 30 Nov 2026 10:02:00 GMT' },
    { is: 'rate limited', retryAfterMs: 120_000 },
  ],
  ['a year', { 'retry-after': '31536000' }, { is: 'rate limited', retryAfterMs: 86_400_000 }],
  ['nothing', {}, { is: 'not accepted', why: 'answers 429' }],
  ['rubbish', { 'retry-after': 'soon' }, { is: 'not accepted', why: 'answers 429' }],
])('429 with %s', async (_, headers, wanted) => expect(await status(429, headers)).toEqual(wanted));

test('no answer in time, a body that never ends, and a connection that breaks', async () => {
  expect(await answered(() => {}, 50)).toEqual({ is: 'not accepted', why: 'does not answer in 0.05 s' });
  expect(await answered((response) => response.writeHead(200).write('and'))).toEqual({ is: 'accepted' });
  const broken = await answered((response) => response.destroy());
  expect(broken).toMatchObject({ is: 'not accepted', why: expect.stringMatching(/^cannot be reached: [A-Z_]+$/) });
  const nobody = await send(`http://127.0.0.1:${await freePort()}/secret-path`, {}, '{}');
  expect(nobody).toEqual({ is: 'not accepted', why: 'cannot be reached: ECONNREFUSED' });
});
