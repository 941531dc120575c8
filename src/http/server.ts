import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * The one HTTP server. Paths are exact; a known path with another method is 405, an unknown one 404. What a route throws is
 * answered 500 with no details. `answered` hears the route of each answer, or `other`.
 */
export function createHttpServer(
  routes: Readonly<Record<string, Route>>,
  failed: (error: unknown) => void,
  answered: (route: string, status: number, seconds: number) => void = () => {},
): Server {
  const server = createServer({ connectionsCheckingInterval: 5_000 }, (request, response) => {
    const since = performance.now();
    const path = (request.url ?? '').split('?')[0] ?? '';
    const name = `${request.method} ${path}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    response.once('finish', () =>
      answered(route ? name : 'other', response.statusCode, (performance.now() - since) / 1_000),
    );
    if (!route) {
      const known = Object.keys(routes).some((one) => one.endsWith(` ${path}`));
      return answer(response, known ? 405 : 404, { error: known ? 'method not allowed' : 'not found' });
    }
    Promise.resolve()
      .then(() => route(request, response))
      .catch((error: unknown) => {
        failed(error);
        if (!response.headersSent) answer(response, 500, { error: 'internal error' });
        else response.destroy();
      });
  });
  // Slow or silent senders are let go; GitHub and Slack send within seconds.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  return server;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers JSON, or a text of another type. A body that was not read to its end is not waited for. */
export function answer(response: ServerResponse, status: number, body: object | string, type = JSON_TYPE): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Listens; rejects with the operating system's error when the port cannot be had. Resolves to the port. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Takes no new requests, lets those under way end, and cuts what is left after `graceMs`. */
export function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
