import { strToU8, zipSync } from 'fflate';
import { countTests } from '../../src/github/test-report.js';

const zipped = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
const counts = (files: Record<string, string>) => countTests(zipped(files));

test('counts the cases of one suite, of many, and of suites within suites', async () => {
  expect(await counts({ 'a.xml': '<testsuite><testcase name="x"/></testsuite>' })).toEqual({
    total: 1,
    failed: 0,
    skipped: 0,
  });
  const nested = `<?xml version="1.0"?><testsuites><testsuite><testsuite>
    <testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite></testsuite>
    <testsuite><testcase name="c"><error/></testcase><testcase name="d"><skipped/></testcase></testsuite></testsuites>`;
  expect(await counts({ 'deep/er/report.xml': nested, 'second.xml': '<testsuite><testcase/></testsuite>' })).toEqual({
    total: 5,
    failed: 2,
    skipped: 1,
  });
});

test('a case with words of its own, or with output, is one that passed', async () => {
  const said =
    '<testsuite><testcase name="a">text</testcase><testcase><system-out>failure</system-out></testcase></testsuite>';
  expect(await counts({ 'a.xml': said })).toEqual({ total: 2, failed: 0, skipped: 0 });
});

test('what is no JUnit report counts nothing', async () => {
  expect(await countTests(new Uint8Array())).toBeNull();
  expect(await countTests(strToU8('PK but no zip'))).toBeNull();
  expect(await counts({})).toBeNull();
  expect(await counts({ 'readme.txt': '<testsuite><testcase/></testsuite>' })).toBeNull();
  expect(await counts({ 'a.xml': 'not xml at all' })).toBeNull();
  expect(await counts({ 'a.xml': '<html><body><p>hello</p></body></html>' })).toBeNull();
  expect(await counts({ 'a.xml': '<testsuite tests="7"/>' })).toBeNull();
  expect(await counts({ 'a.xml': '' })).toBeNull();
});

test('entities that grow are not followed', async () => {
  const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><testsuite><testcase name="&c;">&c;</testcase></testsuite>`;
  const outside = `<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase>&x;</testcase></testsuite>`;
  for (const file of [laughs, outside]) {
    const found = await counts({ 'a.xml': file });
    expect([null, 1]).toContain(found?.total ?? null);
  }
});

test('a small zip that unpacks to a great deal is left packed', async () => {
  const bomb = zipSync({ 'a.xml': new Uint8Array(60 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(1024 * 1024);
  const before = process.memoryUsage.rss();
  expect(await countTests(bomb)).toBeNull();
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
});

test('a zip that lies about the size of its files is not believed', async () => {
  const honest = zipSync({ 'a.xml': new Uint8Array(60 * 1024 * 1024) });
  // The unpacked size stands at offset 22 of the local header and at offset 24 of the central one.
  const lying = Buffer.from(honest);
  const central = lying.lastIndexOf(Buffer.from('504b0102', 'hex'));
  lying.writeUInt32LE(10, 22);
  lying.writeUInt32LE(10, central + 24);
  expect(await countTests(new Uint8Array(lying))).toBeNull();
});

test('files that are too large together are not counted in part', async () => {
  const half = `<testsuite><testcase/>${' '.repeat(26 * 1024 * 1024)}</testsuite>`;
  expect(await counts({ 'a.xml': half })).toMatchObject({ total: 1 });
  expect(await counts({ 'a.xml': half, 'b.xml': half })).toBeNull();
});

test('a report that is cut off, or nested without end, is not counted', async () => {
  expect(await counts({ 'a.xml': '<testsuite><testcase name="a"/><testcase na' })).toBeNull();
  expect(await counts({ 'a.xml': '<a>'.repeat(5_000_000) })).toBeNull();
});

test('a zip of more than ten megabytes is not opened', async () => {
  expect(await countTests(new Uint8Array(10 * 1024 * 1024 + 1))).toBeNull();
});
