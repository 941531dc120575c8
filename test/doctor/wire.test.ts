import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWire } from '../../src/doctor/wire.js';

/** A server that answers so, for as long as `work` takes. */
async function withServer<T>(answer: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('a vendor that never answers is given up, and the reason is known', async () => {
  const wire = createWire(50);
  await withServer(
    () => {},
    async (url) => expect(wire.fetch(url)).rejects.toThrow(),
  );
  expect(wire.trouble()).toBe('no answer in 0.05 s');
  expect(wire.aheadMs()).toBeNull();
});

test('one that is not there is named by the code of the network', async () => {
  const wire = createWire();
  await expect(wire.fetch('http://127.0.0.1:1/')).rejects.toThrow();
  expect(wire.trouble()).toMatch(/^(ECONNREFUSED|bad port)$/);
  await expect(wire.fetch('http://slack.invalid/')).rejects.toThrow();
  expect(wire.trouble()).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
});

test('the first date that is heard tells the clock, and an answer without one nothing', async () => {
  const wire = createWire();
  const dates = ['', new Date(Date.now() + 300_000).toUTCString(), new Date().toUTCString()];
  await withServer(
    (_, response) => {
      response.sendDate = false;
      const date = dates.shift();
      response.writeHead(401, date ? { date } : {}).end();
    },
    async (url) => {
      for (const _ of [1, 2, 3]) await (await wire.fetch(url)).text();
    },
  );
  expect(Math.round((wire.aheadMs() ?? 0) / 10_000)).toBe(30);
  expect(wire.trouble()).toBeNull();
});
