import { strToU8, zipSync } from 'fflate';
import { readReports } from '../../src/test-reports/read-reports.js';
import { named } from './named.js';

const MEGABYTE = 1024 * 1024;
const zipped = (files: Readonly<Record<string, string | Uint8Array>>) => {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(entries), { level: 1 });
};
const read = (files: Readonly<Record<string, string | Uint8Array>>) => readReports(zipped(files));
const NONE = { total: 0, failed: 0, skipped: 0, outside: 0, unreadable: 0 };
const ONE = '<testsuite><testcase name="x"/></testsuite>';

test('counts the cases of one suite, of many, and of suites within suites', async () => {
  expect(await read({ 'a.xml': ONE })).toEqual({ ...NONE, total: 1, failedTests: [], flaky: 0, flakyTests: [] });
  const nested = `<?xml version="1.0"?><testsuites><testsuite><testsuite>
    <testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite></testsuite>
    <testsuite><testcase name="c"><error/></testcase><testcase name="d"><skipped/></testcase></testsuite></testsuites>`;
  expect(await read({ 'deep/er/report.xml': nested, 'SECOND.XML': ONE })).toMatchObject({
    ...{ ...NONE, total: 5, failed: 2, skipped: 1 },
  });
});

test('a case with words of its own, or with output, is one that passed', async () => {
  const said =
    '<testsuite><testcase name="a">text</testcase><testcase name="b"><system-out>failure</system-out></testcase></testsuite>';
  expect(await read({ 'a.xml': said })).toMatchObject({ ...NONE, total: 2 });
});

test('files of other formats are passed over', async () => {
  expect(await read({})).toBeNull();
  expect(await read({ 'readme.txt': ONE })).toBeNull();
  expect(await read({ 'a.xml': '<html><body><p>hello</p></body></html>' })).toBeNull();
  expect(await read({ 'a.xml': '<testsuite tests="7"/>' })).toBeNull();
  expect(
    await read({ 'a.xml': ONE, 'checkstyle.xml': '<checkstyle><file><error/></file></checkstyle>' }),
  ).toMatchObject({
    ...{ ...NONE, total: 1 },
  });
  // Finder puts one of these beside every file that it packs.
  expect(await read({ 'a.xml': ONE, '__MACOSX/._a.xml': 'resource fork' })).toMatchObject({ ...NONE, total: 1 });
});

test('a report that says nothing is told of, and the others count', async () => {
  const one = { 'good.xml': ONE };
  for (const bad of ['', 'not xml at all', '<testsuite><testcase name="a"/><testcase na', '<a>'.repeat(200)]) {
    expect(await read({ ...one, 'bad.xml': bad })).toMatchObject({ ...NONE, total: 1, unreadable: 1 });
    expect(await read({ 'bad.xml': bad })).toMatchObject({ ...NONE, unreadable: 1 });
  }
  expect(await read({ ...one, 'b.xml': '', 'c.xml': '' })).toMatchObject({ ...NONE, total: 1, unreadable: 2 });
});

test('an artifact that is the report itself is read like a zip of one file', async () => {
  expect(await readReports(strToU8(ONE))).toMatchObject({ ...NONE, total: 1 });
  expect(await readReports(strToU8('<html></html>'))).toBeNull();
  expect(await readReports(strToU8('PK but no zip'))).toMatchObject({ ...NONE, unreadable: 1 });
  expect(await readReports(new Uint8Array())).toMatchObject({ ...NONE, unreadable: 1 });
});

const failing = (name: string) => `<testsuite><testcase name="${name}"><failure/></testcase></testsuite>`;

