import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { Build } from './against.js';
import { programOf, startNode } from './children.js';
import { AS_STARTED } from './product.js';
import type { ReadOnce } from './read-report.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';

const TESTS = 50_000;
const MEGABYTE = 1024 * 1024;
/** Where a build has its reader: the newest place first. */
const READERS = [
  ['src/test-reports/read-reports', 'readReports'],
  ['src/github/test-report', 'countTests'],
] as const;

/** A zip near the largest that is read, with fifty thousand tests, read by a process that has done nothing before. */
export async function measureReport(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log, folder, builds } = stage;
  const zip = path.join(folder, 'report.zip');
  const tests = quick ? 500 : TESTS;
  const bytes = zipSync({ 'junit.xml': [strToU8(reportOf(tests)), { level: 6 }] });
  await writeFile(zip, bytes);
  const results = builds.map(() => [] as ReadOnce[]);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < builds.length; place += 1) {
      const which = (place + round) % builds.length;
      const build = builds[which] as Build;
      const { blockMs } = await read(build, zip, 'watched');
      const once = { ...(await read(build, zip)), blockMs };
      if (once.tests !== tests) throw new Error(`${build.name} counts ${once.tests} of ${tests} tests`);
      results[which]?.push(once);
    }
    log(`report: round ${round + 1} of ${rounds}`);
  }
  const [own = [], other] = results;
  const size = (bytes.length / MEGABYTE).toFixed(quick ? 1 : 0);
  const row = (what: string, unit: Row['unit'], of: (once: ReadOnce) => number, target: Row['target']) =>
    rowOf({
      measurement: `test report of ${size} MB, ${tests.toLocaleString('en')} tests: ${what}`,
      unit,
      product: own.map(of),
      against: other && { what: builds[1]?.name ?? '', values: other.map(of) },
      target: target ?? undefined,
    });
  return [
    row('time', 'ms', (once) => once.tookMs, atMost('ratio', 1)),
    row('peak memory', 'MB', (once) => once.peakMb, atMost('ratio', 1.2)),
    row('longest block of the event loop', 'ms', (once) => once.blockMs, atMost('value', 20)),
  ];
}

async function read({ name, root }: Build, zip: string, ...how: 'watched'[]): Promise<ReadOnce> {
  const found = READERS.map(([file, reader]) => [programOf(file, root), reader] as const).find(([file]) =>
    existsSync(file),
  );
  if (!found) throw new Error(`${name} has no reader of test reports`);
  const args = [
    ...AS_STARTED,
    '--import',
    programOf('bench/end-with-parent'),
    programOf('bench/read-report'),
    ...found,
    zip,
    ...how,
  ];
  const child = await startNode(args, {}, ({ tookMs }) => tookMs !== undefined);
  await child.stop();
  return child.ready as unknown as ReadOnce;
}

const WORDS =
  'order total basket expected received value equal user session token request response timeout stream line undefined index array customer invoice payment refund shipping address country currency rounding discount voucher'.split(
    ' ',
  );

/**
 * One in ten fails, with a message and a trace of forty lines, one in ten is skipped, and the others print a line. The
 * words are drawn by a generator with a fixed start, so that every run reads the same file.
 */
function reportOf(tests: number): string {
  let drawn = 1;
  // The multiplier and increment of Numerical Recipes.
  const upTo = (most: number) => {
    drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((drawn / 2 ** 32) * most);
  };
  const word = () => WORDS[upTo(WORDS.length)] as string;
  const words = (count: number) => Array.from({ length: count }, word).join(' ');
  const hex = (digits: number) => Array.from({ length: digits }, () => upTo(16).toString(16)).join('');
  const frame = () => `    at ${word()}.${word()} (/srv/app/${word()}/${word()}-${hex(6)}.ts:${upTo(900)}:${upTo(90)})`;
  const inside = (n: number): string => {
    if (n % 10 === 7) return '<skipped/>';
    if (n % 10 !== 3) return `<system-out>${words(33)} ${hex(120)}\n</system-out>`;
    const trace = Array.from({ length: 40 }, frame).join('\n');
    return `<failure message="expected ${hex(8)} to equal ${hex(8)} &amp; no more" type="AssertionError">Error: ${words(10)} &lt;${hex(12)}&gt;\n${trace}\n</failure>`;
  };
  const cases = Array.from(
    { length: tests },
    (_, n) =>
      `<testcase classname="acme.shop.${word()}.${word()}Test" name="${words(6)} ${n}" time="${upTo(3_000) / 1_000}">${inside(n)}</testcase>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="all" tests="${tests}">\n${cases.join('\n')}\n</testsuite>\n</testsuites>\n`;
}
