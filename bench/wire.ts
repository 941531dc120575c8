import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a database that counts what goes over it. */
export interface Wire {
  /** The address to use in place of the database's own. */
  readonly url: string;
  /** SQL statements that the server has answered so far: each one of a query that holds several, `begin` and `commit` too. */
  readonly statements: () => number;
  readonly stop: () => Promise<void>;
}

/** The messages with which PostgreSQL ends a statement: done, empty, and refused (Frontend/Backend Protocol, 3.0). */
const ENDS = new Set(['C', 'I', 'E'].map((letter) => letter.charCodeAt(0)));
const HEAD = 5;

/** Opens such a way on 127.0.0.1. It is not encrypted, so a server that insists on TLS refuses what comes over it. */
export async function openWire(database: string): Promise<Wire> {
  const own = new URL(database);
  const there = { host: own.hostname, port: Number(own.port || 5432) };
  let statements = 0;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ ...there, noDelay: true });
    const count = countEnds(() => (statements += 1));
    far.on('data', count);
    near.pipe(far).pipe(near);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as AddressInfo).port);
  own.searchParams.set('sslmode', 'disable');
  return {
    url: own.href,
    statements: () => statements,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Reads what a server sends: messages of a letter, a length that counts itself, and that many bytes. */
export function countEnds(ended: () => void): (chunk: Uint8Array) => void {
  let skip = 0;
  let head: number[] = [];
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (skip > 0) {
        const passed = Math.min(skip, chunk.length - at);
        skip -= passed;
        at += passed;
        continue;
      }
      head.push(chunk[at++] as number);
      if (head.length < HEAD) continue;
      const [letter, ...length] = head as [number, number, number, number, number];
      skip = length.reduce((sum, byte) => sum * 256 + byte, 0) - 4;
      if (ENDS.has(letter)) ended();
      head = [];
    }
  };
}
