/** What shuts and opens: locks, the stop of everything, pauses, held changes, and changes that a rollback undid. */

import type { Given } from '../core/deployment/asks.js';
import type { Lock, Pause, Stop } from '../core/service/service.js';
import type { Write } from '../core/write.js';
import type { TimesOf } from './json.js';
import type { Queryable } from './pool.js';

export const setLock = (tx: Queryable, service: string, by: string, reason: string, until: Date | null) =>
  tx.query(
    `update services set lock_by = $2, lock_reason = $3, lock_since = clock_timestamp(), lock_until = $4, lock_nudged_at = null
     where name = $1`,
    [service, by, reason, until],
  );

export const clearLock = (tx: Queryable, service: string) =>
  tx.query(
    `update services set lock_by = null, lock_reason = null, lock_since = null, lock_until = null, lock_nudged_at = null
     where name = $1`,
    [service],
  );

export const noteNudged = (tx: Queryable, service: string) =>
  tx.query('update services set lock_nudged_at = clock_timestamp() where name = $1', [service]);

/** Pauses continuous deployment. If it is already paused, the first reason stays. */
export const pause = (tx: Queryable, service: string, by: string, why: Pause['why'], deploymentId: number | null) =>
  tx.query(
    `update services set paused_by = $2, paused_why = $3, paused_since = clock_timestamp(), paused_deployment_id = $4
     where name = $1 and (paused_by is null or $3 = 'roll back failed')`,
    [service, by, why, deploymentId],
  );

export const resume = (tx: Queryable, service: string) =>
  tx.query(
    `update services set paused_by = null, paused_why = null, paused_since = null, paused_deployment_id = null,
       resumed_at = clock_timestamp() where name = $1`,
    [service],
  );

export const holdChange = (tx: Queryable, id: number, by: string, reason: string | null) =>
  tx.query('update changes set hold_by = $2, hold_reason = $3, held_at = clock_timestamp() where id = $1', [
    id,
    by,
    reason,
  ]);

export const letGo = (tx: Queryable, id: number) =>
  tx.query(
    'update changes set hold_by = null, hold_reason = null, held_at = null, let_go_at = clock_timestamp() where id = $1',
    [id],
  );

/** Marks the changes after the one that is live again, up to the one that was live, as undone by that rollback. */
export const markUndone = (tx: Queryable, service: string, deploymentId: number, restored: number, from: number) =>
  tx.query(
    `with undone as (
       update changes set undone_by = $2 where service = $1
         and run_number > (select run_number from changes where id = $3)
         and run_number <= (select run_number from changes where id = $4) returning id
     ), held as (
       select change_id from cards where change_id in (select id from undone) order by change_id for update
     ) update cards set dirty_at = clock_timestamp() from held where cards.change_id = held.change_id`,
    [service, deploymentId, restored, from],
  );

/** The deployment that went live contains these changes again. */
export const clearUndone = (tx: Queryable, service: string, deploymentId: number) =>
  tx.query(
    `update changes set undone_by = null where service = $1 and undone_by is not null and run_number <= (
       select c.run_number from deployments d join changes c on c.id = d.change_id where d.id = $2)`,
    [service, deploymentId],
  );

export const askToConfirm = (tx: Queryable, write: Extract<Write, { write: 'ask to confirm' }>) =>
  tx.query(
    `insert into confirmations (change_id, slack_user_id, changes, start_at, answers) values ($1, $2, $3, $4, $5)
     on conflict (change_id, slack_user_id) do update set changes = excluded.changes, start_at = excluded.start_at,
       answers = excluded.answers, asked_at = clock_timestamp()`,
    [
      ...[write.changeId, write.user, write.changes, write.startAt ?? null],
      write.answers === undefined ? null : JSON.stringify(write.answers),
    ],
  );

/** What a person was asked to confirm. */
interface Confirmation {
  readonly changes: number;
  /** For what time; null: for now. */
  readonly startAt: Date | null;
  /** What they had answered. */
  readonly answers: Given | null;
}

