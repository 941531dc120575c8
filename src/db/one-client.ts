import type { Socket } from 'node:net';
import pg from 'pg';

const CONNECT_MS = 5_000;

/**
 * Runs `work` on a connection of its own, outside the pools, and closes it. The session has the server's own settings.
 * `answerMs`: how long one statement may take; default: as long as it takes. A connection that cannot be made leaves
 * nothing open that would keep the process alive.
 */
export async function withOneClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  { name = 'pushbutton', answerMs }: { name?: string; answerMs?: number } = {},
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: name,
    ...(answerMs === undefined ? {} : { query_timeout: answerMs }),
  });
  // The query under way reports a broken connection.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    // Not in the types. node-postgres 8 leaves the socket open when TLS does not start, as with a key it cannot read.
    (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
    throw error;
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
