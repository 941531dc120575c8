import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server on loopback that says to each connection, byte for byte, what a test wants. */
export async function startAnswering(
  answer: (socket: Socket, request: string) => void,
  server: Server = createServer(),
  event = 'connection',
) {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on(event, (socket: Socket) => {
    let request = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      request += bytes;
      if (!request.endsWith('\r\n\r\n')) return;
      requests.push(request);
      answer(socket, request);
      request = '';
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/healthz`,
    /** Each with its headers. */
    requests,
    connections: (): number => connections,
    open: (): number => open.size,
    stop: async (): Promise<void> => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Answering = Awaited<ReturnType<typeof startAnswering>>;
