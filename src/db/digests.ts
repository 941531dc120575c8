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

/** Longer than the ten seconds for which the answer to one post is waited for. */
const CLAIM_SECONDS = 15;

/** One who posts a digest, alone until `mark` runs out. */
export interface DigestClaim {
  /** Since when a post may have left whose answer was lost. */
  posting_since: Date | null;
  /** Its time is more than an hour ago, or a later one has come: it is not made up for. */
  overtaken: boolean;
  mark: string;
}

/**
 * Takes a digest to post it. `posted`: nothing is left to do. `busy`: another is at it, or died while it was less than
 * a quarter of a minute ago.
 */
export async function claimDigest(
  db: Queryable,
  channel: string,
  slot: Date,
): Promise<DigestClaim | 'posted' | 'busy'> {
  const { rows } = await db.query<DigestClaim>(
    `update digests d set claimed_until = clock_timestamp() + $3 * interval '1 second'
     where channel = $1 and slot = $2 and ts is null and (claimed_until is null or claimed_until < clock_timestamp())
     returning posting_since, claimed_until::text as mark, slot < clock_timestamp() - interval '1 hour'
       or exists (select 1 from digests later where later.channel = d.channel and later.slot > d.slot) as overtaken`,
    [channel, slot, CLAIM_SECONDS],
  );
  if (rows[0]) return rows[0];
  const { rows: left } = await db.query('select 1 from digests where channel = $1 and slot = $2 and ts is null', [
    channel,
    slot,
  ]);
  return left.length > 0 ? 'busy' : 'posted';
}

/** The post leaves now. null: the claim has run out meanwhile, and another may be at it. */
export async function noteDigestPosting(
  db: Queryable,
  channel: string,
  slot: Date,
  mark: string,
): Promise<string | null> {
  const { rows } = await db.query<{ mark: string }>(
    `update digests set posting_since = clock_timestamp(), claimed_until = clock_timestamp() + $4 * interval '1 second'
     where channel = $1 and slot = $2 and ts is null and claimed_until = $3::timestamptz returning claimed_until::text as mark`,
    [channel, slot, mark, CLAIM_SECONDS],
  );
  return rows[0]?.mark ?? null;
}

/** Lets another try go on; with `posted: false` Slack has said that nothing was posted. */
export async function leaveDigest(
  db: Queryable,
  channel: string,
  slot: Date,
  mark: string,
  posted: boolean,
): Promise<void> {
  await db.query(
    `update digests set claimed_until = null, posting_since = case when $4 then posting_since end
     where channel = $1 and slot = $2 and claimed_until = $3::timestamptz`,
    [channel, slot, mark, posted],
  );
}

/** The message that a digest became; `never` for one that was overtaken by time. */
export async function noteDigestPosted(db: Queryable, channel: string, slot: Date, ts: string): Promise<void> {
  await db.query(
    'update digests set ts = $3, posted_at = clock_timestamp(), posting_since = null, claimed_until = null where channel = $1 and slot = $2',
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
