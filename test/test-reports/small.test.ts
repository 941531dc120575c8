import { readReports } from '../../src/test-reports/read-reports.js';
import { folderOf } from './corpus.js';

/** What is easily misread, each taken from a runner's file and as small as it can be. */
const SMALL = folderOf('small');

test.each(SMALL.rows)('$what', async ({ file = '', total, failed, skipped, outside }) => {
  expect(await readReports(SMALL.zipped(file))).toMatchObject({
    ...{ total: Number(total), failed: Number(failed), skipped: Number(skipped), outside: Number(outside) },
    unreadable: 0,
  });
});

test('each has its line', () => {
  expect(SMALL.files).toEqual(SMALL.rows.map(({ file }) => file).sort());
});
