import type { Explanation, FailedAttempt } from '../core/change/explanation.js';
import type { Queryable } from './pool.js';

/** What is known of a failed attempt, and whether its thread has been told. */
export interface FailureRow {
  /** Null: the run was one of staging. */
  readonly deploymentId: number | null;
  readonly why: Explanation | null;
  readonly postingSince: Date | null;
  /** The author was called because of an earlier attempt of staging. */
  readonly calledBefore: boolean;
  /** How long ago it was found. */
  readonly ageMs: number;
}

const keyOf = ({ changeId, runId, attempt }: FailedAttempt): unknown[] => [changeId, runId, attempt];
const ONE = 'change_id = $1 and run_id = $2 and attempt = $3';

/** Halves of characters and NUL, which Postgres refuses in JSON. What was cut may end with a half. */
const REFUSED = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const stored = (why: Explanation): string =>
  JSON.stringify(why, (_, value: unknown) => (typeof value === 'string' ? value.replace(REFUSED, '') : value));

/** Notes a failed attempt, once. `why` is null while it must still be read. False: it was known. */
export async function noteFailure(
  db: Queryable,
  failed: FailedAttempt,
  deploymentId: number | null,
  why: Explanation | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into failures (change_id, run_id, attempt, deployment_id, why) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [...keyOf(failed), deploymentId, why === null ? null : stored(why)],
  );
  return rowCount === 1;
}

/** A failed attempt that nobody has been told of; null when it was told, or there is nothing to tell. */
export async function untoldFailure(db: Queryable, failed: FailedAttempt): Promise<FailureRow | null> {
  const { rows } = await db.query<FailureRow>(
    `select deployment_id as "deploymentId", why, posting_since as "postingSince",
       exists (select from failures before where before.change_id = $1 and before.called) as "calledBefore",
       (extract(epoch from clock_timestamp() - found_at) * 1000)::float8 as "ageMs"
     from failures where ${ONE} and ended_at is null`,
    keyOf(failed),
  );
  return rows[0] ?? null;
}

export async function saveWhy(db: Queryable, failed: FailedAttempt, why: Explanation): Promise<void> {
  await db.query(`update failures set why = $4 where ${ONE} and ended_at is null`, [...keyOf(failed), stored(why)]);
}

/** Notes a post before it is sent, so that a lost answer is recognised. False: another post has just been sent. */
export async function noteExplaining(db: Queryable, failed: FailedAttempt): Promise<boolean> {
  const { rowCount } = await db.query(
    `update failures set posting_since = clock_timestamp() where ${ONE} and ended_at is null
       and (posting_since is null or posting_since < clock_timestamp() - interval '15 seconds')`,
    keyOf(failed),
  );
  return rowCount === 1;
}

/** Slack has said that nothing was posted. */
export async function noteNotExplained(db: Queryable, failed: FailedAttempt): Promise<void> {
  await db.query(`update failures set posting_since = null where ${ONE}`, keyOf(failed));
}

/**
 * It is told, as the message `ts`, or there is nothing to tell: what it said is no longer needed. `called`: the author of the
 * change was called.
 */
export async function endFailure(
  db: Queryable,
  failed: FailedAttempt,
  { ts = null, called = false }: { readonly ts?: string | null; readonly called?: boolean } = {},
): Promise<void> {
  await db.query(
    `update failures set ts = coalesce($4, ts), called = $5, ended_at = clock_timestamp(), why = null, posting_since = null
     where ${ONE}`,
    [...keyOf(failed), ts, called],
  );
}

/** Those that nobody has been told of for so long that their job may be lost, for the sweep; `read`: why is known. */
export async function untoldFailures(db: Queryable): Promise<(FailedAttempt & { readonly read: boolean })[]> {
  const { rows } = await db.query<FailedAttempt & { read: boolean }>(
    `select change_id as "changeId", run_id as "runId", attempt, why is not null as read
     from failures where ended_at is null and found_at < clock_timestamp() - interval '10 minutes'
     order by found_at limit 500`,
  );
  return rows;
}

/** They only keep the same attempt from being told twice. */
export async function forgetFailures(db: Queryable): Promise<number> {
  const { rowCount } = await db.query("delete from failures where ended_at < clock_timestamp() - interval '90 days'");
  return rowCount ?? 0;
}
