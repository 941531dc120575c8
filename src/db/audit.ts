import type { Ticket } from '../core/change/ticket.js';
import type { Queryable } from './pool.js';

/** One line as the database shows it: `at` in UTC to the microsecond, `detail` as jsonb prints it. */
export interface ChainedLine {
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
  readonly service: string | null;
  readonly sha: string | null;
  readonly deployment_id: string | null;
  readonly reason: string | null;
  readonly detail: string;
  readonly previous_hash: string;
  readonly hash: string;
}

const CHAINED = `l.seq::text as seq, to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, l.actor, l.kind, l.service, l.sha,
  l.deployment_id::text as deployment_id, l.reason, l.detail::text as detail, l.previous_hash, l.hash`;

/** The lines from a number on, or from the lowest; in order, at most `limit`. */
export async function linesFrom(db: Queryable, seq: bigint | null, limit: number): Promise<ChainedLine[]> {
  const { rows } = await db.query<ChainedLine>(
    `select ${CHAINED} from ledger l where l.seq >= $1 order by l.seq limit $2`,
    [seq ?? -(2n ** 63n), limit],
  );
  return rows;
}

/** A line, with what else an auditor needs. */
export interface ExportedLine extends ChainedLine {
  /** Null if nobody in Slack acted, or if the name is not known. */
  readonly actor_name: string | null;
  readonly deploy_id: string | null;
  readonly run_id: string | null;
  /** Those that its commit names. */
  readonly tickets: readonly Ticket[] | null;
}

export interface Period {
  /** Both in any form that PostgreSQL reads as a time with an offset; `to` is the first moment after the period. */
  readonly from: string;
  readonly to: string;
  readonly service: string | null;
}

/** The lines of a period that come after a number; in order, at most `limit`. */
export async function exportedAfter(
  db: Queryable,
  { from, to, service }: Period,
  seq: string,
  limit: number,
): Promise<ExportedLine[]> {
  const { rows } = await db.query<ExportedLine>(
    `select ${CHAINED}, p.name as actor_name, d.deploy_id, d.run_id::text as run_id, c.tickets
     from ledger l left join people p on p.slack_user_id = l.actor left join deployments d on d.id = l.deployment_id
       left join changes c on c.service = l.service and c.sha = l.sha
     where l.seq > $1 and l.at >= $2::timestamptz and l.at < $3::timestamptz and ($4::text is null or l.service = $4)
     order by l.seq limit $5`,
    [seq, from, to, service, limit],
  );
  return rows;
}

/** Whether the period ends before it begins. */
export async function isBackwards(db: Queryable, { from, to }: Period): Promise<boolean> {
  const { rows } = await db.query<{ backwards: boolean }>('select $1::timestamptz >= $2::timestamptz as backwards', [
    from,
    to,
  ]);
  return rows[0]?.backwards ?? false;
}

/** Whether the ledger has a line for that service. */
export async function hasLineOf(db: Queryable, service: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    'select exists (select 1 from ledger where service = $1) as found',
    [service],
  );
  return rows[0]?.found ?? false;
}

/** The SHA-256 of the bodies of the guards' functions (migrations/0002). */
const BODIES = {
  chain_ledger: 'd887de96e03e2c9b5505a8b9f5983603b1731454718dd262b1fdeb445b3185c9',
  refuse_ledger_change: '8a8c5428f7288917e24e7d2b9b72a3daee57102b8b5f508d99c2c44b18469eb3',
};
/** Trigger, its function, and what it fires on (pg_trigger.tgtype). */
const GUARDS = [
  ['chain_ledger', 'chain_ledger', 7],
  ['ledger_is_append_only', 'refuse_ledger_change', 27],
  ['ledger_is_never_truncated', 'refuse_ledger_change', 34],
] as const;

/**
 * Describes what no longer protects the ledger: a guard that is missing, switched off or modified, and any other
 * trigger or rule, which could divert a line before it is written.
 */
export async function strangeGuards(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string; on: boolean; calls: string; type: number; body: string }>(
    `select t.tgname as name, t.tgenabled = 'A' as on, p.proname as calls, t.tgtype as type, encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') as body
     from pg_trigger t join pg_proc p on p.oid = t.tgfoid where t.tgrelid = 'ledger'::regclass and not t.tgisinternal`,
  );
  const rules = await db.query<{ name: string }>(
    "select rulename as name from pg_rewrite where ev_class = 'ledger'::regclass",
  );
  const found = new Map(rows.map((row) => [row.name, row]));
  const strange = GUARDS.flatMap(([name, calls, type]) => {
    const guard = found.get(name);
    found.delete(name);
    if (!guard?.on) return [`${name} is missing or switched off`];
    const same = guard.calls === calls && guard.type === type && guard.body === BODIES[calls];
    return same ? [] : [`${name} was modified`];
  });
  const others = [...found.keys(), ...rules.rows.map(({ name }) => name)];
  return [...strange, ...others.map((name) => `${name} was added`)];
}

/** Whether the database has a ledger at all. */
export async function hasLedger(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>("select to_regclass('ledger') is not null as found");
  return rows[0]?.found ?? false;
}
