import { askSlack, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';

/** How far to look around `since`, when the post left: Slack's clock and the database's differ a little. */
const BEFORE_S = 300;
const AFTER_S = 600;
const MOST_PAGES = 5;

/** A channel, or the thread of a message in it. */
export interface Where {
  readonly channel: string;
  readonly thread?: string;
}

/**
 * Looks for a post of ours whose answer was lost, by its metadata, among the messages around `since`. null: it is not
 * there, or cannot be looked for because the optional history scope was not granted. An answer that says neither is
 * returned as it is. `holds` renews the caller's lease; false when another job has it.
 */
export async function findPost(
  client: SlackClient,
  { channel, thread }: Where,
  since: Date,
  eventType: string,
  key: string,
  holds: () => Promise<boolean> = async () => true,
): Promise<string | null | Untold> {
  const left = since.getTime() / 1_000;
  const around = { oldest: String(left - BEFORE_S), latest: String(left + AFTER_S), limit: 200 };
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    // A page may take ten seconds, and a lease lasts twelve.
    if (cursor && !(await holds())) return { is: 'rate limited', retryAfterMs: 1_000 };
    const at = cursor ? { ...around, cursor } : around;
    const asked = { channel, ...at, include_all_metadata: true };
    const answer = await askSlack(() =>
      thread ? client.conversations.replies({ ...asked, ts: thread }) : client.conversations.history(asked),
    );
    if (answer.is === 'refused')
      return takesNoCalls(answer) || isPassing(answer.error) ? { is: 'no answer', why: answer.error } : null;
    if (answer.is !== 'ok') return answer;
    const found = (answer.data.messages ?? []).find((message) => {
      const { metadata } = message as { metadata?: { event_type?: string; event_payload?: { key?: unknown } } };
      return metadata?.event_type === eventType && metadata.event_payload?.key === key;
    });
    if (found?.ts) return found.ts;
    cursor = answer.data.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  return null;
}

/** Slack did not answer, or says to try later. */
export type Untold = Extract<SlackAnswer<never>, { is: 'no answer' | 'rate limited' }>;
