import { strToU8, zipSync } from 'fflate';
import { readReports } from '../../src/test-reports/read-reports.js';

/** The longest work in which nothing else could run, while `work` went on, in milliseconds of processor time. */
async function longestHold(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let going = true;
  let before = process.cpuUsage();
  function turn(): void {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    before = process.cpuUsage();
    if (going) setImmediate(turn);
  }
  turn();
  await work;
  going = false;
  return longest;
}

test.each<[string, 0 | 6]>([
  ['small zip', 6],
  ['zip that is not packed', 0],
])('ten megabytes of report in a %s do not hold the process up', async (_, level) => {
  const one =
    '<testcase classname="pkg.Some" name="it does something specific"><system-out>a line that CI writes</system-out></testcase>\n';
  const cases = Math.floor((9.9 * 1024 * 1024) / one.length);
  const xml = `<testsuites><testsuite name="all">${one.repeat(cases)}</testsuite></testsuites>`;
  const zip = zipSync({ 'junit.xml': [strToU8(xml), { level }] });
  const counted = readReports(zip);
  expect(await longestHold(counted)).toBeLessThan(250);
  expect(await counted).toMatchObject({ total: cases, failed: 0, skipped: 0 });
});

test('fifty thousand tests in a merged file beside its parts do not hold the process up', async () => {
  const some = (from: number) =>
    Array.from(
      { length: 8_000 },
      (_, n) => `<testcase classname="pkg.Some" name="it does ${from + n}" time="0.1"/>`,
    ).join('\n');
  const parts = [0, 8_000, 16_000].map(some);
  const file = (cases: string) => strToU8(`<testsuites><testsuite name="all">${cases}</testsuite></testsuites>`);
  const zip = zipSync({
    ...Object.fromEntries(parts.map((part, n) => [`part${n}.xml`, file(part)])),
    'merged.xml': file(parts.join('\n')),
  });
  const read = readReports(zip);
  expect(await longestHold(read)).toBeLessThan(250);
  expect(await read).toMatchObject({ total: 24_000, failed: 0 });
});
