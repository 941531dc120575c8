import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** The exact bytes that go to the bot, so that they can be sent again. */
export interface SignedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What the bot answered. `status` is 0 when no answer came. */
export interface Received {
  status: number;
  body: string;
  contentType: string;
  /** No answer within the time that Slack waits. */
  timedOut: boolean;
  /** Milliseconds until the answer. */
  ms: number;
}

/**
 * Signs a body as Slack does (v0, docs.slack.dev/authentication/verifying-requests-from-slack); `now` in
 * milliseconds. The content type carries no charset, since Bolt reads a form only without one.
 */
export function sign(secret: string, url: string, body: string, now: number, json: boolean): SignedRequest {
  const stamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex');
  return {
    url,
    body,
    headers: {
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

/** Posts the request on its own connection and waits at most `patience` milliseconds for the whole answer. */
export function send(request: SignedRequest, patience: number): Promise<Received> {
  const started = performance.now();
  return new Promise((resolve) => {
    const finish = (part: Partial<Received>) => {
      clearTimeout(timer);
      const ms = performance.now() - started;
      resolve({ status: 0, body: '', contentType: '', timedOut: false, ms, ...part });
    };
    const outgoing = httpRequest(
      request.url,
      { method: 'POST', headers: request.headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => finish({}));
        response.on('end', () =>
          finish({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            contentType: response.headers['content-type'] ?? '',
          }),
        );
      },
    );
    const timer = setTimeout(() => {
      finish({ timedOut: true });
      outgoing.destroy();
    }, patience);
    outgoing.on('error', () => finish({}));
    outgoing.end(request.body);
  });
}
