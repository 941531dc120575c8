import type { IncomingMessage } from 'node:http';
import { type Checks, readiness } from './health.js';
import { answer, type Route } from './server.js';

export interface RouteDeps {
  readonly checks: Checks;
  /** null in Socket Mode. */
  readonly slack: Route | null;
  /** null if webhooks are off: polling finds everything. */
  readonly github: ((request: IncomingMessage) => Promise<{ status: number; text: string }>) | null;
}

/** Everything that is answered over HTTP, by method and exact path. */
export function routesOf({ checks, slack, github }: RouteDeps): Record<string, Route> {
  const routes: Record<string, Route> = {
    'GET /healthz': (_request, response) => answer(response, 200, { alive: true }),
    'GET /readyz': async (_request, response) => {
      const { status, body } = await readiness(checks);
      answer(response, status, body);
    },
  };
  if (slack) routes['POST /slack/events'] = slack;
  if (github) {
    routes['POST /github/webhooks'] = async (request, response) => {
      const { status, text } = await github(request);
      // The unread rest of a body would be taken for the next request.
      if (status === 413 || !request.complete) response.setHeader('connection', 'close');
      answer(response, status, { result: text });
    };
  }
  return routes;
}
