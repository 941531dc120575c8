import { RULES } from '../../src/test-reports/dialects.js';
import { readReports } from '../../src/test-reports/read-reports.js';
import { textOf } from '../support/documents.js';
import { folderOf } from './corpus.js';

/** Reports that real runners wrote, and what those runners said themselves: see README.md beside them. */
const REAL = folderOf('real');
const CASES = REAL.rows.map(({ file = '', tool, version, total, failed, skipped, readable = '', note }) => ({
  ...{ file, tool: `${tool} ${version}`, readable, note },
  ...{ total: Number(total), failed: Number(failed), skipped: Number(skipped) },
}));

async function read(file: string) {
  const report = await readReports(REAL.zipped(file));
  if (!report) return { total: 0, failed: 0, skipped: 0 };
  expect(report.unreadable).toBe(0);
  // The runners count a failure that is no test as one test more that failed.
  return { total: report.total + report.outside, failed: report.failed + report.outside, skipped: report.skipped };
}

test.each(CASES)('$file ($tool): $note', async ({ file, total, failed, skipped, readable }) => {
  const got = await read(file);
  if (readable.includes('t')) expect(got.total).toBe(total);
  if (readable.includes('s')) expect(got.skipped).toBe(skipped);
  if (readable === 'tfs' || (readable.includes('f') && failed === 0)) expect(got.failed).toBe(failed);
  // A runner that failed, and a file that says so, if not how often.
  if (readable.includes('f') && failed > 0) expect(got.failed).toBeGreaterThan(0);
});

test('each has its line', () => {
  expect(REAL.files).toEqual(REAL.rows.map(({ file }) => file).sort());
});

test('each line of the dialects names a report that shows it', () => {
  const known = [...REAL.files, ...folderOf('small').files.map((file) => `small/${file}`)];
  const named = RULES.flatMap(({ seenIn }) => seenIn.split(', '));
  expect(named.filter((file) => !known.includes(file))).toEqual([]);
});

/** The table in docs/test-reports.md: what each runner says of itself, and what is read of its file. */
test('the table of the reports is the one in the documentation', async () => {
  const counts = (of: { total: number; failed: number; skipped: number }) => `${of.total}, ${of.failed}, ${of.skipped}`;
  const rows: string[] = [];
  for (const one of CASES) {
    const got = await read(one.file);
    const agrees = counts(got) === counts(one) ? 'yes' : one.readable === 'none' ? 'the file does not tell' : 'in part';
    rows.push(`| \`${one.file}\` | ${one.tool} | ${counts(one)} | ${counts(got)} | ${agrees} |`);
  }
  const table = textOf('docs/test-reports.md')
    .split('\n')
    .filter((line) => /^\| `[\w-]+(\.xml|\/)` \|/.test(line));
  expect(table).toEqual(rows);
});
