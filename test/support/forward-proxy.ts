import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/**
 * A forward proxy on loopback. It opens tunnels (CONNECT) and refuses everything else with 403, as squid does by default
 * for ports it does not know. Names that end in `.test`, which nothing else can look up, are this machine. With `password`,
 * it answers 407 to who does not send it.
 */
export async function startForwardProxy({ password }: { password?: string } = {}) {
  const asked: string[] = [];
  const ends = new Set<Socket>();
  const server = createServer((_, response) => void response.writeHead(403).end());
  const wanted = password === undefined ? null : `Basic ${Buffer.from(`bot:${password}`).toString('base64')}`;
  server.on('connect', (request, near: Socket, head) => {
    near.on('error', () => near.destroy());
    if (wanted !== null && request.headers['proxy-authorization'] !== wanted) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n');
      return;
    }
    asked.push(String(request.url));
    const [, host = '', port] = /^(.*):(\d+)$/.exec(String(request.url)) ?? [];
    const far = connect(Number(port), host.endsWith('.test') ? '127.0.0.1' : host);
    far.on('error', () => near.destroy());
    far.once('connect', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.once('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    /** `host:port` of the proxy. */
    at: `127.0.0.1:${port}`,
    /** Where tunnels were opened to, in order: `host:port`. */
    asked: (): readonly string[] => asked,
    stop: async () => {
      for (const end of ends) end.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
