import { createHmac } from 'node:crypto';
import { post } from '../post.js';

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
export async function send({ url, headers, body }: SignedRequest, patience: number): Promise<Received> {
  const started = performance.now();
  const signal = AbortSignal.timeout(patience);
  const got = await post(url, headers, body, signal).catch(() => ({ status: 0, answer: '', contentType: '' }));
  const { status, answer, contentType } = got;
  const ms = performance.now() - started;
  return { status, body: answer, contentType, timedOut: status === 0 && signal.aborted, ms };
}
