import { request } from 'node:http';

/**
 * Posts a text on a connection of its own; gives the status and the whole answer with its type. Follows no redirect.
 * Rejects when there is no connection, when it breaks, and when `signal` is aborted.
 */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; answer: string; contentType: string }> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method: 'POST', headers: { ...headers, ...length }, agent: false, signal });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          answer: Buffer.concat(chunks).toString('utf8'),
          contentType: response.headers['content-type'] ?? '',
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
