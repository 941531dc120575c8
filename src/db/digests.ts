import type { DigestKind } from '../core/report.js';
import { addJob } from './add-jobs.js';
import type { JobName } from './job-names.js';
import type { Queryable } from './pool.js';

/** Where each kind is remembered, in the same columns. Both may be due in a channel at the same time. */
const TABLE: Readonly<Record<DigestKind, string>> = { daily: 'digests', weekly: 'weekly_digests' };

/** The job that posts a digest, by its name and key. */
export const digestJob = (
  kind: DigestKind,
  channel: string,
  at: string,
): { name: JobName & ('digest' | 'weekly digest'); key: string } =>
  kind === 'daily'
    ? { name: 'digest', key: `digest:${channel}:${at}` }
    : { name: 'weekly digest', key: `weekly digest:${channel}:${at}` };

/**
 * Takes a slot of the cron for each channel and adds its job, in the caller's transaction: one digest per channel and
 * slot over any number of replicas. Skips a slot still to come by the database's clock. Returns how many it took.
 */
export async function takeDigestSlot(
  tx: Queryable,
  slot: Date,
  channels: readonly string[],
  kind: DigestKind = 'daily',
): Promise<number> {
  const { rows } = await tx.query<{ channel: string }>(
    `insert into ${TABLE[kind]} (channel, slot) select unnest($1::text[]), $2::timestamptz
     where $2::timestamptz <= clock_timestamp() on conflict (channel, slot) do nothing returning channel`,
    [channels, slot],
  );
  for (const { channel } of rows) {
    const at = slot.toISOString();
    const { name, key } = digestJob(kind, channel, at);
    await addJob(tx, name, { channel, slot: at, tries: 0 }, { key });
  }
  return rows.length;
}

/** Longer than the ten seconds that we wait for the answer to a post. */
const CLAIM_SECONDS = 15;

/** A claim to post a digest, exclusive until the time in `mark`. */
export interface DigestClaim {
  /** Since when a post may have been sent whose answer was lost. */
  posting_since: Date | null;
  /** Its slot was more than an hour ago, or a later one has come: it is not made up for. */
  overtaken: boolean;
  /** Slack has refused its charts. */
  words_alone: boolean;
  mark: string;
}

/** Of which time, for which channel. */
export interface DigestOf {
  readonly kind: DigestKind;
  readonly channel: string;
  readonly slot: Date;
}

/**
 * Claims a digest to post it. `posted`: nothing is left to do. `busy`: another worker is posting it, or died doing so
 * less than 15 seconds ago.
 */
export async function claimDigest(
  db: Queryable,
  { kind, channel, slot }: DigestOf,
): Promise<DigestClaim | 'posted' | 'busy'> {
  const { rows } = await db.query<DigestClaim>(
    `update ${TABLE[kind]} d set claimed_until = clock_timestamp() + $3 * interval '1 second'
     where channel = $1 and slot = $2 and ts is null and (claimed_until is null or claimed_until < clock_timestamp())
     returning posting_since, words_alone, claimed_until::text as mark, slot < clock_timestamp() - interval '1 hour'
       or exists (select 1 from ${TABLE[kind]} later where later.channel = d.channel and later.slot > d.slot) as overtaken`,
    [channel, slot, CLAIM_SECONDS],
  );
  if (rows[0]) return rows[0];
  const { rows: left } = await db.query(
    `select 1 from ${TABLE[kind]} where channel = $1 and slot = $2 and ts is null`,
    [channel, slot],
  );
  return left.length > 0 ? 'busy' : 'posted';
}

/** The post is about to be sent. null: the claim has expired, and another worker may be posting it. */
export async function noteDigestPosting(
  db: Queryable,
  { kind, channel, slot }: DigestOf,
  mark: string,
): Promise<string | null> {
  const { rows } = await db.query<{ mark: string }>(
    `update ${TABLE[kind]} set posting_since = clock_timestamp(), claimed_until = clock_timestamp() + $4 * interval '1 second'
     where channel = $1 and slot = $2 and ts is null and claimed_until = $3::timestamptz returning claimed_until::text as mark`,
    [channel, slot, mark, CLAIM_SECONDS],
  );
  return rows[0]?.mark ?? null;
}

/** Gives up the claim for another try. `posted: false`: Slack has said that nothing was posted. */
export async function leaveDigest(
  db: Queryable,
  { kind, channel, slot }: DigestOf,
  mark: string,
  posted: boolean,
): Promise<void> {
  await db.query(
    `update ${TABLE[kind]} set claimed_until = null, posting_since = case when $4 then posting_since end
     where channel = $1 and slot = $2 and claimed_until = $3::timestamptz`,
    [channel, slot, mark, posted],
  );
}

/** Slack refused a digest with its charts: nothing was posted, and it is sent again in words alone. */
export async function noteWordsAlone(db: Queryable, { kind, channel, slot }: DigestOf, mark: string): Promise<void> {
  await db.query(
    `update ${TABLE[kind]} set words_alone = true, claimed_until = null, posting_since = null
     where channel = $1 and slot = $2 and claimed_until = $3::timestamptz`,
    [channel, slot, mark],
  );
}

/** The message that a digest became; `never` for one that was overtaken. */
export async function noteDigestPosted(db: Queryable, { kind, channel, slot }: DigestOf, ts: string): Promise<void> {
  await db.query(
    `update ${TABLE[kind]} set ts = $3, posted_at = clock_timestamp(), posting_since = null, claimed_until = null
     where channel = $1 and slot = $2`,
    [channel, slot, ts],
  );
}

/** The last slot before this one for which a channel got a digest of that kind. */
export async function slotBefore(db: Queryable, { kind, channel, slot }: DigestOf): Promise<Date | null> {
  const { rows } = await db.query<{ slot: Date | null }>(
    `select max(slot) as slot from ${TABLE[kind]} where channel = $1 and slot < $2 and ts <> 'never'`,
    [channel, slot],
  );
  return rows[0]?.slot ?? null;
}

/** Since when each channel has had digests at the times of this cron; from now on if it has had none. */
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

/** Digests of the last hour that were taken but not posted yet. */
export async function unpostedDigests(db: Queryable): Promise<DigestOf[]> {
  const { rows } = await db.query<DigestOf>(
    `select 'daily' as kind, channel, slot from digests where ts is null and slot > clock_timestamp() - interval '1 hour'
     union all
     select 'weekly', channel, slot from weekly_digests where ts is null and slot > clock_timestamp() - interval '1 hour'`,
  );
  return rows;
}
