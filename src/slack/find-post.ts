import { askSlack, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';

/** It left at `since`, and Slack's clock and the database's differ by a little. */
const BEFORE_S = 300;
const AFTER_S = 600;
const MOST_PAGES = 5;

/**
 * Looks for a post of ours whose answer was lost, by its metadata, among what came in the minutes around `since`. null: it is not
 * there, or the optional history scope was not granted and nobody can tell; an answer that says neither as it is. `holds` renews
 * the lease of who looks, or says that it is another's.
 */
export async function findPost(
  client: SlackClient,
  channel: string,
  since: Date,
  eventType: string,
  key: string,
  holds: () => Promise<boolean> = async () => true,
): Promise<string | null | Untold> {
  const left = since.getTime() / 1_000;
  const around = { oldest: String(left - BEFORE_S), latest: String(left + AFTER_S), limit: 200 };
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    // A page may take ten seconds, and a lease lasts fifteen.
    if (cursor && !(await holds())) return { is: 'rate limited', retryAfterMs: 1_000 };
    const at = cursor ? { ...around, cursor } : around;
    const answer = await askSlack(() => client.conversations.history({ channel, ...at, include_all_metadata: true }));
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

/** Slack did not say, or asks to be asked later. */
export type Untold = Extract<SlackAnswer<never>, { is: 'no answer' | 'rate limited' }>;
