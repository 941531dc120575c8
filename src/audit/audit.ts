/** `npm run audit`: verifies or exports the ledger. Changes nothing and needs only the database. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { configFileOf } from '../config/config.js';
import { readEnvironment } from '../config/environment.js';
import { readConfigFile } from '../config/file.js';
import { startOfDate } from '../core/time/zone.js';
import { hasLedger, hasLineOf, isBackwards } from '../db/audit.js';
import { ledgerHead } from '../db/ledger.js';
import { startLocalPostgres } from '../db/local-postgres.js';
import { createPool, type Queryable } from '../db/pool.js';
import { exportLedger } from './export.js';
import { verdictOf, verifyLedger } from './verify.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Adds `audit verify` and `audit export`. `clean` removes secrets from the output. */
export function addAudit(program: Command, clean: (text: string) => string): void {
  const audit = program.command('audit').description('verify or export the ledger; exit code 1 when it is not intact');
  const guarded = (work: () => Promise<void>) => {
    // The reader may stop reading: `audit export … | head`.
    process.stdout.once('error', () => process.exit(1));
    return work().catch((error: unknown) => {
      process.stderr.write(`${clean(`audit: ${error instanceof Error ? error.message : String(error)}`)}\n`);
      process.exitCode = 1;
    });
  };
  audit
    .command('verify')
    .description('recompute the hash of every line')
    .option('--head <hash>', 'a hash from a digest or an export, which must be in the chain')
    .action((options: { head?: string }) => guarded(() => verify(options.head ?? null)));
  audit
    .command('export')
    .description('write a period of the ledger to standard output')
    .requiredOption('--from <day>', 'the first day, such as 2026-01-01, or a time such as 2026-01-01T08:00Z')
    .requiredOption('--to <day>', 'the last day (included), or the time at which the period ends')
    .requiredOption('--format <form>', 'csv or json')
    .option('--service <name>', 'only the lines of this service')
    .action((options: ExportOptions) => guarded(() => exportPeriod(options)));
}

interface ExportOptions {
  readonly from: string;
  readonly to: string;
  readonly format: string;
  readonly service?: string;
}

async function verify(head: string | null): Promise<void> {
  if (head !== null && !/^[0-9a-f]{64}$/i.test(head))
    throw new Error('--head: expected the 64 hex digits of a hash from a digest or an export');
  const asked = head?.toLowerCase() ?? null;
  const { whole, text } = await reading(async (tx) => verdictOf(await verifyLedger(tx, asked), asked));
  process.stdout.write(`${text.join('\n')}\n`);
  if (!whole) process.exitCode = 1;
}

async function exportPeriod({ from, to, format, service }: ExportOptions): Promise<void> {
  for (const [option, value] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (isMoment(value)) continue;
    throw new Error(
      `${option}: ${JSON.stringify(value)} is not a day or time; expected 2026-01-31 or 2026-01-31T08:00Z`,
    );
  }
  if (format !== 'csv' && format !== 'json')
    throw new Error(`--format: ${JSON.stringify(format)}; expected csv or json`);
  const timezone = zone();
  const write = async (text: string) => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  const period = {
    from: DATE.test(from) ? midnight(timezone, from, 0) : from,
    to: DATE.test(to) ? midnight(timezone, to, 1) : to,
    service: service ?? null,
  };
  await reading(async (tx) => {
    if (await isBackwards(tx, period)) throw new Error('--from is after --to');
    if (service !== undefined && !(await hasLineOf(tx, service)))
      throw new Error(`--service: the ledger has no lines of ${JSON.stringify(service)}`);
    const lines = await exportLedger(tx, period, format, write);
    const head = await ledgerHead(tx);
    const newest = head ? `; the ledger's newest line is ${head.seq} with the hash ${head.hash}` : '';
    process.stderr.write(`${lines} lines, days in ${timezone}${newest}\n`);
  });
}

function isMoment(value: string): boolean {
  if (!DATE.test(value) && !MOMENT.test(value)) return false;
  // JavaScript turns 31 February into a day of March.
  const day = new Date(value.slice(0, 10));
  return !Number.isNaN(new Date(value).valueOf()) && day.toISOString().startsWith(value.slice(0, 10));
}

const FIRST = Date.parse('0001-01-02');

/**
 * The beginning of a local date, or of one so many days later, by Node's time zone, as freezes are: PostgreSQL reads some
 * names of zones as abbreviations. It knows no year 0, and no sign before a year of five digits.
 */
function midnight(timezone: string, date: string, days: number): string {
  const start = Math.max(FIRST, startOfDate(timezone, date, days).getTime());
  return new Date(start).toISOString().replace(/^\+0*/, '');
}

/** The time zone of the config, if it can be read; an auditor's machine may have no config. */
function zone(): string {
  const name = configFileOf(process.env);
  try {
    return readConfigFile(readFileSync(name, 'utf8'), name).file?.timezone ?? 'UTC';
  } catch {
    return 'UTC';
  }
}

/** Runs in one repeatable-read transaction, so that no concurrent write is only half visible. */
async function reading<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
  const { environment, problems } = readEnvironment(process.env, { webhooks: false });
  const problem = problems.find(({ setting }) => setting === 'DATABASE_URL' || setting === 'PUSHBUTTON_DATA');
  if (problem) throw new Error(`${problem.setting}: ${problem.found}; expected ${problem.expected}`);
  const { database } = environment;
  const url = database.kind === 'url' ? database.url : (await startLocalPostgres(database.folder, () => {})).url;
  const pool = createPool(url, { max: 1 });
  try {
    const client = await pool.connect().catch((error: unknown) => {
      throw new Error(`DATABASE_URL: ${error instanceof Error ? error.message : String(error)}`);
    });
    try {
      if (!(await hasLedger(client))) throw new Error('the database has no ledger: npm run migrate creates its tables');
      await client.query('begin transaction isolation level repeatable read read only');
      return await work(client);
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}
