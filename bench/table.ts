import { isMet, type Row } from './rows.js';

const HEAD = ['measured', 'Pushbutton', 'nothing saved', 'against', '', 'ratio', 'target', ''];

/** The lines as a Markdown table, padded to read well on a terminal too. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const { measurement, unit, product, floor, against } = row;
    const met = isMet(row);
    return [
      measurement,
      written(product, unit),
      floor === null ? '' : written(floor, unit),
      against ? written(against.value, unit) : '',
      against?.what ?? '',
      against ? `${against.ratio.toFixed(2)} x` : '',
      targetOf(row),
      met === null ? '' : met ? 'met' : '**missed**',
    ];
  });
  const widths = HEAD.map((head, n) => Math.max(3, head.length, ...cells.map((row) => row[n]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => (isNumber(n) ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, n) => (isNumber(n) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(HEAD), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

const isNumber = (column: number): boolean => [1, 2, 3, 5].includes(column);

function written(value: number, unit: Row['unit']): string {
  if (unit === '/s') return `${value < 10 ? value.toFixed(1) : Math.round(value)} /s`;
  if (unit === '') return value.toLocaleString('en');
  if (unit === 's') return `${value.toFixed(value < 1 ? 2 : 1)} s`;
  if (unit === 'MB') return `${value.toFixed(1)} MB`;
  return `${value < 100 ? value.toFixed(2) : Math.round(value)} ms`;
}

function targetOf({ target, unit }: Row): string {
  if (!target) return '';
  const sign = target.is === 'at most' ? '<=' : '>=';
  return target.of === 'ratio' ? `${sign} ${target.limit} x` : `${sign} ${target.limit} ${unit}`.trim();
}
