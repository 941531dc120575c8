import { strToU8, type Zippable, zipSync } from 'fflate';
import { readReports } from '../../src/test-reports/read-reports.js';
import { named } from './named.js';

/** Files that no runner means to write, and what a person is told of them: counted, left out with a word, or refused. */

const MEGABYTE = 1024 * 1024;
const zipped = (files: Readonly<Record<string, string | Uint8Array>>, level: 0 | 6 = 6): Uint8Array => {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(entries) as Zippable, { level });
};
const read = (content: string | Uint8Array) => readReports(zipped({ 'a.xml': content }));
const GOOD = '<testsuite><testcase name="x"/></testsuite>';
const REFUSED = {
  total: 0,
  failed: 0,
  skipped: 0,
  outside: 0,
  unreadable: 1,
  failedTests: [],
  flaky: 0,
  flakyTests: [],
};

test.each([
  ['suites', '<testsuite>'.repeat(10_000) + GOOD + '</testsuite>'.repeat(10_000)],
  ['elements in a failure', GOOD.replace('/>', `><failure>${'<a>'.repeat(10_000)}</failure></testcase>`)],
])('ten thousand %s, one in the other, are refused, and the file beside them counts', async (_, deep) => {
  expect(await read(deep)).toEqual(REFUSED);
  expect(await readReports(zipped({ 'deep.xml': deep, 'good.xml': GOOD }))).toMatchObject({ total: 1, unreadable: 1 });
});

test('attributes of a megabyte are counted, and shown by their beginnings', async () => {
  const long = (letter: string) => letter.repeat(MEGABYTE);
  const test = `<testcase name="${long('n')}" classname="${long('c')}" other="${long('o')}"><failure message="${long('m')}"/></testcase>`;
  const report = await read(`<testsuite name="${long('s')}" tests="${long('9')}">${test}</testsuite>`);
  expect(report).toMatchObject({ total: 1, failed: 1, outside: 0, unreadable: 0 });
  expect(named(report)).toEqual([
    { name: 'n'.repeat(300), suite: 'c'.repeat(300), file: null, message: 'm'.repeat(300) },
  ]);
});

test('an entity of a megabyte is not followed, and a hundred thousand attributes are passed over', async () => {
  const large = `<!DOCTYPE l [<!ENTITY a "${'x'.repeat(MEGABYTE)}"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
  const failing = '<testsuite><testcase name="&b;"><failure/></testcase></testsuite>';
  expect(named(await read(large + failing))).toMatchObject([{ name: '&b;' }]);
  const many = Array.from({ length: 100_000 }, (_, n) => `a${n}="1"`).join(' ');
  expect(await read(`<testsuite><testcase ${many} name="x"/></testsuite>`)).toMatchObject({ total: 1, failed: 0 });
});

test('what is no plain number in the counts of a suite claims nothing', async () => {
  for (const odd of ['1,234.5', 'NaN', 'Infinity', '-1', '1e3', '0x10', '1.5', '', ' 3 ', '9'.repeat(400)]) {
    const suite = `<testsuite tests="${odd}" failures="${odd}" errors="${odd}" skipped="${odd}">`;
    expect(await read(`${suite}<testcase name="x" time="${odd}"/></testsuite>`)).toMatchObject({
      ...{ total: 1, failed: 0, skipped: 0, outside: 0, unreadable: 0 },
    });
  }
});

test('tests on two machines whose times have commas in them are counted twice', async () => {
  const on = (time: string) => `<testsuite><testcase classname="c" name="slow" time="${time}"/></testsuite>`;
  const both = { 'node20.xml': on('1,234.5'), 'node22.xml': on('1,301.75') };
  expect(await readReports(zipped(both))).toMatchObject({ total: 2 });
});

test('a zip within the zip is not opened; called a report, it is refused', async () => {
  const inner = zipped({ 'a.xml': GOOD });
  expect(await readReports(zipped({ 'inner.zip': inner }))).toBeNull();
  expect(await readReports(zipped({ 'inner.zip': inner, 'a.xml': GOOD }))).toMatchObject({ total: 1, unreadable: 0 });
  expect(await readReports(zipped({ 'inner.xml': inner }))).toEqual(REFUSED);
});

test('more than twenty thousand files are refused, all of them', async () => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.xml`, '<testsuite/>']));
  expect(await readReports(zipped(files(20_001), 0))).toEqual({ ...REFUSED, unreadable: 20_001 });
});

