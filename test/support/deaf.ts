import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a database on which, once `deafen` was called, every statement arrives and no answer comes back. */
export async function deafWay(databaseUrl: string) {
  const database = new URL(databaseUrl);
  const ends = new Set<Socket>();
  let deaf = false;
  const proxy = createServer((near) => {
    const far = connect(Number(database.port || 5432), database.hostname);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      if (!deaf) near.write(bytes);
    });
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    deafen: () => {
      deaf = true;
    },
    stop: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const end of ends) end.destroy();
      await closed;
    },
  };
}
