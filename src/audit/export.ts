import { type ExportedLine, exportedAfter, type Period } from '../db/audit.js';
import type { Queryable } from '../db/pool.js';

const COLUMNS = [
  ...(['seq', 'at', 'actor', 'actor_name', 'kind', 'service', 'sha', 'deployment_id', 'deploy_id', 'run_id'] as const),
  ...(['reason', 'detail', 'previous_hash', 'hash'] as const),
];
const PAGE = 2_000;

/** What was written: how many lines, and the newest of them. */
export interface Exported {
  readonly lines: number;
  readonly last: Pick<ExportedLine, 'seq' | 'hash'> | null;
}

/** Writes a period's lines in order, a page at a time, as CSV (RFC 4180) or as one JSON array. */
export async function exportLedger(
  tx: Queryable,
  period: Period,
  format: 'csv' | 'json',
  write: (text: string) => Promise<void>,
): Promise<Exported> {
  let lines = 0;
  let last: ExportedLine | null = null;
  await write(format === 'csv' ? row(COLUMNS) : '[');
  for (;;) {
    const page: ExportedLine[] = await exportedAfter(tx, period, last?.seq ?? '0', PAGE);
    const texts = page.map((line, index) =>
      format === 'csv' ? row(COLUMNS.map((column) => line[column])) : `${lines + index > 0 ? ',' : ''}\n${json(line)}`,
    );
    await write(texts.join(''));
    lines += page.length;
    last = page.at(-1) ?? last;
    if (page.length < PAGE) break;
  }
  if (format === 'json') await write('\n]\n');
  return { lines, last };
}

function json(line: ExportedLine): string {
  const values = COLUMNS.map((column) => [column, column === 'detail' ? JSON.parse(line.detail) : line[column]]);
  return JSON.stringify(Object.fromEntries(values));
}

const row = (cells: readonly (string | null)[]): string => `${cells.map(cell).join(',')}\r\n`;

/**
 * Quoted where it has to be. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection): others
 * wrote the reasons.
 */
function cell(value: string | null): string {
  if (value === null) return '';
  const literal = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(literal) ? `"${literal.replaceAll('"', '""')}"` : literal;
}
