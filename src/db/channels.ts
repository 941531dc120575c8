import { addJob } from './add-jobs.js';
import type { Queryable } from './pool.js';

/** Which of these channels have not been looked at for `everyMs`, the longest first; at most `most`. */
export async function channelsToLookAt(
  db: Queryable,
  channels: readonly string[],
  everyMs: number,
  most: number,
): Promise<string[]> {
  const { rows } = await db.query<{ channel: string }>(
    `select wanted.channel from unnest($1::text[]) as wanted (channel) left join channels c using (channel)
     where c.looked_at is null or c.looked_at < clock_timestamp() - $2 * interval '1 ms'
     order by c.looked_at nulls first limit $3`,
    [channels, everyMs, most],
  );
  return rows.map(({ channel }) => channel);
}

/**
 * Notes whether a channel is shared with other organisations; null keeps what was known. If that is news, those of its
 * cards that may still change are redrawn.
 */
export async function noteShared(tx: Queryable, channel: string, told: boolean | null): Promise<void> {
  const { rows } = await tx.query<{ shared: boolean }>('select shared from channels where channel = $1 for update', [
    channel,
  ]);
  const shared = told ?? rows[0]?.shared ?? false;
  await tx.query(
    `insert into channels (channel, shared, looked_at) values ($1, $2, clock_timestamp())
     on conflict (channel) do update set shared = excluded.shared, looked_at = excluded.looked_at`,
    [channel, shared],
  );
  if ((rows[0]?.shared ?? false) === shared) return;
  await tx.query(
    `update cards set dirty_at = clock_timestamp() where change_id in (
       select change_id from cards where channel = $1 and open order by change_id for update)`,
    [channel],
  );
  await addJob(tx, 'draw', { channel }, { key: `draw:${channel}` });
}

/** Whether a change's card is in a channel that other organisations read. A channel never looked at does not count. */
export async function isShared(db: Queryable, changeId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    'select 1 from cards join channels using (channel) where change_id = $1 and shared',
    [changeId],
  );
  return rowCount === 1;
}
