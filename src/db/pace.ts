import { PAUSES, type Pauses } from '../core/pauses.js';
import type { Queryable } from './pool.js';

/** Makes this worker the one that draws in a channel, for at least `leaseMs` from now or until `leaveChannel`. */
export async function enterChannel(db: Queryable, channel: string, worker: string, leaseMs: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'enter-channel',
    text: `insert into channel_slots (channel, drawn_by, drawn_until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
     on conflict (channel) do update set drawn_by = $2, drawn_until = case
         when channel_slots.drawn_by = $2 then greatest(channel_slots.drawn_until, excluded.drawn_until)
         else excluded.drawn_until end
       where channel_slots.drawn_by is null or channel_slots.drawn_by = $2 or channel_slots.drawn_until < clock_timestamp()`,
    values: [channel, worker, leaseMs],
  });
  return rowCount === 1;
}

/** Returns when the next dirty card of the channel is due and may be drawn; null when none is dirty. */
export async function leaveChannel(db: Queryable, channel: string, worker: string): Promise<Date | null> {
  const { rows } = await db.query<{ due: Date | null }>({
    name: 'leave-channel',
    text: `with left_now as (
         update channel_slots set drawn_by = null where channel = $1 and drawn_by = $2
       ) select min(greatest(due_at, case when ts is null then ${POSTS_REST} else ${UPDATES_REST} end)) as due
         from cards where channel = $1 and dirty_at is not null`,
    values: [channel, worker],
  });
  return rows[0]?.due ?? null;
}

/** Nobody draws in the channel for `ms`: Slack accepts nothing there, and a person may have to fix it. */
export async function restChannel(db: Queryable, channel: string, ms: number): Promise<void> {
  await db.query(
    `update channel_slots set drawn_by = 'slack', drawn_until = clock_timestamp() + $2 * interval '1 ms' where channel = $1`,
    [channel, ms],
  );
}

/**
 * When a changed card is due, in SQL: after its gap. If it was postponed for another reason, it is due five seconds
 * (the longest gap) after its last drawing at the latest; a card that Slack refused is retried after three.
 */
export const CHANGED_DUE = `least(cards.due_at, greatest(
  clock_timestamp() + case when cards.fault is null then interval '0' else interval '${PAUSES.slack.soon} ms' end, cards.drawn_at + interval '${PAUSES.slack.redraws.at(-1)} ms'))`;

/**
 * Until when nothing is posted in a channel ($1), and no card is updated, in SQL. Null or past: it is allowed. Until the channel's
 * next second nothing is posted, and the job leaves: one that waited would keep those of other channels from their turn.
 */
export const POSTS_REST = '(select greatest(posts_rest_until, next_at) from channel_slots where channel = $1)';
export const UPDATES_REST = "(select next_at from turns where name = 'chat.update')";

/**
 * No card is updated anywhere for `ms`: Slack limits the method (chat.update: tier 3). Posts have their own limit. For
 * `limitedMs` after that, updates go one at a time.
 */
export async function restUpdates(db: Queryable, ms: number, limitedMs = 0): Promise<void> {
  await db.query(
    `insert into turns (name, next_at)
     select name, clock_timestamp() + ms * interval '1 ms' from unnest($1::text[], $2::float8[]) as rest (name, ms) where ms > 0
     on conflict (name) do update set next_at = greatest(turns.next_at, excluded.next_at)`,
    [
      ['chat.update', 'chat.update limited'],
      [ms, limitedMs === 0 ? 0 : ms + limitedMs],
    ],
  );
}

/**
 * Whether Slack has limited the updates a short while ago, in SQL. Then they go one at a time, each in a turn of its own: all
 * channels would try at the end of a rest, and all but one would be refused.
 */
export const UPDATES_LIMITED =
  "exists (select 1 from turns where name = 'chat.update limited' and next_at > clock_timestamp())";

