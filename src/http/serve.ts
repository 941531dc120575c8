import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from './health.js';
import { type RouteDeps, routesOf } from './routes.js';
import { answer, close, createHttpServer, listen, type Route } from './server.js';

export interface ServeDeps extends Omit<RouteDeps, 'checks'> {
  readonly checks: Omit<Checks, 'replica'>;
  /** The metrics have their own port, so that they need not be open to the world. */
  readonly ports: { readonly port: number; readonly metricsPort?: number };
  readonly metrics: {
    readonly text: () => Promise<{ readonly type: string; readonly body: string }>;
    readonly answered: (route: string, status: number, seconds: number) => void;
  };
  readonly warn: (details: object, message: string) => void;
}

const GRACE_MS = 8_000;

export interface Serving {
  readonly port: number;
  /**
   * For `leaveMs` it answers as before, but says at /readyz that it is stopping, for load balancers that check it:
   * Slack sends no click twice. Then it accepts nothing new and lets requests under way finish.
   */
  readonly stop: (leaveMs: number) => Promise<void>;
}

/**
 * Listens for Slack, GitHub and probes, and on a separate port for readers of the metrics. Rejects with the operating
 * system's error if a port is not available; then nothing listens.
 */
export async function serve(deps: ServeDeps): Promise<Serving> {
  const failed = (error: unknown) => deps.warn({ err: error }, 'a request could not be answered');
  const { ports, metrics } = deps;
  let stops = false;
  const checks = { ...deps.checks, replica: async () => (stops ? 'is stopping' : null) };
  const server = createHttpServer(routesOf({ ...deps, checks }), failed, metrics.answered);
  const leave = async (leaveMs: number) => {
    stops = true;
    await sleep(leaveMs);
    await close(server, GRACE_MS);
  };
  const port = await listen(server, ports.port);
  if (ports.metricsPort === undefined) return { port, stop: leave };
  const own = createHttpServer({ 'GET /metrics': metricsRoute(metrics.text) }, failed, () => {});
  try {
    await listen(own, ports.metricsPort);
  } catch (error) {
    await close(server, 0);
    throw error;
  }
  return { port, stop: async (leaveMs) => void (await Promise.all([leave(leaveMs), close(own, 0)])) };
}

const metricsRoute =
  (text: ServeDeps['metrics']['text']): Route =>
  async (_request: IncomingMessage, response) => {
    const { type, body } = await text();
    answer(response, 200, body, type);
  };
