import type { Queryable } from './pool.js';

/** One line as the database shows it: `at` in UTC to the microsecond, `detail` as jsonb prints itself. */
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

/** The lines after a number, in order, at most `limit`. */
export async function linesAfter(db: Queryable, seq: string, limit: number): Promise<ChainedLine[]> {
  const { rows } = await db.query<ChainedLine>(
    `select ${CHAINED} from ledger l where l.seq > $1 order by l.seq limit $2`,
    [seq, limit],
  );
  return rows;
}

/** A line with what an auditor wants beside it. */
export interface ExportedLine extends ChainedLine {
  /** Null where nobody in Slack acted, or the name is not known. */
  readonly actor_name: string | null;
  readonly deploy_id: string | null;
  readonly run_id: string | null;
}

export interface Period {
  /** Both as PostgreSQL reads a moment; a date alone is that day in the zone. */
  readonly from: string;
  readonly to: string;
  /** IANA */
  readonly timezone: string;
  readonly service: string | null;
}

/** The lines of a period after a number, in order, at most `limit`. */
export async function exportedAfter(
  db: Queryable,
  { from, to, timezone, service }: Period,
  seq: string,
  limit: number,
): Promise<ExportedLine[]> {
  const { rows } = await db.query<ExportedLine>(
    `select ${CHAINED}, p.name as actor_name, d.deploy_id, d.run_id::text as run_id
     from ledger l left join people p on p.slack_user_id = l.actor left join deployments d on d.id = l.deployment_id
     where l.seq > $1 and l.at >= ${moment('$2', '$4', 0)} and l.at < ${moment('$3', '$4', 1)}
       and ($5::text is null or l.service = $5)
     order by l.seq limit $6`,
    [seq, from, to, timezone, service, limit],
  );
  return rows;
}

/** A date alone is midnight in the zone, of that day or of the day after; anything else is a moment. */
const moment = (value: string, zone: string, days: number): string =>
  `case when ${value}::text ~ '^\\d{4}-\\d\\d-\\d\\d$' then (${value}::text::timestamp + ${days} * interval '1 day') at time zone ${zone}
     else ${value}::text::timestamptz end`;

/** The triggers that keep the ledger as it is, that are missing or switched off. */
export async function missingGuards(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select name from unnest(array['chain_ledger', 'ledger_is_append_only', 'ledger_is_never_truncated']) name
     where not exists (select 1 from pg_trigger where tgrelid = 'ledger'::regclass and tgname = name and tgenabled = 'A')`,
  );
  return rows.map(({ name }) => name);
}

/** Whether the database has a ledger at all. */
export async function hasLedger(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>("select to_regclass('ledger') is not null as found");
  return rows[0]?.found ?? false;
}
