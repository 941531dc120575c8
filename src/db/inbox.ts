import type { Command } from '../core/command.js';
import { parametersFrom } from './parameters.js';
import type { Queryable } from './pool.js';

/** Where to answer the person who asked. A response_url works for 30 minutes and five answers. */
export interface ReplyTo {
  readonly user: string;
  readonly channel: string | null;
  readonly responseUrl: string | null;
  /** The message with the pressed button, if it is one that stays: a card or its twin. */
  readonly message: { readonly channel: string; readonly ts: string } | null;
  /** A typed line is always answered, a press only if there is something to say. */
  readonly typed: boolean;
}

export interface Incoming {
  /** Derived from what the sender signed, so that a replay is the same row. */
  readonly key: string;
  readonly command: Command;
  readonly reply: ReplyTo | null;
  /** The span in which it came in. */
  readonly trace?: string | null;
}

export interface InboxRow {
  readonly id: number;
  readonly command: Command;
  /** The service that it is about; null when that is unknown, or all of them. */
  readonly service: string | null;
  readonly reply: ReplyTo | null;
  readonly attempts: number;
  /** Whether the message with the pressed button is a card that is known, and not a copy of one. */
  readonly on_card: boolean;
  /** How long ago it was received when it was claimed, in ms. */
  readonly age_ms: number;
  /** Read only while traces are made. */
  readonly trace?: string | null;
}

/** Commits what came in, several at once. A known key is a replay and leaves no trace. Returns how many were new. */
export async function takeIn(db: Queryable, incoming: readonly Incoming[]): Promise<number> {
  return (await db.query(insertion(incoming, 'take-in', '', ''))).rowCount ?? 0;
}

/** A row that was claimed as it came in: what it is about is read afterwards. */
export type TakenRow = Omit<InboxRow, 'service' | 'on_card'>;

/**
 * The same, and claims the new rows at once for who has room for all of them. Returns these. It reads no other table: a newer
 * version that migrates may have locked it, and a press is taken all the same.
 */
export async function takeInClaimed(
  db: Queryable,
  incoming: readonly Incoming[],
  leaseMs: number,
  traced = false,
): Promise<TakenRow[]> {
  const due = `, clock_timestamp() + ${Number(leaseMs)} * interval '1 ms', 1`;
  const statement = insertion(incoming, 'take-in-claimed', ', due_at, attempts', due, ` returning ${received(traced)}`);
  return sorted((await db.query<TakenRow>(statement)).rows);
}

function insertion(incoming: readonly Incoming[], name: string, columns: string, values: string, returning = '') {
  const traced = incoming.some(({ trace }) => trace);
  return {
    name: traced ? `${name}-traced` : name,
    text: `insert into inbox (key, command, reply${traced ? ', trace' : ''}${columns})
      select came.*${values} from unnest($1::text[], $2::jsonb[], $3::jsonb[]${traced ? ', $4::text[]' : ''}) as came
      on conflict on constraint one_inbox_row_per_key do nothing${returning}`,
    values: [
      incoming.map((one) => one.key),
      incoming.map((one) => JSON.stringify(one.command)),
      incoming.map((one) => (one.reply === null ? null : JSON.stringify(one.reply))),
      ...(traced ? [incoming.map(({ trace }) => trace ?? null)] : []),
    ],
  };
}

/** A key that was not made by us is no key. */
const KEY = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'";
const serviceBy = (name: 'change' | 'deployment') =>
  `(select service from ${name}s where key = case when command->>'${name}' ~ ${KEY} then (command->>'${name}')::uuid end)`;
const SERVICE = `coalesce(command->>'service', ${serviceBy('change')}, ${serviceBy('deployment')})`;

/** What is read of a row that is claimed: of itself, and of what it is about. */
const received = (traced: boolean): string => `id, command, reply, attempts,${traced ? ' trace,' : ''}
  (extract(epoch from clock_timestamp() - received_at) * 1000)::float8 as age_ms`;
const SUBJECT = `${SERVICE} as service,
  exists (select from cards where channel = reply->'message'->>'channel' and ts = reply->'message'->>'ts') as on_card`;
const sorted = <Row extends TakenRow>(rows: Row[]): Row[] => rows.sort((a, b) => a.id - b.id);

