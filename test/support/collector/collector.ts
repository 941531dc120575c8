import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SpanRead, spansOf } from './spans.js';

/**
 * What a collector does with what it gets. `waits`: it answers once it takes again; `hangs`: it reads, and never answers;
 * `trickles`: its answer begins, goes on and never ends.
 */
type Mood = 'takes' | 'waits' | 'hangs' | 'trickles' | 'refuses';

/**
 * A collector that speaks OTLP over HTTP, with protobuf, and takes nothing that is not exactly that: 404, 405, 415, or 400
 * with what is wrong, which is also kept.
 */
export async function startCollector() {
  const spans: SpanRead[] = [];
  const wrong: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const waiting: (() => void)[] = [];
  let mood: Mood = 'takes';
  let asked = 0;

  function refusalOf({ url, method, headers: { 'content-type': type } }: IncomingMessage): [number, string] | null {
    if (url !== '/v1/traces') return [404, `POST ${url}`];
    if (method !== 'POST') return [405, `${method} ${url}`];
    return type === 'application/x-protobuf' ? null : [415, `a body of ${type}`];
  }

  const server = createServer(async (request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    if (mood === 'waits') await new Promise<void>((resolve) => waiting.push(resolve));
    if (mood === 'hangs') return;
    if (mood === 'trickles') {
      const more = setInterval(() => response.write(' '), 20);
      return void response.writeHead(200).on('close', () => clearInterval(more));
    }
    if (mood === 'refuses') return void response.writeHead(503).end();
    headers.push(request.headers);
    const refusal = refusalOf(request);
    try {
      if (refusal) throw new Error(refusal[1]);
      spans.push(...spansOf(Buffer.concat(chunks)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    } catch (error) {
      wrong.push(String(error));
      response.writeHead(refusal?.[0] ?? 400).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
    endpoint: `http://127.0.0.1:${port}`,
    spans: (): readonly SpanRead[] => spans,
    /** What it was sent and could not take. */
    wrong: (): readonly string[] => wrong,
    /** The headers of each request that it answered. */
    headers: () => headers,
    /** How often it was asked, in whatever mood. */
    asked: () => asked,
    is: (next: Mood): void => {
      mood = next;
      if (mood !== 'waits') for (const go of waiting.splice(0)) go();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
