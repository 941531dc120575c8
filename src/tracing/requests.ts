/** Begins a trace with what arrives over HTTP. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tracing } from './tracing.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
type Answering = (request: IncomingMessage) => Promise<{ readonly status: number; readonly text: string }>;

const route = (path: string) => ({ 'http.request.method': 'POST', 'http.route': path });
const answered = (status: number) => ({ 'http.response.status_code': status });

interface Routes {
  readonly slack: Listener | null;
  readonly github: Answering | null;
}

/** The same routes, with a trace for each request. */
export function tracedRoutes(tracing: Tracing, { slack, github }: Routes): Routes {
  if (!tracing.on) return { slack, github };
  return { slack: slack && tracedSlack(tracing, slack), github: github && tracedDelivery(tracing, github) };
}

/** What Slack sends, until its answer has ended. */
function tracedSlack({ begin, note }: Tracing, listener: Listener): Listener {
  return (request, response) =>
    begin('POST /slack/events', 'asked', route('/slack/events'), async () => {
      const closed = once(response, 'close');
      await listener(request, response);
      await closed;
      note(answered(response.statusCode));
    });
}

/** What GitHub delivers, until its answer is known. */
function tracedDelivery({ begin, note }: Tracing, accept: Answering): Answering {
  return (request) =>
    begin('POST /github/webhooks', 'asked', route('/github/webhooks'), async () => {
      const answer = await accept(request);
      note(answered(answer.status));
      return answer;
    });
}
