/** What concerns one person, read for their Home tab: nothing here decides what anybody may do. */

import type { ChangeRef, Staging } from '../core/change/change.js';
import type { Status } from '../core/deployment/deployment.js';
import type { WhereFacts } from '../core/where.js';
import type { Queryable } from './pool.js';

/** A request that waits for approval: just what says for whom. */
export interface WaitingRequest {
  readonly id: number;
  readonly service: string;
  readonly requestedBy: string;
  /** Whose approvals count. */
  readonly approvedBy: readonly string[];
}

/** All requests that wait for approval, of any service, at most a thousand; those that expire first come first. */
export async function requestsWaiting(db: Queryable): Promise<WaitingRequest[]> {
  const { rows } = await db.query<Omit<WaitingRequest, 'approvedBy'> & { approved_by: { user: string }[] }>({
    name: 'requests-waiting',
    text: `select id, service, requested_by as "requestedBy", approved_by from deployments
      where status = 'waiting' order by expires_at, id limit 1000`,
  });
  return rows.map(({ approved_by, ...row }) => ({ ...row, approvedBy: approved_by.map(({ user }) => user) }));
}

/** So many changes of a person are read. A number in the text lets the plan know that they are few. */
const MOST_OWN = 10;

/** A change of a person, and what decides where it is. */
export interface OwnChange {
  readonly service: string;
  readonly change: ChangeRef;
  /** Of its staging run. */
  readonly url: string;
  readonly facts: WhereFacts;
}

interface OwnRow extends ChangeRef {
  service: string;
  run_number: number;
  staging_status: Staging['status'];
  staging_url: string;
  bad_by: string | null;
  undone: boolean;
  latest: Status | null;
  live: (ChangeRef & { run_number: number }) | null;
  live_since: Date | null;
  newest: (ChangeRef & { run_number: number }) | null;
}

/**
 * The newest changes of the last two weeks, at most ten, that a person wrote under one of these GitHub logins (lower case), or that
 * they asked to deploy.
 */
export async function changesOfPerson(db: Queryable, logins: readonly string[], user: string): Promise<OwnChange[]> {
  const { rows } = await db.query<OwnRow>({
    name: 'changes-of-person',
    text: `with mine as (
         select wrote.id from unnest($1::text[]) as asked (login) cross join lateral (
           select id from changes where lower(author) = asked.login order by seen_at desc limit ${MOST_OWN}) wrote
         union
         select opened.id from unnest($1::text[]) as asked (login) cross join lateral (
           select id from changes where pull_request is not null and lower(pull_request->>'author') = asked.login
             order by seen_at desc limit ${MOST_OWN}) opened
         union
         select change_id from (select change_id from deployments where requested_by = $2
           order by requested_at desc limit ${MOST_OWN}) requested
       ) select c.id, c.key, c.sha, c.title, c.service, c.run_number, c.staging_status, c.staging_url,
         case when c.hold_reason is not null then c.hold_by end as bad_by, c.undone_by is not null as undone,
         (select status from deployments where change_id = c.id order by id desc limit 1) as latest,
         (select row_to_json(found) from (
            select l.id, l.key, l.sha, l.title, l.run_number from deployments d join changes l on l.id = d.change_id
            where d.id = s.live_deployment_id and s.outside_run_id is null) found) as live, s.live_since,
         (select row_to_json(found) from (
            select id, key, sha, title, run_number from changes where service = c.service and staging_status = 'passed' and aside is null
            order by run_number desc limit 1) found) as newest
       from mine join changes c on c.id = mine.id join services s on s.name = c.service
       where c.seen_at > clock_timestamp() - interval '14 days' and c.aside is null
       order by c.id desc limit ${MOST_OWN}`,
    values: [logins, user],
  });
  return rows.map(({ id, key, sha, title, service, ...row }) => ({
    service,
    change: { id, key, sha, title },
    url: row.staging_url,
    facts: {
      id,
      runNumber: row.run_number,
      staging: row.staging_status,
      badBy: row.bad_by,
      undone: row.undone,
      latest: row.latest,
      live: row.live && row.live_since ? { ...placed(row.live), since: row.live_since } : null,
      newest: row.newest && placed(row.newest),
    },
  }));
}

const placed = ({ run_number: runNumber, ...change }: ChangeRef & { run_number: number }) => ({ change, runNumber });