test.each<[string, Buffer]>([
  ['UTF-8 with a mark', Buffer.from(`\ufeff${failing('Grüße')}`)],
  ['UTF-16, little end first', Buffer.from(`\ufeff${failing('Grüße')}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\ufeff${failing('Grüße')}`, 'utf16le').swap16()],
  ['UTF-16 without a mark', Buffer.from(failing('Grüße'), 'utf16le')],
  ['Latin-1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${failing('Grüße')}`, 'latin1')],
  ['UTF-8 that says it is UTF-16', Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${failing('Grüße')}`)],
  ['an encoding that nobody knows', Buffer.from(`<?xml version="1.0" encoding="EBCDIC-XY"?>${failing('Grüße')}`)],
])('a file in %s is read', async (_, bytes) => {
  const report = await read({ 'a.xml': bytes });
  expect(report).toMatchObject({ total: 1, failed: 1, unreadable: 0 });
  expect(named(report)).toMatchObject([{ name: 'Grüße' }]);
});

test('characters that are cut by the edge of a piece stay whole', async () => {
  const name = 'ü'.repeat(200_000);
  const report = await read({ 'a.xml': failing(`x${name}`) });
  expect(named(report)[0]?.name).toBe(`x${name}`.slice(0, 300));
});

test('the first two hundred failures are named, with the first line of their reason', async () => {
  const cases = Array.from(
    { length: 202 },
    (_, index) =>
      `<testcase name="t${index}" classname="shop.Prices" file="p.js"><failure message="first&#10;second"/></testcase>`,
  );
  const report = await read({ 'a.xml': `<testsuite name="s">${cases.join('')}</testsuite>` });
  expect(report).toMatchObject({ total: 202, failed: 202 });
  expect(named(report)).toHaveLength(200);
  expect(report?.failedTests).toHaveLength(202);
  expect(named(report)[0]).toEqual({ name: 't0', suite: 'shop.Prices', file: 'p.js', message: 'first' });
});

test.each<[string, string, string | null]>([
  ['its message', '<failure message="1 == 2">at a.js:1</failure>', '1 == 2'],
  ['its text', '<failure>\n\n  expected 1\n  at a.js:1</failure>', 'expected 1'],
  ['what it printed', '<failure message=""/><system-out>\nno database</system-out>', 'no database'],
  ['nothing', '<failure/>', null],
  ['colours', '<failure message="&#27;[31mred&#27;[0m, not [1;32mgreen[0m"/>', 'red, not green'],
  [
    'Go',
    '<failure message="Failed">=== RUN TestA&#10;    a_test.go:3: no&#10;--- FAIL: TestA</failure>',
    'a_test.go:3: no',
  ],
  [
    'Boost',
    '<failure message="failure"> ASSERTION FAILURE: - file: b.cpp\n- message: 1 == 2\n</failure><system-err/>',
    '1 == 2',
  ],
  ['PHPUnit', '<failure type="PHPUnit\\Framework\\X">ATest::testB\nFailed asserting</failure>', 'Failed asserting'],
  ['EUnit', '<error type="error">in function a:b/0 (a.erl, line 4)\n**error:boom</error>', 'error:boom'],
  [
    'jest after all',
    '<failure>{"message":"","stack":"Error: cannot close\\n    at x"}</failure>',
    'Error: cannot close',
  ],
])('the reason is read from %s', async (_, inside, message) => {
  const report = await read({ 'a.xml': `<testsuite><testcase name="a">${inside}</testcase></testsuite>` });
  expect(named(report)).toEqual([{ name: 'a', suite: null, file: null, message }]);
});

test('a failure outside the tests is named by its suite', async () => {
  const built =
    '<testsuites><testsuite name="db" errors="1"><system-err>\nno such file\n</system-err></testsuite></testsuites>';
  expect(named(await read({ 'a.xml': built }))).toEqual([
    { name: 'db', suite: null, file: null, message: 'no such file' },
  ]);
});

test('a test that passed when it ran once more is not named', async () => {
  const go = (cases: string) =>
    `<testsuites failures="1"><testsuite name="m"><properties><property name="go.version" value="go1.19"/></properties>${cases}</testsuite></testsuites>`;
  const failed = '<testcase classname="m" name="TestA"><failure/></testcase>';
  const passed = (name: string) => `<testcase classname="m" name="${name}"/>`;
  const again = await read({ 'a.xml': go(`${failed}${passed('TestB')}${passed('TestA')}`) });
  expect(again).toMatchObject({
    ...NONE,
    total: 2,
    failedTests: [],
    flaky: 1,
    flakyTests: [{ failure: { name: 'TestA' } }],
  });
  // go test -count=2 runs what passed once more, too: the failure stands.
  const counted = await read({ 'a.xml': go(`${failed}${passed('TestB')}${passed('TestA')}${passed('TestB')}`) });
  expect(counted).toMatchObject({ ...NONE, total: 4, failed: 1 });
});

test('the same tests on two machines are counted twice, a failure on one of them once', async () => {
  const on = (seconds: string, inside = '') =>
    `<testsuite><testcase classname="c" name="a" time="${seconds}">${inside}</testcase></testsuite>`;
  expect(await read({ 'node20.xml': on('0.12'), 'node22.xml': on('0.13') })).toMatchObject({ ...NONE, total: 2 });
  expect(await read({ 'node20.xml': on('0'), 'node22.xml': on('0', '<failure/>') })).toMatchObject({
    ...{ ...NONE, total: 2, failed: 1 },
  });
});

test('a merged file beside its parts is not counted, and what its parts know is kept', async () => {
  const part = (cases: string) =>
    `<testsuites name="jest tests"><testsuite tests="1" name="s">${cases}</testsuite></testsuites>`;
  const todo = '<testcase classname=" a" name=" a" time="0.5"/><testcase classname=" b" name=" b" time="0"/>';
  const other = '<testcase classname=" c" name=" c" time="0.25"/>';
  const merged = `<testsuites><testsuite name="s" tests="1">${todo}</testsuite><testsuite name="s">${other}</testsuite></testsuites>`;
  const files = { 'a.xml': part(todo), 'b.xml': part(other), 'merged.xml': merged };
  expect(await read(files)).toMatchObject({ ...NONE, total: 3, skipped: 1 });
});

test('a merged file that no longer says which tool wrote it is not counted beside its parts', async () => {
  const suite = `<testsuite name="a.test.mjs" tests="2"><testcase name="a" classname="a.test.mjs" time="0.5"><properties>
    <property name="skip" value="true"/></properties></testcase><testcase name="b" classname="a.test.mjs" time="1"><failure/></testcase></testsuite>`;
  const other = '<testsuite><testcase name="c" classname="c" time="2"/></testsuite>';
  const files = {
    'tap.xml': `<testsuites name="TAP Tests">${suite}</testsuites>`,
    'other.xml': other,
    'merged.xml': `<testsuites>${suite}${other}</testsuites>`,
  };
  expect(await read(files)).toMatchObject({ ...NONE, total: 3, failed: 1, skipped: 1 });
});

test('a file of jest that does not load is one failure, also behind more than are named', async () => {
  const failed = Array.from({ length: 6 }, (_, n) => `<testcase name="t${n}"><failure/></testcase>`).join('');
  const unloaded = '<testcase classname="Test suite failed to run" name="bad.test.js"><error/></testcase>';
  const suites = `<testsuite name="a">${failed}</testsuite><testsuite name="b" errors="1" tests="0">${unloaded}${unloaded}</testsuite>`;
  expect(await read({ 'a.xml': `<testsuites name="jest tests">${suites}</testsuites>` })).toMatchObject({
    ...{ ...NONE, total: 6, failed: 6, outside: 1 },
  });
});

test('entities that grow are not followed', async () => {
  const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><testsuite><testcase name="&c;">&c;</testcase></testsuite>`;
  const outside = `<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="x">&x;</testcase></testsuite>`;
  for (const file of [laughs, outside]) {
    expect((await read({ 'a.xml': file }))?.total).toBe(1);
  }
});

test('a small zip that unpacks to a great deal is left packed', async () => {
  const bomb = zipSync({ 'a.xml': new Uint8Array(60 * MEGABYTE) });
  expect(bomb.length).toBeLessThan(MEGABYTE);
  const before = process.memoryUsage.rss();
  expect(await readReports(bomb)).toMatchObject({ ...NONE, unreadable: 1 });
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MEGABYTE);
});

test('a zip that lies about the size of its files is not believed', async () => {
  const honest = zipSync({ 'a.xml': new Uint8Array(60 * MEGABYTE) });
  // The unpacked size stands at offset 22 of the local header and at offset 24 of the central one.
  const lying = Buffer.from(honest);
  const central = lying.lastIndexOf(Buffer.from('504b0102', 'hex'));
  lying.writeUInt32LE(10, 22);
  lying.writeUInt32LE(10, central + 24);
  expect(await readReports(new Uint8Array(lying))).toMatchObject({ ...NONE, unreadable: 1 });
});

test('files that are too large together are not counted in part', async () => {
  const half = `<testsuite><testcase name="a"/>${' '.repeat(26 * MEGABYTE)}</testsuite>`;
  expect(await read({ 'a.xml': half })).toMatchObject({ total: 1 });
  expect(await read({ 'a.xml': half, 'b.xml': half })).toMatchObject({ ...NONE, unreadable: 2 });
});

test('an artifact of more than ten megabytes is not opened', async () => {
  const large = zipSync({ 'a.xml': [new Uint8Array(11 * MEGABYTE), { level: 0 }] });
  expect(await readReports(large)).toMatchObject({ ...NONE, unreadable: 1 });
});

test('a text of many megabytes is read without being kept', async () => {
  const long = `<testsuite><testcase name="a"><failure>no\n${'x'.repeat(40 * MEGABYTE)}</failure></testcase></testsuite>`;
  const before = process.memoryUsage().heapUsed;
  const report = await read({ 'a.xml': long });
  expect(named(report)[0]).toMatchObject({ message: 'no' });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * MEGABYTE);
});

