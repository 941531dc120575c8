import { strToU8 } from 'fflate';
import { readReports } from '../../src/test-reports/read-reports.js';
import { folderOf } from './corpus.js';

/** What of a report is compared with others: which test it was, and whether it passed in the end. */

const small = (file: string) => readReports(folderOf('small').zipped(file));
const read = (xml: string) => readReports(strToU8(xml));

test.each([
  ['surefire-flaky.xml', { name: 'a', suite: 't.A', message: 'no' }],
  ['../real/gotestsum-rerun.xml', { name: 'TestSecond', suite: 'tiny/flaky', message: 'f_test.go:3: first try' }],
])('a test that failed and passed in the same run is flaky, and is no failure: %s', async (file, named) => {
  const report = await small(file);
  expect(report).toMatchObject({ failed: 0, failedTests: [], flaky: 1, flakyTests: [{ failure: named }] });
});

test('every flaky test is told apart, also those that are not named', async () => {
  const flaky = (n: number) => `<testcase name="t${n}" classname="A"><flakyFailure message="no"/></testcase>`;
  const cases = Array.from({ length: 205 }, (_, n) => flaky(n));
  const report = await read(`<testsuite name="A">${cases.join('')}</testsuite>`);
  expect(report).toMatchObject({ total: 205, failed: 0, flaky: 205 });
  expect(new Set(report?.flakyTests.map(({ id }) => id)).size).toBe(205);
  expect(report?.flakyTests.filter(({ failure }) => failure)).toHaveLength(200);
});

test('tests that ran again and never passed are each told once', async () => {
  const failed = (name: string) => `<testcase classname="m" name="${name}"><failure message="${name}"/></testcase>`;
  const tries = [1, 2, 3].map(() => failed('TestA') + failed('TestB')).join('');
  const properties = '<properties><property name="go.version" value="go1.19"/></properties>';
  const report = await read(
    `<testsuites failures="6"><testsuite name="m">${properties}${tries}</testsuite></testsuites>`,
  );
  expect(report).toMatchObject({ failed: 2, flaky: 0 });
  expect(report?.failedTests.map(({ failure }) => failure?.name)).toEqual(['TestA', 'TestB']);
});

test('a test that failed in the end is not flaky', async () => {
  const tries = '<flakyFailure message="first"/><failure message="second"/>';
  const report = await read(`<testsuite><testcase name="a" classname="t.A">${tries}</testcase></testsuite>`);
  expect(report).toMatchObject({ failed: 1, flaky: 0, failedTests: [{ failure: { message: 'second' } }] });
});

const idsOf = async (suite: string, test: string) => {
  const report = await read(`<testsuite name="${suite}"><testcase ${test}><failure/></testcase></testsuite>`);
  return (report?.failedTests ?? []).map(({ id }) => id);
};
const TEST = 'name="adds" classname="Basket" file="/home/runner/work/shop/shop/test/basket.js"';

test.each<[string, boolean, string, string]>([
  ['in another folder of a runner', true, 'suite', TEST.replace('/home/runner/work/', '/srv/runner-7/')],
  ['in a newer browser', true, 'Chrome 144.0.0', TEST],
  ['of another class', false, 'suite', TEST.replace('Basket', 'Till')],
  ['of another name', false, 'suite', TEST.replace('adds', 'takes')],
  ['in another file', false, 'suite', TEST.replace('basket.js', 'till.js')],
])('the same name in another report, %s, is the same test: %s', async (_, isSame, suite, other) => {
  const [id] = await idsOf('suite', TEST);
  const [of] = await idsOf(suite, other);
  expect(of === id).toBe(isSame);
});

test('failures outside the tests are told apart by their suites', async () => {
  const broken = (name: string) =>
    read(`<testsuites><testsuite name="${name}" errors="1"><system-err>no</system-err></testsuite></testsuites>`);
  const [till, again, basket] = await Promise.all(['till', 'till', 'basket'].map(broken));
  expect(till?.failedTests).toEqual(again?.failedTests);
  expect(till?.failedTests).not.toEqual(basket?.failedTests);
});
