import type { IncomingMessage } from 'node:http';
import { type RouteDeps, routesOf } from './routes.js';
import { answer, close, createHttpServer, listen, type Route } from './server.js';

export interface ServeDeps extends RouteDeps {
  /** The metrics have a port of their own, so that they need not be open to the world. */
  readonly ports: { readonly port: number; readonly metricsPort?: number };
  readonly metrics: {
    readonly text: () => Promise<{ readonly type: string; readonly body: string }>;
    readonly answered: (route: string, status: number, seconds: number) => void;
  };
  readonly warn: (details: object, message: string) => void;
}

const GRACE_MS = 8_000;

/**
 * Listens for Slack, GitHub and probes, and on a port of its own for who reads the metrics. Rejects with the operating
 * system's error when a port cannot be had; then nothing listens. `stop` lets what is under way end.
 */
export async function serve(deps: ServeDeps): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const failed = (error: unknown) => deps.warn({ err: error }, 'a request could not be answered');
  const { ports, metrics } = deps;
  const server = createHttpServer(routesOf(deps), failed, metrics.answered);
  const port = await listen(server, ports.port);
  if (ports.metricsPort === undefined) return { port, stop: () => close(server, GRACE_MS) };
  const own = createHttpServer({ 'GET /metrics': metricsRoute(metrics.text) }, failed, () => {});
  try {
    await listen(own, ports.metricsPort);
  } catch (error) {
    await close(server, 0);
    throw error;
  }
  return { port, stop: async () => void (await Promise.all([close(server, GRACE_MS), close(own, 0)])) };
}

const metricsRoute =
  (text: ServeDeps['metrics']['text']): Route =>
  async (_request: IncomingMessage, response) => {
    const { type, body } = await text();
    answer(response, 200, body, type);
  };
