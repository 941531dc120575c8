import { strToU8, zipSync } from 'fflate';
import { plainText } from '../../sandbox/slack/reading.js';
import { card, quiet } from '../support/releases.js';
import { configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The card names five failed tests. Whoever mends them wants the others, too, with their files, and asks for no log. */

let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

beforeEach(async () => {
  team = await startTeam({
    config: configOf().replace('workflow: staging.yml', 'workflow: staging.yml, test_report: junit'),
  });
});
afterEach(() => team.stop());

/** A report of 40 tests, of which these failed. The last takes longest. */
function report(failed: readonly number[]) {
  const cases = Array.from({ length: 40 }, (_, n) => {
    const about = `name="price ${n}" classname="Basket" file="src/basket${n}.test.ts" time="${n}.5"`;
    const why = `<failure message="&lt;!channel&gt; expected ${n}"/>`;
    return failed.includes(n) ? `<testcase ${about}>${why}</testcase>` : `<testcase ${about}/>`;
  });
  return { name: 'junit', zip: zipSync({ 'a.xml': strToU8(`<testsuite>${cases.join('')}</testsuite>`) }) };
}

const lands = (title: string, ...failed: number[]) =>
  team.github.land(
    'acme/shop',
    { title, author },
    { conclusion: failed.length > 0 ? 'failure' : 'success', artifact: report(failed) },
  );
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** The one message in the thread of a change that failed. */
async function explanation(sha: string): Promise<string> {
  const { ts } = await card(team, sha, ['failed staging'], ['Re-run']);
  const said = await until('a word in the thread', () => team.slack.thread(SHOP, ts)[1]);
  await quiet(team);
  expect(team.slack.thread(SHOP, ts)).toHaveLength(2);
  return plainText(said);
}

const named = (words: string): string[] => words.match(/price \d+(?= in Basket \()/g) ?? [];

test('up to twenty failed tests are in the thread, with file and message, new ones first', async () => {
  const first = await lands('Round prices', ...upTo(25));
  const words = await explanation(first.sha);
  expect(words).toContain('Why it failed staging: 40 tests, 25 failed');
  expect(words).toContain('price 3 in Basket (src/basket3.test.ts): <!channel> expected 3');
  expect(named(words)).toEqual(upTo(20).map((n) => `price ${n}`));
  expect(words).toContain('and 5 more failures');
  expect(words).toContain('Slowest test: price 39 in Basket, 40 s');
  const second = await lands('Add taxes', ...upTo(25), 38);
  const ofSecond = await explanation(second.sha);
  expect(ofSecond).toContain('26 failed (1 new)');
  expect(named(ofSecond)[0]).toBe('price 38');
  expect(ofSecond).toContain('price 0 in Basket (src/basket0.test.ts) (not new)');
  expect(team.github.calls({ route: 'job-log' })).toEqual([]);
  expect(team.slack.messages(SHOP)).toHaveLength(2);
});

test('each failed attempt is explained once, and one that passed is not', async () => {
  const { sha, runId } = await lands('Add a till', 3);
  const { ts } = await card(team, sha, ['40 tests, 1 failed'], ['Re-run']);
  const thread = () => team.slack.thread(SHOP, ts).slice(1).map(plainText);
  await until('a word in the thread', () => thread().length === 1);
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'failure', artifact: report([3, 4]) });
  await until('another', () => thread().length === 2);
  expect(thread()[1]).toContain('attempt 2');
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'success', artifact: report([]) });
  await card(team, sha, ['passed staging', 'attempt 3'], ['Deploy', 'What ships']);
  await quiet(team);
  expect(thread()).toHaveLength(2);
});

test('where the run failed and no test did, the log is asked', async () => {
  const { sha, runId: run } = await team.github.push('acme/shop', { title: 'Add a till', author });
  const at = new Date(team.now()).toISOString().replace('Z', '0000Z');
  await team.github.advance(run, { job: 'build', status: 'completed', conclusion: 'failure', silent: true });
  team.github.jobLog(
    run,
    'build',
    `${at} error: no space left on device\n${at} ##[error]Process completed with exit code 1.\n`,
  );
  await team.github.completeRun(run, { conclusion: 'failure', artifact: report([]) });
  expect(await explanation(sha)).toContain('error: no space left on device');
});

test('a cancelled run has nothing to explain', async () => {
  const { sha, runId: run } = await team.github.push('acme/shop', { title: 'Add a till', author });
  await team.github.completeRun(run, { conclusion: 'cancelled' });
  await card(team, sha, ['staging was cancelled'], ['Re-run']);
  await quiet(team);
  expect(await team.rows('select from failures')).toEqual([]);
});
