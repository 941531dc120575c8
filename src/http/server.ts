import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * Creates the HTTP server. Paths are exact; a known path with another method gets 405, an unknown path 404. A route for
 * GET answers HEAD, too. If a route throws, the answer is 500 without details. `answered` is called with the route of
 * each answer, or `other`.
 */
export function createHttpServer(
  routes: Readonly<Record<string, Route>>,
  failed: (error: unknown) => void,
  answered: (route: string, status: number, seconds: number) => void = () => {},
): Server {
  const server = createServer({ connectionsCheckingInterval: 5_000 }, (request, response) => {
    const since = performance.now();
    const path = (request.url ?? '').split('?')[0] ?? '';
    // Node leaves out the body of an answer to HEAD.
    const name = `${request.method === 'HEAD' ? 'GET' : request.method} ${path}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    response.once('finish', () =>
      answered(route ? name : 'other', response.statusCode, (performance.now() - since) / 1_000),
    );
    if (!route) {
      const methods = Object.keys(routes).flatMap((one) => (one.endsWith(` ${path}`) ? one.split(' ', 1) : []));
      if (methods.length === 0) return answer(response, 404, { error: 'not found' });
      response.setHeader('allow', methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : one)).join(', '));
      return answer(response, 405, { error: 'method not allowed' });
    }
    Promise.resolve()
      .then(() => route(request, response))
      .catch((error: unknown) => {
        failed(error);
        if (!response.headersSent) answer(response, 500, { error: 'internal error' });
        else response.destroy();
      });
  });
  // Slow or silent senders are cut off; GitHub and Slack send within seconds.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  return server;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers with JSON, or with text of another type. Does not wait for the unread rest of the request's body. */
export function answer(response: ServerResponse, status: number, body: object | string, type = JSON_TYPE): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Listens. Resolves to the port; rejects with the operating system's error if the port is not available. */
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

/** Accepts no new requests, lets those under way finish, and cuts off what is left after `graceMs`. */
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
