import { forgetAsides } from './asides.js';
import type { Queryable } from './pool.js';

/** Adds a row for each service of the config; existing rows stay as they are. `whole`: those without `paths`. */
export async function ensureServices(
  db: Queryable,
  names: readonly string[],
  whole: readonly string[] = names,
): Promise<void> {
  await db.query('insert into services (name) select unnest($1::text[]) on conflict do nothing', [names]);
  await forgetAsides(db, whole);
}

/** When each service was first seen. Runs that ended before that are not reported. */
export async function watchedSince(db: Queryable): Promise<Map<string, Date>> {
  const { rows } = await db.query<{ name: string; watched_since: Date }>('select name, watched_since from services');
  return new Map(rows.map((row) => [row.name, row.watched_since]));
}

/**
 * Serialises the decisions about a service until the transaction ends, and keeps the stop of everything as it is until
 * then. False if there is no such service.
 */
export async function lockService(tx: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'lock-service',
    text: 'select 1 from services s cross join stop where s.name = $1 for update of s for share of stop',
    values: [name],
  });
  return rowCount === 1;
}

/** Production now runs this deployment. With `keepsOutside`, a newer run outside Pushbutton remains the last word. */
export async function setLive(
  tx: Queryable,
  service: string,
  deploymentId: number,
  keepsOutside: boolean,
  asOf: Date,
  moved: boolean,
): Promise<void> {
  await tx.query(
    // What stages had before a deployment without stages says nothing any more.
    `with forgotten as (
       delete from stages_now where service = $1 and (select stage from deployments where id = $2) is null)
     update services set live_deployment_id = $2, live_since = clock_timestamp(), live_as_of = $4, moves = moves + $5::int,
       outside_run_id = case when $3 then outside_run_id end, outside_since = case when $3 then outside_since end
     where name = $1`,
    [service, deploymentId, keepsOutside, asOf, moved ? 1 : 0],
  );
}

/** A run outside Pushbutton: from now on, it is not known what production runs. */
export async function hideLive(tx: Queryable, service: string, runId: number): Promise<void> {
  await tx.query(
    `update services set outside_run_id = $2, outside_since = clock_timestamp(),
       moves = moves + (outside_run_id is distinct from $2)::int where name = $1`,
    [service, runId],
  );
}
