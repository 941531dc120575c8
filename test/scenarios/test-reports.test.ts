import { strToU8, zipSync } from 'fflate';
import { polledOnce } from '../support/deliveries.js';
import { card } from '../support/releases.js';
import { configOf, startTeam, type Team } from '../support/team.js';

/** What the card says of the tests that the staging run left a report of. */
let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const offers = ['Deploy', 'What ships'];

beforeEach(async () => {
  const config = configOf().replace('workflow: staging.yml', 'workflow: staging.yml, test_report: junit');
  team = await startTeam({ config, movableClock: true });
  await polledOnce(team);
});
afterEach(() => team.stop());

const report = (tests: number, failed = 0): string => {
  const cases = Array.from({ length: tests }, (_, index) =>
    index < failed
      ? `<testcase name="price ${index}" classname="Basket"><failure message="expected 12.50, got 12.5"/></testcase>`
      : `<testcase name="price ${index}" classname="Basket"/>`,
  );
  return `<testsuites><testsuite name="basket">${cases.join('')}</testsuite></testsuites>`;
};
const zipped = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
const left = (files: Record<string, string>, more: { contentType?: string; createdAt?: Date } = {}) => ({
  ...{ name: 'junit', zip: zipped(files) },
  ...more,
});

const lands = (
  title: string,
  conclusion: 'success' | 'failure',
  artifact: ReturnType<typeof left> | ReturnType<typeof left>[],
) => team.github.land('acme/shop', { title, author }, { conclusion, artifact });

test('the card of a failed change names the tests that failed, with their reasons', async () => {
  const { sha } = await lands('Round prices', 'failure', left({ 'a.xml': report(20, 7) }));
  const { words } = await card(team, sha, ['20 tests, 7 failed', 'and 2 more failures'], ['Re-run']);
  expect(words).toContain('price 0 in Basket: expected 12.50, got 12.5');
  expect(words).toContain('price 4');
  expect(words).not.toContain('price 5');
});

test('a report that cannot be read is said beside those that can', async () => {
  const { sha } = await lands('Add prices', 'success', left({ 'unit.xml': report(3), 'e2e.xml': '' }));
  await card(team, sha, ['3 tests · 1 report could not be read'], offers);
  const none = await lands('Add more prices', 'success', left({ 'e2e.xml': '<testsuite><testcase' }));
  await card(team, none.sha, ['2 jobs: build, test · 1 report could not be read'], offers);
});

test('counts do not look like a success when the run failed and no test did', async () => {
  const { sha } = await lands('Add prices', 'failure', left({ 'unit.xml': report(3) }));
  await card(team, sha, ['3 tests, none failed · 1 of 2 jobs failed'], ['Re-run']);
});

test('a failure outside the tests is counted and named', async () => {
  const built =
    '<testsuites errors="1"><testsuite name="till" errors="1"><system-err>no such file</system-err></testsuite></testsuites>';
  const { sha } = await lands('Add a till', 'failure', left({ 'unit.xml': report(3), 'till.xml': built }));
  await card(team, sha, ['3 tests, 1 failure outside the tests', 'till: no such file'], ['Re-run']);
});

test('the newest report counts, even when GitHub gave the older one the larger id', async () => {
  const older = left({ 'a.xml': report(9, 9) }, { createdAt: new Date(team.now() - 600_000) });
  const { sha } = await lands('Add prices', 'success', [left({ 'a.xml': report(9) }), older]);
  const { words } = await card(team, sha, ['9 tests'], offers);
  expect(words).not.toContain('9 failed');
});

test.each(['text/xml', 'application/octet-stream', 'application/xml; charset=utf-8'])(
  'a report that was uploaded as the file itself is read, %s',
  async (contentType) => {
    const zip = strToU8(report(4));
    const { sha } = await lands('Add prices', 'success', { name: 'junit', zip, contentType });
    await card(team, sha, ['4 tests'], offers);
  },
);

/** A run whose `build` ended and left its report before `test` began, and failed; a minute later only `test` runs again. */
async function rerunOfTest(madeDuring: 'build' | 'test') {
  const { github, moveClock } = team;
  const { sha, runId } = await github.push('acme/shop', { title: 'Add prices', author });
  await github.startRun(runId);
  const building = team.now();
  await moveClock(20_000);
  await github.advance(runId, { job: 'build', status: 'completed' });
  await moveClock(20_000);
  await github.advance(runId, { job: 'test', status: 'in_progress' });
  const testing = team.now();
  await moveClock(20_000);
  const made = (madeDuring === 'build' ? building : testing) + 10_000;
  const artifact = left({ 'a.xml': report(7, 2) }, { createdAt: new Date(made) });
  await github.completeRun(runId, { conclusion: 'failure', artifact });
  await card(team, sha, ['7 tests, 2 failed'], ['Re-run']);
  await moveClock(60_000);
  await github.rerun(runId, { actor: 'octocat', failedOnly: true });
  await github.completeRun(runId, { conclusion: 'success' });
  return sha;
}

test('a re-run that left no report shows none, not the one of the attempt before', async () => {
  const sha = await rerunOfTest('test');
  expect((await card(team, sha, ['attempt 2', '2 jobs: build, test'], offers)).words).not.toContain('7 tests');
});

test('a report stays when the job that wrote it was not run again', async () => {
  const sha = await rerunOfTest('build');
  await card(team, sha, ['attempt 2', '7 tests, 2 failed'], offers);
});

test('the failed job is named among more than a hundred', async () => {
  const jobs = Array.from({ length: 150 }, (_, index) => ({ name: `unit ${index}`, conclusion: 'success' as const }));
  const last = { name: 'the last one', conclusion: 'failure' as const };
  const { sha } = await team.github.land(
    'acme/shop',
    { title: 'Many jobs', author },
    { conclusion: 'failure', jobs: [...jobs, last] },
  );
  await card(team, sha, ['the last one', '1 of 153 jobs failed'], ['Re-run']);
});
