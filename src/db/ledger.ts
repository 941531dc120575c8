import type { Record } from '../core/decision.js';
import type { LedgerLine } from '../core/report.js';
import type { Queryable } from './pool.js';

/** Appends in their order, in the same transaction as what they record. The database numbers and chains the rows (migrations/0002). */
export async function appendLedger(
  tx: Queryable,
  service: string | null,
  records: readonly Record[],
  newId: number | null,
): Promise<void> {
  if (records.length === 0) return;
  const column = <T>(of: (record: Record) => T): T[] => records.map(of);
  await tx.query({
    name: 'append-ledger',
    text: `insert into ledger (actor, kind, service, sha, deployment_id, reason, detail)
      select actor, kind, $1, sha, deployment_id, reason, detail
      from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::jsonb[])
        with ordinality as line (actor, kind, sha, deployment_id, reason, detail, place) order by place`,
    values: [
      service,
      column(({ actor }) => actor),
      column(({ kind }) => kind),
      column(({ sha }) => sha),
      column(({ deploymentId }) => (deploymentId === 'new' ? newId : deploymentId)),
      column(({ reason }) => reason),
      column(({ detail }) => JSON.stringify(detail)),
    ],
  });
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