test('a failure is not taken for the try of a test of the same name in another package', async () => {
  const suite = (name: string, inside: string) =>
    `<testsuite name="${name}"><properties><property name="go.version" value="go1.19"/></properties><testcase classname="handler" name="TestNew">${inside}</testcase></testsuite>`;
  const report = await read({
    'a.xml': `<testsuites failures="1">${suite('a/handler', '<failure/>')}${suite('b/handler', '')}</testsuites>`,
  });
  expect(report).toMatchObject({ ...NONE, total: 2, failed: 1 });
});

test('in a merged file what is known of one tool says nothing of the others', async () => {
  const go =
    '<testsuite name="m"><properties><property name="go.version" value="go1"/></properties><testcase name="a"/></testsuite>';
  const qt =
    '<testsuite name="q"><properties><property name="QTestVersion" value="5"/></properties><testcase name="a" result="pass"/></testsuite>';
  const other =
    '<testsuite name="o" errors="1"><testcase name="b"><failure/></testcase><testcase name="b"/></testsuite>';
  const untold = '<testsuite name="u" errors="1"><testcase name="c"/></testsuite>';
  const report = await read({ 'a.xml': `<testsuites>${go}${qt}${other}${untold}</testsuites>` });
  expect(report).toMatchObject({ ...NONE, total: 5, failed: 1, outside: 1 });
});

test('a failure behind many that are excused still fails the test', async () => {
  const warns = '<failure type="WARN"/>'.repeat(30);
  const cases = `<testcase name="a">${warns}<failure type="CHECK" message="1 == 2"/></testcase>`;
  expect(await read({ 'a.xml': `<testsuite>${cases}</testsuite>` })).toMatchObject({ ...NONE, total: 1, failed: 1 });
});

test('the counts of node:test hide no failure that stands beside them', async () => {
  const told = (fail: number) => `<!-- tests 1 --><!-- pass ${1 - fail} --><!-- fail ${fail} -->`;
  const failed = '<testcase name="b"><failure/></testcase>';
  const merged = `<testsuites><testcase name="a"/>${told(0)}<testsuite name="other">${failed}</testsuite></testsuites>`;
  expect(await read({ 'a.xml': merged })).toMatchObject({ ...NONE, total: 2, failed: 1 });
  const twice = `<testsuites><testsuite name="parent"/>${told(1)}<testcase name="a"/>${told(0)}</testsuites>`;
  expect(await read({ 'a.xml': twice })).toMatchObject({ ...NONE, total: 2, failed: 1 });
});
