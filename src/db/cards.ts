import { addJob } from './add-jobs.js';
import { CHANGED_DUE, POSTS_REST, UPDATES_LIMITED, UPDATES_REST } from './pace.js';
import type { Queryable } from './pool.js';

/** A card's place in Slack and what was last sent there. `drawn` is a digest of the message, never the message. */
export interface CardRow {
  change_id: number;
  service: string;
  channel: string;
  ts: string | null;
  posting_since: Date | null;
  drawn: string | null;
  burst: number;
  /** When it became dirty, to the microsecond, which a Date cannot hold. Shows whether it became dirty again. */
  dirty_mark: string;
  quiet_ms: number | null;
  /** How long it had been dirty when it was read. */
  dirty_ms: number;
  /** When it was read. */
  now: Date;
  /** The spans that its next drawing shows, the oldest first; null for none. */
  traces: readonly string[] | null;
  /** Updates go one at a time. */
  limited: boolean;
}

/** Gives a change its one card, in the current channel of its service, and has it drawn. */
export async function openCard(
  tx: Queryable,
  changeId: number,
  service: string,
  channel: string,
  trace: string | null = null,
): Promise<void> {
  const more = trace === null ? '' : ", traces = (coalesce(cards.traces, '{}') || $4::text[])[1:16]";
  const { rows } = await tx.query<{ channel: string }>(
    `insert into cards (change_id, service, channel, dirty_at${trace === null ? '' : ', traces'})
     values ($1, $2, $3, clock_timestamp()${trace === null ? '' : ', $4'})
     on conflict (change_id) do update set dirty_at = clock_timestamp(), due_at = ${CHANGED_DUE}${more} returning channel`,
    [changeId, service, channel, ...(trace === null ? [] : [[trace]])],
  );
  const at = rows[0]?.channel ?? channel;
  await addJob(tx, 'draw', { channel: at }, { key: `draw:${at}` });
}

/** Whether another message of the card shows something other than this drawing, in SQL. */
const twinsDiffer = (drawn: string): string =>
  `(${drawn} is not null and exists (select 1 from card_twins t where t.change_id = cards.change_id and t.drawn is distinct from ${drawn}))`;

/** Whether the card has not changed since it was read with this mark, in SQL. */
const unchangedSince = (mark: string): string => `(dirty_at is not distinct from ${mark}::timestamptz)`;

/** The drawing has shown the spans that were read with the card, in SQL; nothing when there were none. */
const shown = ({ traces }: CardRow, mark: string): string =>
  traces === null ? '' : `traces = case when ${unchangedSince(mark)} then null else traces end,`;

/** The newest card of a channel that is due. Skips updates while updates are paused, and posts while posts are. */
export async function nextCard(db: Queryable, channel: string): Promise<CardRow | null> {
  const { rows } = await db.query<CardRow>(
    `select *, clock_timestamp() as now, dirty_at::text as dirty_mark, extract(epoch from clock_timestamp() - drawn_at) * 1000 as quiet_ms,
       (extract(epoch from clock_timestamp() - dirty_at) * 1000)::float8 as dirty_ms, ${UPDATES_LIMITED} as limited
     from cards where channel = $1 and dirty_at is not null and due_at <= clock_timestamp() and coalesce(case when ts is null then ${POSTS_REST} else ${UPDATES_REST} end <= clock_timestamp(), true)
     order by change_id desc limit 1`,
    [channel],
  );
  return rows[0] ?? null;
}

/** Notes a post before it is sent, so that a lost answer is recognised. */
export async function notePosting(db: Queryable, changeId: number): Promise<void> {
  await db.query('update cards set posting_since = clock_timestamp() where change_id = $1', [changeId]);
}

export async function noteNotPosted(db: Queryable, changeId: number): Promise<void> {
  await db.query('update cards set posting_since = null where change_id = $1', [changeId]);
}

/**
 * Slack has this drawing. If the card became dirty meanwhile, it stays dirty and is not due until `gapMs` have passed.
 * With `againMs` it is redrawn after that time in any case. If another worker has drawn the card meanwhile, that
 * drawing stands: the card is redrawn, and a second message that this worker posted becomes a twin.
 */
export async function noteDrawn(
  db: Queryable,
  card: CardRow,
  told: {
    channel: string;
    ts: string;
    drawn: string;
    burst: number;
    gapMs: number;
    open: boolean;
    againMs: number | null;
  },
): Promise<void> {
  const { rowCount } = await db.query(
    `update cards set channel = $2, ts = $3, drawn = $4, drawn_at = clock_timestamp(), posting_since = null, fault = null,
       burst = $5, ${shown(card, '$8')}
       due_at = clock_timestamp() + coalesce(case when ${unchangedSince('$8')} and not ${twinsDiffer('$4::text')} then $9::float8 end, $6::float8) * interval '1 ms',
       open = $7,
       dirty_at = case when ${unchangedSince('$8')} and $9::float8 is null and not ${twinsDiffer('$4::text')} then null
                  else coalesce(dirty_at, clock_timestamp()) end
     where change_id = $1 and ts is not distinct from $10 and drawn is not distinct from $11`,
    [
      card.change_id,
      told.channel,
      told.ts,
      told.drawn,
      told.burst,
      told.gapMs,
      told.open,
      card.dirty_mark,
      told.againMs,
      card.ts,
      card.drawn,
    ],
  );
  if (rowCount === 1) return;
  await db.query(
    `insert into card_twins (channel, ts, change_id) select $2, $3, $1
     where exists (select 1 from cards where change_id = $1 and (channel, ts) is distinct from ($2, $3))
     on conflict do nothing`,
    [card.change_id, told.channel, told.ts],
  );
  await db.query('update cards set drawn = null, dirty_at = clock_timestamp() where change_id = $1', [card.change_id]);
}

