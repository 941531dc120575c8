import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { SECRETS } from './secrets.js';

/** The webhook of a team's change management, over real HTTP. It believes only what Standard Webhooks' own library verifies. */

export interface Delivery {
  readonly id: string;
  /** When the attempt was signed, in seconds. */
  readonly signedAt: number;
  readonly type: string;
  readonly data: { readonly [key: string]: unknown; readonly sha: string; readonly tickets: readonly string[] };
  /** What it was answered; 0 if the receiver was silent. */
  readonly status: number;
  /** By the receiver's clock, in ms. */
  readonly cameAt: number;
}

/** How an attempt is answered: a status with headers; not at all; or with a body that never ends. */
export type Answer = { status: number; headers?: Record<string, string> } | 'silence' | 'endless';

export async function startReceiver(port = 0) {
  const verifier = new Webhook(SECRETS.changeTicketSecret);
  const attempts: Delivery[] = [];
  let how: (nth: number) => Answer = () => ({ status: 204 });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    let payload: Pick<Delivery, 'type' | 'data'>;
    try {
      payload = verifier.verify(body, request.headers as Record<string, string>) as Pick<Delivery, 'type' | 'data'>;
    } catch {
      response.writeHead(401).end();
      return;
    }
    const answer = how(attempts.length + 1);
    const status = answer === 'silence' ? 0 : answer === 'endless' ? 200 : answer.status;
    const { headers } = request;
    attempts.push({
      ...payload,
      id: String(headers['webhook-id']),
      signedAt: Number(headers['webhook-timestamp']),
      status,
      cameAt: performance.now(),
    });
    if (answer === 'silence') return;
    response.writeHead(status, typeof answer === 'object' ? answer.headers : {});
    if (answer === 'endless') response.write('and ');
    else response.end();
  }

  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/changes`,
    port: address.port,
    /** All of them, repeats and refused ones too. */
    attempts,
    /** Those that it took, each once, in the order in which they first came. */
    taken: (): Delivery[] => {
      const ids = new Set<string>();
      return attempts.filter(({ id, status }) => status >= 200 && status < 300 && !ids.has(id) && ids.add(id));
    },
    /** From now on. `nth`: which attempt it is, from 1. */
    answers: (next: Answer | ((nth: number) => Answer)): void => {
      how = typeof next === 'function' ? next : () => next;
    },
    stop: async (): Promise<void> => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
