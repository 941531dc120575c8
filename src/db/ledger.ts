import type { Record } from '../core/decision.js';
import type { LedgerLine } from '../core/report.js';
import type { Queryable } from './pool.js';

/** Appends in the same transaction as what it records. The database numbers and chains the rows (migrations/0002). */
export async function appendLedger(
  tx: Queryable,
  service: string | null,
  records: readonly Record[],
  newId: number | null,
): Promise<void> {
  for (const record of records) {
    await tx.query({
      name: 'append-ledger',
      text: 'insert into ledger (actor, kind, service, sha, deployment_id, reason, detail) values ($1, $2, $3, $4, $5, $6, $7)',
      values: [
        record.actor,
        record.kind,
        service,
        record.sha,
        record.deploymentId === 'new' ? newId : record.deploymentId,
        record.reason,
        JSON.stringify(record.detail),
      ],
    });
  }
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
