import type { Record } from '../core/decision.js';
import type { LedgerLine } from '../core/report.js';
import { parametersFrom } from './parameters.js';
import type { Queryable } from './pool.js';

/** How many parameters `ledgerFrom` reads. */
export const LEDGER_PARAMETERS = 7;

/** Appends the lines of `ledgerValues`, which begin at this parameter, in their order. The database numbers and chains the rows (migrations/0002). */
export const ledgerFrom = (first: number): string => {
  const [service, actor, kind, sha, id, reason, detail] = parametersFrom(first, LEDGER_PARAMETERS);
  return `insert into ledger (actor, kind, service, sha, deployment_id, reason, detail)
    select actor, kind, ${service}, sha, deployment_id, reason, detail
    from unnest(${actor}::text[], ${kind}::text[], ${sha}::text[], ${id}::bigint[], ${reason}::text[], ${detail}::jsonb[])
      with ordinality as line (actor, kind, sha, deployment_id, reason, detail, place) order by place returning seq`;
};

/** `service` is null for what concerns all of them. Throws if the record of a new deployment is without its id. */
export function ledgerValues(service: string | null, records: readonly Record[]): unknown[] {
  const column = <T>(of: (record: Record) => T): T[] => records.map(of);
  return [
    service,
    column(({ actor }) => actor),
    column(({ kind }) => kind),
    column(({ sha }) => sha),
    column(({ deploymentId }) => {
      if (deploymentId === 'new') throw new Error('only a saved deployment can be recorded');
      return deploymentId;
    }),
    column(({ reason }) => reason),
    column(({ detail }) => JSON.stringify(detail)),
  ];
}

/** The newest row's number and hash. Each digest shows them, so that rows cut from the end are noticed. */
export async function ledgerHead(db: Queryable): Promise<{ seq: number; hash: string } | null> {
  const { rows } = await db.query<{ seq: number; hash: string }>(
    'select seq, hash from ledger order by seq desc limit 1',
  );
  return rows[0] ?? null;
}

/** The newest 200 ledger lines of one commit of a service, oldest first, and how many older ones there are. */
export async function ledgerOfSha(
  db: Queryable,
  service: string,
  sha: string,
): Promise<{ lines: LedgerLine[]; older: number }> {
  const { rows } = await db.query<LedgerLine & { total: number }>(
    `select * from (
       select seq, at, actor, kind, reason, sha, detail, count(*) over () as total
       from ledger where service = $1 and sha = $2 order by seq desc limit 200
     ) newest order by seq`,
    [service, sha],
  );
  return { lines: rows, older: (rows[0]?.total ?? 0) - rows.length };
}
