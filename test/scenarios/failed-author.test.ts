import { plainText } from '../../sandbox/slack/reading.js';
import { card, quiet } from '../support/releases.js';
import { ALICE, BOB, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The author of a change that failed staging hears of it, once, and nobody else does. */

let team: Team;
afterEach(() => team.stop());

const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

const open = async (service = '') => {
  team = await startTeam({ config: configOf({ top: 'people: { octocat: U0BOB }', service }) });
};

/** A change of Bob's that fails, and what the thread of its card says. */
async function fails() {
  const { sha, runId } = await team.github.land(
    'acme/shop',
    { title: 'Add prices', author },
    { conclusion: 'failure' },
  );
  const on = await card(team, sha, ['failed staging'], ['Re-run']);
  const said = () =>
    team.slack
      .thread(on.channel, on.ts)
      .slice(1)
      .map((one) => plainText(one));
  return { sha, runId, said };
}

test('a line in the thread mentions them, and says no more where nobody knows why', async () => {
  await open();
  const { said } = await fails();
  await until('a word in the thread', () => said().length === 1);
  expect(said()[0]).toContain('Failed staging');
  expect(said()[0]?.match(/@\w+/g)).toEqual([`@${BOB}`]);
  await quiet(team);
  expect(said()).toHaveLength(1);
  expect(team.slack.dms(BOB)).toEqual([]);
});

test('when it fails again after a re-run, they are not mentioned again', async () => {
  await open();
  const { sha, runId, said } = await fails();
  await until('a word in the thread', () => said().length === 1);
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'failure' });
  await card(team, sha, ['failed staging', 'attempt 2'], ['Re-run']);
  await quiet(team);
  expect(said().join().match(/@/g)).toHaveLength(1);
});

test('direct: they get a message of their own, and the thread mentions nobody', async () => {
  await open('    notify: { staging_failed: direct }');
  const { said } = await fails();
  const [dm] = await until('a message to the author', () => team.slack.dms(BOB).length > 0 && team.slack.dms(BOB));
  expect(dm && plainText(dm)).toContain('failed staging');
  await quiet(team);
  expect(said().join()).not.toContain('@');
  expect([team.slack.dms(BOB).length, team.slack.dms(ALICE).length]).toEqual([1, 0]);
});

test.each(['none', 'thread'])('%s: nobody is mentioned', async (how) => {
  await open(`    notify: { staging_failed: ${how} }`);
  const { said } = await fails();
  await quiet(team);
  expect(said().join()).not.toContain('@');
  expect(team.slack.dms(BOB)).toEqual([]);
});

test('without logs, too, they hear of it', async () => {
  await open('    logs: false');
  const { said } = await fails();
  await until('a word in the thread', () => said().join().includes(`@${BOB}`));
});
