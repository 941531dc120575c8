import { askSlack, isPassing, type SlackClient } from './client.js';

const MOST_PAGES = 5;

/**
 * Looks for a post of ours whose answer was lost, by its metadata, among what came since `since`. null: it is not there, or the
 * optional history scope was not granted and nobody can tell.
 */
export async function findPost(
  client: SlackClient,
  channel: string,
  since: Date,
  eventType: string,
  key: string,
): Promise<string | null | 'no answer'> {
  // Slack's clock and the database's may differ by a little.
  const oldest = String(since.getTime() / 1_000 - 60);
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const more = cursor ? { cursor } : {};
    const answer = await askSlack(() =>
      client.conversations.history({ channel, oldest, include_all_metadata: true, limit: 200, ...more }),
    );
    if (answer.is === 'refused') return isPassing(answer.error) ? 'no answer' : null;
    if (answer.is !== 'ok') return 'no answer';
    const found = (answer.data.messages ?? []).find((message) => {
      const { metadata } = message as { metadata?: { event_type?: string; event_payload?: { key?: unknown } } };
      return metadata?.event_type === eventType && metadata.event_payload?.key === key;
    });
    if (found?.ts) return found.ts;
    cursor = answer.data.response_metadata?.next_cursor;
    if (!cursor) return null;
  }
  return null;
}