/** Rows that were claimed as they came in, with what they are about. Those that name their service need no statement. */
export async function withSubjects(db: Queryable, rows: readonly TakenRow[]): Promise<InboxRow[]> {
  const unnamed = rows.filter(({ command, reply }) => !('service' in command) || reply?.message);
  const found = new Map<number, Pick<InboxRow, 'service' | 'on_card'>>();
  if (unnamed.length > 0) {
    const { rows: subjects } = await db.query<Pick<InboxRow, 'id' | 'service' | 'on_card'>>({
      name: 'subjects-of',
      text: `select id, ${SUBJECT} from inbox where id = any($1)`,
      values: [unnamed.map(({ id }) => id)],
    });
    for (const { id, ...subject } of subjects) found.set(id, subject);
  }
  return rows.map((row) => {
    const service = 'service' in row.command ? row.command.service : null;
    return { ...row, ...(found.get(row.id) ?? { service, on_card: false }) };
  });
}

/** Claims due rows, people's first, then the oldest. If the holder dies, another replica takes them after `leaseMs`. */
export async function claimInbox(db: Queryable, limit: number, leaseMs: number, traced = false): Promise<InboxRow[]> {
  const { rows } = await db.query<InboxRow>({
    name: traced ? 'claim-inbox-traced' : 'claim-inbox',
    text: `update inbox set due_at = clock_timestamp() + $2 * interval '1 ms', attempts = attempts + 1
     where id in (
       select id from inbox where handled_at is null and due_at <= clock_timestamp()
       order by reply is null, due_at limit $1 for update skip locked)
     returning ${received(traced)}, ${SUBJECT}`,
    values: [limit, leaseMs],
  });
  return sorted(rows);
}

/** How long until the next row is due, in ms, without those that the caller holds; not positive when one is, null when none waits. */
export async function nextInInbox(db: Queryable, held: readonly number[]): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>({
    name: 'next-in-inbox',
    text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
      from inbox where handled_at is null and id <> all($1)`,
    values: [held],
  });
  return rows[0]?.ms ?? null;
}

/** A row that was handled, and what came of it. */
export interface Handled {
  readonly id: number;
  readonly outcome: unknown;
}

/** How many parameters `handledFrom` reads. */
export const HANDLED_PARAMETERS = 2;

/** Marks the rows of `handledValues`, which begin at this parameter, handled, if they are not yet; waits until `first` is true. */
export const handledFrom = (parameter: number, first: string): string => {
  const [ids, outcomes] = parametersFrom(parameter, HANDLED_PARAMETERS);
  return `update inbox set handled_at = clock_timestamp(), outcome = new.outcome
    from unnest(${ids}::bigint[], ${outcomes}::jsonb[]) as new (id, outcome)
    where inbox.id = new.id and handled_at is null and ${first} returning inbox.id`;
};

export const handledValues = (rows: readonly Handled[]): unknown[] => [
  rows.map(({ id }) => id),
  rows.map(({ outcome }) => JSON.stringify(outcome)),
];

/** Holds these rows for `leaseMs` from now. One that somebody else is saving at the moment is passed over. */
export async function renewInbox(db: Queryable, ids: readonly number[], leaseMs: number): Promise<void> {
  await db.query({
    name: 'renew-inbox',
    text: `update inbox set due_at = clock_timestamp() + $2 * interval '1 ms'
      where id in (select id from inbox where id = any($1) and handled_at is null for update skip locked)`,
    values: [ids, leaseMs],
  });
}

export async function postponeInbox(db: Queryable, id: number, afterMs: number): Promise<void> {
  await db.query(
    `update inbox set due_at = clock_timestamp() + $2 * interval '1 ms' where id = $1 and handled_at is null`,
    [id, afterMs],
  );
}

/** What to tell people, and where, of those of these rows that were handled. */
export async function inboxOutcomes<Outcome>(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, { reply: ReplyTo | null; outcome: Outcome }>> {
  const { rows } = await db.query<{ id: number; reply: ReplyTo | null; outcome: Outcome }>({
    name: 'inbox-outcomes',
    text: 'select id, reply, outcome from inbox where id = any($1) and handled_at is not null',
    values: [ids],
  });
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** Handled rows are kept for 30 days, longer than anybody can replay the requests they came from. */
export async function forgetHandled(db: Queryable): Promise<number> {
  const { rowCount } = await db.query("delete from inbox where handled_at < clock_timestamp() - interval '30 days'");
  return rowCount ?? 0;
}
