import { strToU8, zipSync } from 'fflate';
import { card } from '../support/releases.js';
import { configOf, startTeam, type Team } from '../support/team.js';

/** Whoever reads the card of a failed change wants to know whether this change broke it. */
let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const TESTS = Array.from({ length: 12 }, (_, n) => `price ${n}`);

beforeEach(async () => {
  team = await startTeam({
    config: configOf().replace('workflow: staging.yml', 'workflow: staging.yml, test_report: junit'),
  });
});
afterEach(() => team.stop());

/** A report of the twelve tests, of which these failed. */
function report(...failed: number[]) {
  const cases = TESTS.map((name, n) =>
    failed.includes(n)
      ? `<testcase name="${name}" classname="Basket"><failure message="expected ${n}"/></testcase>`
      : `<testcase name="${name}" classname="Basket"/>`,
  );
  return {
    name: 'junit',
    zip: zipSync({ 'a.xml': strToU8(`<testsuite name="run of ${team.now()}">${cases.join('')}</testsuite>`) }),
  };
}

const lands = (title: string, ...failed: number[]) =>
  team.github.land(
    'acme/shop',
    { title, author },
    { conclusion: failed.length > 0 ? 'failure' : 'success', artifact: report(...failed) },
  );

/** What the card lists as failing, in its order. */
const listed = (words: string): string[] => words.match(/price \d+(?= in Basket)[^:]*/g) ?? [];

test('what fails for the first time comes before what failed on the change before, and is counted', async () => {
  const first = await lands('Round prices', 1, 2);
  const begun = await card(team, first.sha, ['12 tests, 2 failed'], ['Re-run']);
  expect(begun.words).not.toContain('new)');
  const second = await lands('Add taxes', 1, 2, 7);
  const { words } = await card(team, second.sha, ['12 tests, 3 failed (1 new)'], ['Re-run']);
  expect(listed(words)).toEqual(['price 7 in Basket', 'price 1 in Basket (not new)', 'price 2 in Basket (not new)']);
});

test('where all that fails failed before, the counts say so once; where nothing did, all is new', async () => {
  const broken = await lands('Round prices', 1, 2);
  await card(team, broken.sha, ['12 tests, 2 failed'], ['Re-run']);
  const still = await lands('Change a word', 2);
  const { words } = await card(team, still.sha, ['12 tests, 1 failed (none new)'], ['Re-run']);
  expect(listed(words)).toEqual(['price 2 in Basket']);
  const mended = await lands('Mend prices');
  await card(team, mended.sha, ['12 tests'], ['Deploy', 'What ships']);
  const again = await lands('Round prices again', 1, 2);
  await card(team, again.sha, ['12 tests, 2 failed (all new)'], ['Re-run']);
});

test('what failed and passes when it runs again is flaky, on the card of the change that passed', async () => {
  const { sha, runId } = await lands('Add a till', 3, 4);
  await card(team, sha, ['12 tests, 2 failed'], ['Re-run']);
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'success', artifact: report() });
  await card(team, sha, ['attempt 2', '12 tests, 2 flaky'], ['Deploy', 'What ships']);
});

test('what fails again is not flaky, and what does not is named beside it', async () => {
  const { sha, runId } = await lands('Add a till', 3, 4);
  await card(team, sha, ['12 tests, 2 failed'], ['Re-run']);
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'failure', artifact: report(4) });
  const { words } = await card(team, sha, ['attempt 2', '12 tests, 1 failed, 1 flaky'], ['Re-run']);
  expect(words).toContain('Flaky, failed and then passed: price 3');
});

test('a run that took much longer or shorter than the last ones says how long they took', async () => {
  for (let n = 1; n <= 4; n += 1) await lands(`Change ${n}`);
  const fifth = await lands('Change 5');
  await card(team, fifth.sha, ['12 tests'], ['Deploy', 'What ships']);
  await team.rows("update changes set staging_started_at = staging_finished_at - interval '4 minutes'");
  const { sha } = await lands('Skip the tests');
  const { words } = await card(team, sha, ['12 tests'], ['Deploy', 'What ships']);
  expect(words).toMatch(/staging ok in \d+ s, usually 4 min/);
  expect((await card(team, fifth.sha, ['superseded'], [])).words).not.toContain('usually');
});

test('where the report of the change before could not be read, nothing is said of what is new', async () => {
  const broken = { name: 'junit', zip: zipSync({ 'a.xml': strToU8('<testsuite><testcase') }) };
  const first = await team.github.land(
    'acme/shop',
    { title: 'Round prices', author },
    { conclusion: 'failure', artifact: broken },
  );
  await card(team, first.sha, ['1 report could not be read'], ['Re-run']);
  const second = await lands('Add taxes', 1);
  const { words } = await card(team, second.sha, ['12 tests, 1 failed'], ['Re-run']);
  expect(words).not.toContain('new');
});

test('where an older version left nothing to compare with, nothing is said of it', async () => {
  const first = await lands('Round prices', 1);
  await card(team, first.sha, ['12 tests, 1 failed'], ['Re-run']);
  await team.rows('delete from failed_tests');
  const second = await lands('Add taxes', 1);
  const { words } = await card(team, second.sha, ['12 tests, 1 failed'], ['Re-run']);
  expect(words).not.toContain('new');
});
