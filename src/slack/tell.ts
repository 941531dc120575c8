import { askSlack, refusesBlocks, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';
import { withoutCharts } from './views/chart.js';
import type { Message } from './views/message.js';

export interface Place {
  readonly user: string;
  readonly channel: string | null;
  /** The thread of the channel, if it was there. */
  readonly thread?: string | undefined;
  readonly responseUrl: string | null;
  /** In the place of the message on which something was pressed, as far as Slack allows. */
  readonly replaces?: boolean;
}

/** Sends a message; if Slack refuses its blocks and there are charts in it, at once again in words alone. */
async function orInWords(
  message: Message,
  send: (message: Message) => Promise<SlackAnswer<unknown>>,
): Promise<SlackAnswer<unknown>> {
  const answer = await send(message);
  const words = refusesBlocks(answer) ? withoutCharts(message) : null;
  return words ? send(words) : answer;
}

/**
 * Tells one person alone: through the response_url of what they did (30 minutes, five answers), else with an ephemeral
 * message in the channel, else directly. Telling twice does no harm.
 */
export async function tellAlone(
  client: SlackClient,
  place: Place,
  message: Message,
  timeoutMs = 10_000,
): Promise<SlackAnswer<unknown>> {
  if (place.responseUrl) {
    const url = place.responseUrl;
    const answer = await orInWords(message, (one) => respond(url, one, place.replaces ?? false, timeoutMs));
    if (answer.is === 'ok' || answer.is === 'rate limited') return answer;
  }
  if (place.channel) {
    const { channel, user, thread } = place;
    const where = { channel, user, ...(thread && { thread_ts: thread }) };
    const answer = await orInWords(message, (one) => askSlack(() => client.chat.postEphemeral({ ...where, ...one })));
    // A token that one method refuses is refused by every other.
    if (answer.is !== 'refused' || takesNoCalls(answer)) return answer;
  }
  return orInWords(message, (one) =>
    askSlack(() => client.chat.postMessage({ channel: place.user, ...one, unfurl_links: false, unfurl_media: false })),
  );
}

async function respond(
  url: string,
  message: Message,
  replaces: boolean,
  timeoutMs: number,
): Promise<SlackAnswer<unknown>> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: replaces, ...message }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const error = errorIn(await answer.text());
    if (answer.ok && error === null) return { is: 'ok', data: null };
    if (answer.status === 429)
      return { is: 'rate limited', retryAfterMs: (Number(answer.headers.get('retry-after')) || 1) * 1_000 };
    return answer.status < 500
      ? { is: 'refused', error: error ?? `HTTP ${answer.status}` }
      : { is: 'no answer', why: `HTTP ${answer.status}` };
  } catch (error) {
    return { is: 'no answer', why: error instanceof Error ? error.name : 'network' };
  }
}

/** Slack's word for why it does not take an answer; null if it says none. A taken one is answered `ok`. */
function errorIn(body: string): string | null {
  try {
    const { ok, error } = JSON.parse(body) as { readonly ok?: unknown; readonly error?: unknown };
    return ok === false ? String(error) : null;
  } catch {
    return /^invalid_\w+$/.test(body.trim()) ? body.trim() : null;
  }
}
