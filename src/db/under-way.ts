/** In which services something goes on, read for all of them at once. */

import type { Queryable } from './pool.js';

/** How many deployments of a service are under way and queued, and whether its newest change waits for Deploy. */
export interface UnderWay {
  readonly service: string;
  readonly active: number;
  readonly queued: number;
  readonly waiting: boolean;
}

/** One statement of a few milliseconds for a thousand services. Those in which nothing goes on are left out. */
export async function underWayIn(db: Queryable, services: readonly string[]): Promise<UnderWay[]> {
  const { rows } = await db.query<UnderWay>({
    name: 'under-way',
    text: `with going as (
       select service, sha, status from deployments
       where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking')
     ), counted as (
       select service, count(*) filter (where status not in ('waiting', 'queued'))::int as active,
         count(*) filter (where status = 'queued')::int as queued
       from going group by service
     ), offered as (
       select s.name as service from services s
         cross join lateral (select sha from changes where service = s.name and staging_status = 'passed' and aside is null
           order by run_number desc limit 1) newest
       where s.name = any($1)
         and newest.sha is distinct from (
           select sha from deployments where id = s.live_deployment_id and s.outside_run_id is null)
         and not exists (select from going where going.service = s.name and going.sha = newest.sha)
     ) select service, coalesce(active, 0) as active, coalesce(queued, 0) as queued, offered.service is not null as waiting
     from counted full join offered using (service) where service = any($1)`,
    values: [services],
  });
  return rows;
}