/** Slack already has this drawing, so nothing was sent. The card stays dirty while one of its twins differs. */
export async function noteUnchanged(
  db: Queryable,
  card: CardRow,
  open: boolean,
  againMs: number | null,
): Promise<void> {
  await db.query(
    `update cards set open = $3, fault = null, ${shown(card, '$2')}
       due_at = case when $4::float8 is null or not ${unchangedSince('$2')} or ${twinsDiffer('$5::text')} then due_at
                else clock_timestamp() + $4 * interval '1 ms' end,
       dirty_at = case when ${unchangedSince('$2')} and $4::float8 is null and not ${twinsDiffer('$5::text')} then null
                  else dirty_at end
     where change_id = $1`,
    [card.change_id, card.dirty_mark, open, againMs, card.drawn],
  );
}

/** The message is gone; the card is posted again. */
export async function forgetMessage(db: Queryable, changeId: number): Promise<void> {
  await db.query('update cards set ts = null, drawn = null, posting_since = null where change_id = $1', [changeId]);
}

/** A post whose answer was lost has been found: it is the card's message, and is redrawn like any other. */
export async function noteFound(db: Queryable, changeId: number, ts: string): Promise<void> {
  await db.query('update cards set ts = $2, posting_since = null where change_id = $1 and ts is null', [changeId, ts]);
}

/** Lets the other cards of its channel go first for `ms`: Slack may fail to answer for this card alone. */
export async function postpone(db: Queryable, changeId: number, ms: number): Promise<void> {
  await db.query(
    `update cards set due_at = greatest(due_at, clock_timestamp() + $2 * interval '1 ms') where change_id = $1`,
    [changeId, ms],
  );
}

/** Slack does not accept this card now. It stays dirty and is retried after `afterMs`. */
export async function noteFault(db: Queryable, changeId: number, fault: string, afterMs: number): Promise<void> {
  await db.query(
    `update cards set fault = $2, due_at = clock_timestamp() + $3 * interval '1 ms' where change_id = $1`,
    [changeId, fault, afterMs],
  );
}

/** Channels with cards that Slack does not accept, with Slack's word for the fault. */
export async function cardFaults(db: Queryable): Promise<{ channel: string; fault: string }[]> {
  const { rows } = await db.query<{ channel: string; fault: string }>(
    'select distinct channel, fault from cards where dirty_at is not null and fault is not null order by 1, 2 limit 50',
  );
  return rows;
}

/** Where the cards of changes are: the channel, and the message once posted. Changes without a card are left out. */
export async function placesOf(
  db: Queryable,
  changeIds: readonly number[],
): Promise<Map<number, { readonly channel: string; readonly ts: string | null }>> {
  const { rows } = await db.query<{ change_id: number; channel: string; ts: string | null }>(
    'select change_id, channel, ts from cards where change_id = any($1)',
    [changeIds],
  );
  return new Map(rows.map(({ change_id, channel, ts }) => [change_id, { channel, ts }]));
}

/** The newest change of a service whose card is posted in Slack. */
export async function newestPosted(db: Queryable, service: string): Promise<number | null> {
  const { rows } = await db.query<{ change_id: number }>(
    `select k.change_id from cards k join changes c on c.id = k.change_id
     where k.service = $1 and k.ts is not null order by c.run_number desc limit 1`,
    [service],
  );
  return rows[0]?.change_id ?? null;
}

export interface Twin {
  channel: string;
  ts: string;
  drawn: string | null;
}

/**
 * Adopts a message of this change that is not its card: a post whose answer was lost. From now on it is redrawn with
 * the card. False for the card itself, which is redrawn by whatever changes it, and for every other message that is
 * known to be something else: only a forged press names this change there.
 */
export async function adoptTwin(tx: Queryable, changeId: number, channel: string, ts: string): Promise<boolean> {
  const { rows } = await tx.query<{ posted: boolean; own: boolean }>({
    name: 'pressed-card',
    text: 'select ts is not null as posted, (channel, ts) is not distinct from ($2, $3) as own from cards where change_id = $1',
    values: [changeId, channel, ts],
  });
  const card = rows[0];
  if (!card || card.own || (await isAnothers(tx, changeId, channel, ts))) return false;
  await tx.query(
    card.posted
      ? 'insert into card_twins (channel, ts, change_id) values ($2, $3, $1) on conflict do nothing'
      : 'update cards set ts = $3, channel = $2, posting_since = null where change_id = $1 and ts is null',
    [changeId, channel, ts],
  );
  return true;
}

/** Whether a message is the card of a change, a copy of another one's, or an announcement. */
async function isAnothers(tx: Queryable, changeId: number, channel: string, ts: string): Promise<boolean> {
  const { rows } = await tx.query<{ known: boolean }>(
    `select exists (select 1 from cards where channel = $2 and ts = $3)
         or exists (select 1 from card_twins where channel = $2 and ts = $3 and change_id <> $1)
         or exists (select 1 from announcements where channel = $2 and ts = $3) as known`,
    [changeId, channel, ts],
  );
  return rows[0]?.known === true;
}

export async function twinsOf(db: Queryable, changeId: number): Promise<Twin[]> {
  const { rows } = await db.query<Twin>('select channel, ts, drawn from card_twins where change_id = $1', [changeId]);
  return rows;
}

export async function noteTwinDrawn(db: Queryable, twin: Twin, drawn: string | null): Promise<void> {
  if (drawn === null) await db.query('delete from card_twins where channel = $1 and ts = $2', [twin.channel, twin.ts]);
  else
    await db.query('update card_twins set drawn = $3 where channel = $1 and ts = $2', [twin.channel, twin.ts, drawn]);
}
