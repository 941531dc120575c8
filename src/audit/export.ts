import { type ExportedLine, exportedAfter, type Period } from '../db/audit.js';
import type { Queryable } from '../db/pool.js';

const COLUMNS = [
  ...(['seq', 'at', 'actor', 'actor_name', 'kind', 'service', 'sha', 'deployment_id', 'deploy_id', 'run_id'] as const),
  ...(['reason', 'detail', 'previous_hash', 'hash', 'tickets'] as const),
];
const PAGE = 2_000;

/** Writes the lines of a period in order, page by page, as CSV (RFC 4180) or one JSON array. Returns their number. */
export async function exportLedger(
  tx: Queryable,
  period: Period,
  format: 'csv' | 'json',
  write: (text: string) => Promise<void>,
): Promise<number> {
  let lines = 0;
  let after = '0';
  await write(format === 'csv' ? row(COLUMNS) : '[');
  for (;;) {
    const page: ExportedLine[] = await exportedAfter(tx, period, after, PAGE);
    const texts = page.map((line, index) =>
      format === 'csv'
        ? row(COLUMNS.map((column) => inCell(line[column])))
        : `${lines + index > 0 ? ',' : ''}\n${json(line)}`,
    );
    await write(texts.join(''));
    lines += page.length;
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE) break;
  }
  if (format === 'json') await write('\n]\n');
  return lines;
}

/** Tickets by their ids, separated by spaces. */
const inCell = (value: ExportedLine[(typeof COLUMNS)[number]]): string | null =>
  value === null || typeof value === 'string' ? value : value.map(({ id }) => id).join(' ');

/** Contains `detail` twice: as an object to read, and as the text that the hash covers. */
function json(line: ExportedLine): string {
  const values = COLUMNS.flatMap((column) =>
    column === 'detail'
      ? [
          ['detail', JSON.parse(line.detail)],
          ['detail_text', line.detail],
        ]
      : [[column, line[column]]],
  );
  return JSON.stringify(Object.fromEntries(values));
}

const row = (cells: readonly (string | null)[]): string => `${cells.map(cell).join(',')}\r\n`;

/**
 * Quotes a cell if necessary. Puts an apostrophe before anything that a spreadsheet would read as a formula (OWASP: CSV
 * injection), since people write the reasons.
 */
function cell(value: string | null): string {
  if (value === null) return '';
  const literal = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(literal) ? `"${literal.replaceAll('"', '""')}"` : literal;
}
