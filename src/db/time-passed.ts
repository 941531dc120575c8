import type { Queryable } from './pool.js';

/** What time alone has changed, by the database's clock. */
export interface TimePassed {
  readonly now: Date;
  /** Deployments whose approvals expire or are to be reminded of. */
  readonly approvals: readonly { readonly id: number; readonly service: string }[];
  /** Services whose lock has ended, or whose owner is to be reminded of it. */
  readonly locks: readonly string[];
  /** The gates that the cards of each service in `freezing` are drawn with; null if they never were. */
  readonly drawn: Readonly<Record<string, string | null>>;
  /** Those of `continuous` that have a newer change than the live one which nobody asked for, held or paused. */
  readonly mayDeploy: readonly string[];
}

/**
 * Takes the turn of the clock, which comes every `everyMs` for one of all replicas, and reads what has passed; null when
 * it is not our turn. It is one statement, because an idle bot sends it for as long as it lives. What it finds is only
 * looked at: the decision about it reads the state again.
 */
export async function takeTimePassed(
  db: Queryable,
  everyMs: number,
  freezing: readonly string[],
  continuous: readonly string[],
): Promise<TimePassed | null> {
  const { rows } = await db.query<TimePassed>({
    name: 'time-passed',
    text: `with turn as (
         insert into turns (name, next_at) values ('clock', clock_timestamp() + $1 * interval '1 ms')
         on conflict (name) do update set next_at = excluded.next_at where turns.next_at <= clock_timestamp() returning 1
       )
       select clock_timestamp() as now,
         (select coalesce(json_agg(json_build_object('id', id, 'service', service) order by expires_at), '[]')
          from deployments where status = 'waiting'
            and (expires_at <= clock_timestamp() or remind_at <= clock_timestamp())) as approvals,
         (select coalesce(json_agg(name), '[]') from services where lock_until <= clock_timestamp()
            or lock_by is not null and lock_until is null
              and coalesce(lock_nudged_at, lock_since) <= clock_timestamp() - interval '1 day') as locks,
         (select coalesce(json_object_agg(name, gates_drawn), '{}') from services where name = any($2)) as drawn,
         (select coalesce(json_agg(s.name), '[]') from services s
            join deployments live on live.id = s.live_deployment_id join changes l on l.id = live.change_id
            cross join lateral (select c.id, c.run_number, c.hold_by from changes c
              where c.service = s.name and c.staging_status = 'passed' and c.aside is null order by c.run_number desc limit 1) newest
          where s.name = any($3) and s.paused_by is null and newest.run_number > l.run_number and newest.hold_by is null
            and not exists (select from deployments d where d.change_id = newest.id
              and not (d.requested_by = 'pushbutton' and d.status = 'withdrawn'))) as "mayDeploy"
       where exists (select from turn)`,
    values: [everyMs, freezing, continuous],
  });
  return rows[0] ?? null;
}
