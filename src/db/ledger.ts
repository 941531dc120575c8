import type { Record } from '../core/decision.js';
import type { LedgerLine } from '../core/report.js';
import type { Queryable } from './pool.js';

/** Appends in the transaction of what it records. The database numbers and chains the rows (migrations/0002). */
export async function appendLedger(
  tx: Queryable,
  service: string | null,
  records: readonly Record[],
  newId: number | null,
): Promise<void> {
  for (const record of records) {
    await tx.query(
      'insert into ledger (actor, kind, service, sha, deployment_id, reason, detail) values ($1, $2, $3, $4, $5, $6, $7)',
      [
        record.actor,
        record.kind,
        service,
        record.sha,
        record.deploymentId === 'new' ? newId : record.deploymentId,
        record.reason,
        JSON.stringify(record.detail),
      ],
    );
  }
}

/** The newest row's number and hash: stands in each digest, so that rows cut from the end are noticed. */
export async function ledgerHead(db: Queryable): Promise<{ seq: number; hash: string } | null> {
  const { rows } = await db.query<{ seq: number; hash: string }>(
    'select seq, hash from ledger order by seq desc limit 1',
  );
  return rows[0] ?? null;
}

/** Everything on the ledger of one commit of a service, oldest first, at most the newest 200 lines. */
export async function ledgerOfSha(db: Queryable, service: string, sha: string): Promise<LedgerLine[]> {
  const { rows } = await db.query<LedgerLine>(
    `select * from (
       select seq, at, actor, kind, reason, sha, detail from ledger where service = $1 and sha = $2 order by seq desc limit 200
     ) newest order by seq`,
    [service, sha],
  );
  return rows;
}

/** The first row whose number, link or hash is wrong; null when the chain holds. */
export async function firstBrokenLink(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ seq: number }>(
    `select seq from (
       select seq, hash, previous_hash, lag(hash, 1, repeat('0', 64)) over w as before, row_number() over w as number,
         encode(sha256(convert_to(ledger_text(ledger), 'UTF8')), 'hex') as true_hash
       from ledger window w as (order by seq)
     ) chain where seq <> number or previous_hash <> before or hash <> true_hash order by seq limit 1`,
  );
  return rows[0]?.seq ?? null;
}
