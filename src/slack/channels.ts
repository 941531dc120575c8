import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { channelsToLookAt, noteShared } from '../db/channels.js';
import { maySlackBeTried, takeTurn } from '../db/pace.js';
import { transaction } from '../db/pool.js';
import { askSlack, type SlackClient } from './client.js';

/** conversations.info allows 50 calls a minute, for all replicas together. */
const MOST_AT_ONCE = 10;

/** The name under which the fault of a shared channel is reported. */
export const channelName = (channel: string): string => `channel ${channel}, sharing`;

/**
 * Checks every few minutes whether the config's channels are shared with other organisations: cards there have no
 * Deploy. If Slack does not tell, the last known answer stays.
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
    // This call is one of the few tries that an outage allows.
    if (!(await maySlackBeTried(pool, pauses))) return;
    const answer = await askSlack(async () => (await client.conversations.info({ channel })).channel ?? null);
    if (answer.is === 'rate limited' || answer.is === 'no answer') return;
    // A channel that Slack does not show waits for its next turn, too.
    const isShared = answer.is === 'ok' && answer.data ? answer.data.is_ext_shared === true : null;
    await transaction(pool, (tx) => noteShared(tx, channel, isShared));
    if (isShared === null) continue;
    await told(channelName(channel), isShared ? 'it is shared with another organisation' : null);
  }
}