/** How many changes at once this person was asked to confirm within the last hour; null if not asked. */
export async function askedToConfirm(db: Queryable, changeId: number, user: string): Promise<Confirmation | null> {
  const { rows } = await db.query<Confirmation>(
    `select changes, start_at as "startAt", answers from confirmations where change_id = $1 and slack_user_id = $2
       and asked_at > clock_timestamp() - interval '1 hour'`,
    [changeId, user],
  );
  return rows[0] ?? null;
}

/** The gate columns of a row of `services`, with the row of `stop`. */
export interface GateRow {
  lock_by: string | null;
  lock_reason: string | null;
  lock_since: Date | null;
  lock_until: Date | null;
  lock_nudged_at: Date | null;
  paused_by: string | null;
  paused_why: Pause['why'] | null;
  paused_since: Date | null;
  paused_deployment_id: number | null;
  stopped_by: string | null;
  stop_reason: string | null;
  stop_since: Date | null;
}

/** The same in SQL, from `services s` and `stop`. */
export const GATE_COLUMNS = `s.lock_by, s.lock_reason, s.lock_since, s.lock_until, s.lock_nudged_at, s.paused_by, s.paused_why,
  s.paused_since, s.paused_deployment_id, stop.stopped_by, stop.reason as stop_reason, stop.since as stop_since`;
export const GATE_TIMES: TimesOf<GateRow> = {
  lock_since: true,
  lock_until: true,
  lock_nudged_at: true,
  paused_since: true,
  stop_since: true,
};

export function gatesOf(row: GateRow): { lock: Lock | null; stop: Stop | null; pause: Pause | null } {
  const { lock_by, lock_reason, lock_since, paused_by, paused_why, paused_since } = row;
  return {
    lock:
      lock_by === null || lock_reason === null || lock_since === null
        ? null
        : { by: lock_by, reason: lock_reason, since: lock_since, until: row.lock_until, nudgedAt: row.lock_nudged_at },
    stop: stopOf(row),
    pause:
      paused_by === null || paused_why === null || paused_since === null
        ? null
        : { by: paused_by, why: paused_why, since: paused_since, deploymentId: row.paused_deployment_id },
  };
}

const stopOf = (row: Pick<GateRow, 'stopped_by' | 'stop_reason' | 'stop_since'>): Stop | null =>
  row.stopped_by === null || row.stop_reason === null || row.stop_since === null
    ? null
    : { by: row.stopped_by, reason: row.stop_reason, since: row.stop_since };

/** The stop of everything, and the locks of these services by their names, also locks whose time is over. */
export async function shutByPeople(
  db: Queryable,
  services: readonly string[],
): Promise<{ stop: Stop | null; locks: Map<string, Lock> }> {
  const { rows } = await db.query<GateRow & { name: string }>(
    `select s.name, ${GATE_COLUMNS} from services s cross join stop
     where s.name = any($1) and (lock_by is not null or stopped_by is not null)`,
    [services],
  );
  const gates = rows.map((row) => ({ name: row.name, ...gatesOf(row) }));
  return {
    stop: gates.find((one) => one.stop)?.stop ?? null,
    locks: new Map(gates.flatMap(({ name, lock }) => (lock ? [[name, lock] as const] : []))),
  };
}

/** The stop of everything, locked until the transaction ends; no service decides until then. */
export async function lockStop(tx: Queryable): Promise<Stop | null> {
  const { rows } = await tx.query<GateRow>(
    'select stopped_by, reason as stop_reason, since as stop_since from stop for update',
  );
  return rows[0] ? stopOf(rows[0]) : null;
}

export const setStop = (tx: Queryable, by: string, reason: string) =>
  tx.query('update stop set stopped_by = $1, reason = $2, since = clock_timestamp()', [by, reason]);

export const clearStop = (tx: Queryable) => tx.query('update stop set stopped_by = null, reason = null, since = null');

/** Notes the gates that a service's cards are drawn with; true if they were drawn with others before. */
export async function noteGatesDrawn(tx: Queryable, service: string, gates: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update services set gates_drawn = $2 where name = $1 and gates_drawn is distinct from $2',
    [service, gates],
  );
  return rowCount === 1;
}
