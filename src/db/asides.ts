/** Changes of services with `paths` that stand aside: see core/change/touches.ts. */

import type { Aside } from '../core/change/change.js';
import type { Queryable } from './pool.js';

/** What stands aside because it touches nothing needs no description: it has no card. */
export async function setAside(tx: Queryable, changeId: number, aside: Aside | null): Promise<void> {
  await tx.query(
    `update changes set aside = $2, to_describe = case when $2 = 'touches nothing' then false else to_describe end
     where id = $1`,
    [changeId, aside],
  );
}

/**
 * The commit after which the commits of a change begin; null if there is none. For a change that passed, that is the newest
 * earlier one that passed or may still pass: what failed before it has no other card to ship from. Else it is the one before.
 */
export async function carriedFrom(db: Queryable, changeId: number): Promise<string | null> {
  const { rows } = await db.query<{ sha: string }>(
    `select before.sha from changes c cross join lateral (
       select sha from changes where service = c.service and run_number < c.run_number
         and (c.staging_status <> 'passed' or staging_status in ('passed', 'running'))
       order by run_number desc limit 1) before
     where c.id = $1`,
    [changeId],
  );
  return rows[0]?.sha ?? null;
}

/** The first change that passed after this one, if it stands aside: it may carry this one, now that it has failed. */
export async function asideAfter(db: Queryable, changeId: number): Promise<string | null> {
  const { rows } = await db.query<{ sha: string }>(
    `select next.sha from changes c cross join lateral (
       select sha, aside from changes where service = c.service and run_number > c.run_number and staging_status = 'passed'
       order by run_number limit 1) next
     where c.id = $1 and next.aside = 'touches nothing'`,
    [changeId],
  );
  return rows[0]?.sha ?? null;
}

/** Nothing stands aside in services without paths, also where they had some once. The newest that passed gets its card. */
export async function forgetAsides(db: Queryable, services: readonly string[]): Promise<void> {
  await db.query(
    `update changes c set aside = null, to_describe = c.to_describe or not exists (
       select from changes newer where newer.service = c.service and newer.staging_status = 'passed'
         and newer.run_number > c.run_number)
     where aside is not null and service = any($1)`,
    [services],
  );
}