/** A hundred thousand files are more than a directory of the old kind can count. */
test('a hundred thousand tiny files in a zip of the large kind are refused', async () => {
  const entry = (n: number, at: number) => {
    const name = Buffer.from(`${n.toString(36).padStart(4, '0')}.xml`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    return { file: Buffer.concat([local, name]), central: Buffer.concat([central, name]) };
  };
  const entries = Array.from({ length: 100_000 }, (_, n) => entry(n, n * 38));
  const files = Buffer.concat(entries.map(({ file }) => file));
  const directory = Buffer.concat(entries.map(({ central }) => central));
  const end = Buffer.alloc(56 + 20 + 22);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  for (const offset of [24, 32]) end.writeBigUInt64LE(BigInt(entries.length), offset);
  end.writeBigUInt64LE(BigInt(directory.length), 40);
  end.writeBigUInt64LE(BigInt(files.length), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(files.length + directory.length), 64);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(0x06054b50, 76);
  for (const offset of [84, 86]) end.writeUInt16LE(0xffff, offset);
  for (const offset of [88, 92]) end.writeUInt32LE(0xffffffff, offset);
  expect(await readReports(Buffer.concat([files, directory, end]))).toEqual({ ...REFUSED, unreadable: 100_000 });
});

test('two reports of one name both count', async () => {
  const named = (test: string) => `<testsuite><testcase classname="c" name="${test}"/></testsuite>`;
  const zip = Buffer.from(zipped({ 'a.xml': named('one'), 'b.xml': named('two') }));
  for (let at = zip.indexOf('b.xml'); at >= 0; at = zip.indexOf('b.xml')) zip.write('a.xml', at);
  expect(await readReports(zip)).toMatchObject({ total: 2, unreadable: 0 });
});

test('characters that steer a terminal or the direction of text are taken out of names and reasons', async () => {
  const odd = 'adds\u0000\u0007\u001b[31m <@U123>\u202e\u200f &#0;&#x202e;&#xd800;it'.replace('<', '&lt;');
  const report = await read(`<testsuite><testcase name="${odd}"><failure message="${odd}"/></testcase></testsuite>`);
  const [failure] = named(report);
  expect(report).toMatchObject({ total: 1, failed: 1 });
  for (const text of [failure?.name, failure?.message]) expect(text).toMatch(/^adds <@U123>[ \ufffd]*it$/);
});

test('what a test says of itself gives no tool away', async () => {
  const says = (name: string, value: string) =>
    `<testcase name="a"><properties><property name="${name}" value="${value}"/></properties></testcase>`;
  const twice = '<testcase name="b"><failure/></testcase><testcase name="b"/>';
  const suite = `<testsuite>${says('ok', 'true')}${says('go.version', 'go1')}${twice}</testsuite>`;
  expect(await read(`<testsuites name="TAP Tests">${suite}</testsuites>`)).toMatchObject({ total: 4, failed: 1 });
});

const BOM = '\ufeff';
test.each<[string, Buffer]>([
  ['nothing but a mark of UTF-8', Buffer.from(BOM)],
  ['nothing but a mark of UTF-16', Buffer.from(BOM, 'utf16le')],
  ['UTF-16 that is cut off', Buffer.from(`${BOM}${GOOD}`, 'utf16le').subarray(0, -3)],
  ['UTF-16 without a mark that is cut off', Buffer.from(GOOD, 'utf16le').subarray(0, -40)],
  ['UTF-8 that is cut off before its last character', Buffer.from(GOOD.slice(0, -1))],
  ['UTF-8 that is cut off in a value', Buffer.from('<testsuite><testcase name="x')],
])('a file of %s is refused', async (_, bytes) => {
  expect(await read(bytes)).toEqual(REFUSED);
});

test('a zip that is cut off is refused', async () => {
  const whole = zipped({ 'a.xml': GOOD, 'b.xml': GOOD });
  for (const at of [-1, -10, -60, 100]) expect(await readReports(whole.slice(0, at))).toEqual(REFUSED);
});
