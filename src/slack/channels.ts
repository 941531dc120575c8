import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { channelsToLookAt, noteShared } from '../db/channels.js';
import { maySlackBeTried, takeTurn } from '../db/pace.js';
import { transaction } from '../db/pool.js';
import { askSlack, type SlackClient } from './client.js';

/** Of conversations.info's 50 a minute, over all replicas. */
const MOST_AT_ONCE = 10;

/** What a fault of a channel is told by. */
export const channelName = (channel: string): string => `channel ${channel}, sharing`;

/**
 * Looks, every few minutes, whether people of other organisations are in the channels of the config: cards there have no Deploy.
 * What Slack does not tell stays as it was known.
 */
export async function lookAtChannels(
  client: SlackClient,
  pool: pg.Pool,
  channels: readonly string[],
  pauses: Pauses,
  told: (name: string, fault: string | null) => Promise<void>,
): Promise<void> {
  if (!(await takeTurn(pool, 'channels', pauses.turns.channels))) return;
  for (const channel of await channelsToLookAt(pool, channels, pauses.turns.channel, MOST_AT_ONCE)) {
    // Its question is one of the few tries that an outage allows.
    if (!(await maySlackBeTried(pool, pauses))) return;
    const answer = await askSlack(async () => (await client.conversations.info({ channel })).channel ?? null);
    if (answer.is === 'rate limited' || answer.is === 'no answer') return;
    // What Slack does not show waits for its next turn, too.
    const isShared = answer.is === 'ok' && answer.data ? answer.data.is_ext_shared === true : null;
    await transaction(pool, (tx) => noteShared(tx, channel, isShared));
    if (isShared === null) continue;
    await told(channelName(channel), isShared ? 'it is shared with another organisation' : null);
  }
}