/** How long until updates are allowed, in ms; 0 if they are now. */
export async function updatesRestMs(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select (extract(epoch from ${UPDATES_REST} - clock_timestamp()) * 1000)::float8 as ms`,
  );
  return Math.max(0, Math.ceil(rows[0]?.ms ?? 0));
}

/** Nothing is posted in a channel for `ms`; its cards are still updated. */
export async function restPosts(db: Queryable, channel: string, ms: number): Promise<void> {
  await db.query(
    `update channel_slots set posts_rest_until = greatest(posts_rest_until, clock_timestamp() + $2 * interval '1 ms')
     where channel = $1`,
    [channel, ms],
  );
}

/** The next second of a channel: taken, and how long it is until it begins; or somebody else's, and when it is over; in ms. */
export type Second =
  | { readonly is: 'taken'; readonly waitMs: number }
  | { readonly is: 'later'; readonly freeMs: number };

/**
 * Takes the channel's next second if it begins within `nearMs`: Slack allows one post per second and channel
 * (chat.postMessage's special tier).
 */
export async function takeSecond(db: Queryable, channel: string, nearMs: number, pauses: Pauses): Promise<Second> {
  const { rows } = await db.query<{ wait: number | null; free: number | null }>({
    name: 'take-second',
    text: `with taken as (
         insert into channel_slots (channel, next_at) values ($1, clock_timestamp() + $2 * interval '1 ms')
         on conflict (channel) do update set next_at = greatest(clock_timestamp(), channel_slots.next_at) + $2 * interval '1 ms'
           where coalesce(channel_slots.next_at <= clock_timestamp() + $3 * interval '1 ms', true)
         returning greatest(0, extract(epoch from next_at - $2 * interval '1 ms' - clock_timestamp()) * 1000)::float8 as wait)
       select wait, null as free from taken union all
       select null, (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 from channel_slots
         where channel = $1 and not exists (select from taken)`,
    values: [channel, pauses.slack.post, nearMs],
  });
  const [row] = rows;
  if (row && row.wait !== null) return { is: 'taken', waitMs: Math.ceil(row.wait) };
  return { is: 'later', freeMs: Math.max(0, row?.free ?? 0) };
}

/** A post is sent now, perhaps later than its second; the next one still has to wait a whole second. */
export async function startSecond(db: Queryable, channel: string, pauses: Pauses): Promise<void> {
  await db.query(
    `update channel_slots set next_at = greatest(next_at, clock_timestamp() + $2 * interval '1 ms') where channel = $1`,
    [channel, pauses.slack.post],
  );
}

/** Whether Slack may be called now. While it accepts no calls, one try every 2.5 s over all replicas: 8 in 20 s. */
export async function maySlackBeTried(db: Queryable, pauses: Pauses): Promise<boolean> {
  const { rows } = await db.query<{ since: Date | null }>('select since from slack_outage');
  if (!rows[0]?.since) return true;
  const { rowCount } = await db.query(
    "update slack_outage set next_try_at = clock_timestamp() + $1 * interval '1 ms' where next_try_at <= clock_timestamp() and since is not null",
    [pauses.slack.outage],
  );
  return rowCount === 1;
}

export async function noteSlackDown(db: Queryable, pauses: Pauses): Promise<void> {
  await db.query(
    "update slack_outage set since = coalesce(since, clock_timestamp()), next_try_at = clock_timestamp() + $1 * interval '1 ms'",
    [pauses.slack.outage],
  );
}

export async function noteSlackUp(db: Queryable): Promise<void> {
  await db.query('update slack_outage set since = null where since is not null');
}

/**
 * Claims a turn that comes every `everyMs`, for only one of all replicas. Returns what shows that it is still the same turn;
 * null if it is somebody else's.
 */
export async function takeTurn(db: Queryable, name: string, everyMs: number): Promise<string | null> {
  const { rows } = await db.query<{ mark: string }>(
    `insert into turns (name, next_at) values ($1, clock_timestamp() + $2 * interval '1 ms')
     on conflict (name) do update set next_at = clock_timestamp() + $2 * interval '1 ms' where turns.next_at <= clock_timestamp()
     returning next_at::text as mark`,
    [name, everyMs],
  );
  return rows[0]?.mark ?? null;
}

/**
 * The turn is over: another may begin in `afterMs`, unless the next was put off meanwhile. At once, if nothing was done in it.
 */
export async function leaveTurn(db: Queryable, name: string, mark: string, afterMs = 0): Promise<void> {
  await db.query(
    `update turns set next_at = clock_timestamp() + $3 * interval '1 ms' where name = $1 and next_at = $2::timestamptz`,
    [name, mark, afterMs],
  );
}

/** Since when Slack has accepted no calls, and for how long; null while it accepts them. */
export async function slackOutage(db: Queryable): Promise<{ since: Date; forMs: number } | null> {
  const { rows } = await db.query<{ since: Date; forMs: number }>(
    `select since, (extract(epoch from clock_timestamp() - since) * 1000)::float8 as "forMs"
     from slack_outage where since is not null`,
  );
  return rows[0] ?? null;
}
