import type { Queryable } from './pool.js';
import { addJob } from './queue.js';

/**
 * Takes a slot of the cron for a channel, with its job, in one transaction of the caller: over any number of replicas one
 * digest a channel and slot. A slot that has not come by the database's clock is not taken. Returns how many were.
 */
export async function takeDigestSlot(tx: Queryable, slot: Date, channels: readonly string[]): Promise<number> {
  const { rows } = await tx.query<{ channel: string }>(
    `insert into digests (channel, slot) select unnest($1::text[]), $2::timestamptz
     where $2::timestamptz <= clock_timestamp() on conflict on constraint one_digest_per_channel_and_slot do nothing returning channel`,
    [channels, slot],
  );
  for (const { channel } of rows) {
    const payload = { channel, slot: slot.toISOString(), tries: 0 };
    await addJob(tx, 'digest', payload, { key: `digest:${channel}:${slot.toISOString()}` });
  }
  return rows.length;
}

export interface DigestRow {
  channel: string;
  slot: Date;
  posting_since: Date | null;
  /** The message; `never` for one that was overtaken by time. */
  ts: string | null;
  /** More than an hour ago. */
  overdue: boolean;
}

export async function digestRow(db: Queryable, channel: string, slot: Date): Promise<DigestRow | null> {
  const { rows } = await db.query<DigestRow>(
    "select *, slot < clock_timestamp() - interval '1 hour' as overdue from digests where channel = $1 and slot = $2",
    [channel, slot],
  );
  return rows[0] ?? null;
}

export async function noteDigestPosting(db: Queryable, channel: string, slot: Date, posting: boolean): Promise<void> {
  await db.query(
    'update digests set posting_since = case when $3 then clock_timestamp() end where channel = $1 and slot = $2',
    [channel, slot, posting],
  );
}

export async function noteDigestPosted(db: Queryable, channel: string, slot: Date, ts: string): Promise<void> {
  await db.query(
    'update digests set ts = $3, posted_at = clock_timestamp(), posting_since = null where channel = $1 and slot = $2',
    [channel, slot, ts],
  );
}

/** The slot before this one that a digest was made for in a channel. */
export async function slotBefore(db: Queryable, channel: string, slot: Date): Promise<Date | null> {
  const { rows } = await db.query<{ slot: Date | null }>(
    "select max(slot) as slot from digests where channel = $1 and slot < $2 and ts <> 'never'",
    [channel, slot],
  );
  return rows[0]?.slot ?? null;
}

/** Since when each channel has digests at these times of the cron; from now on where it has not had them. */
export async function digestsSince(
  db: Queryable,
  cron: string,
  channels: readonly string[],
): Promise<Map<string, Date>> {
  const { rows } = await db.query<{ channel: string; since: Date }>(
    `with wanted as (select unnest($2::text[]) as channel), added as (
       insert into digest_times (channel, cron) select channel, $1 from wanted on conflict do nothing returning channel, since
     )
     select channel, since from added
     union all select channel, since from digest_times where cron = $1 and channel = any($2)`,
    [cron, channels],
  );
  return new Map(rows.map((row) => [row.channel, row.since]));
}

/** Digests of the last hour that were taken and not posted yet. */
export async function unpostedDigests(db: Queryable): Promise<{ channel: string; slot: Date }[]> {
  const { rows } = await db.query<{ channel: string; slot: Date }>(
    "select channel, slot from digests where ts is null and slot > clock_timestamp() - interval '1 hour'",
  );
  return rows;
}
