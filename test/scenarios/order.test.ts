import { polledOnce, withheld } from '../support/deliveries.js';
import { card, quiet, short } from '../support/releases.js';
import { SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

/** Everything that was taken in has been decided; the cards may be drawn later. */
const handled = () =>
  until('nothing is left in the inbox', async () => {
    const left = await team.rows('select 1 from inbox where handled_at is null');
    return left.length === 0;
  });
const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

test('results delivered in any order, before the start or after a re-run, end in the right state', async () => {
  const { github } = team;
  const ends = { passed: ['failure', 'success'], failed: ['success', 'failure'] } as const;
  for (const [status, [first, second]] of Object.entries(ends)) {
    for (const order of [
      [4, 3, 2, 1, 0],
      [4, 0, 1, 2, 3],
      [2, 4, 1, 3, 0],
      [3, 2, 4, 0, 1],
      [0, 1, 3, 4, 2],
    ]) {
      let sha = '';
      const told = await withheld(team, async () => {
        const push = await github.land('acme/shop', { title: `Ends ${status}`, author: AUTHOR }, { conclusion: first });
        sha = push.sha;
        await github.rerun(push.runId, { actor: 'octocat' });
        await github.startRun(push.runId);
        await github.completeRun(push.runId, { conclusion: second });
      });
      expect(told.map((one) => one.action)).toEqual([
        'requested',
        'in_progress',
        'completed',
        'in_progress',
        'completed',
      ]);
      for (const index of order) await github.redeliver(told[index]?.guid ?? '');
      await handled();
      const [change] = await team.rows('select staging_status, staging_attempt from changes where sha = $1', [sha]);
      expect([order, change]).toEqual([order, { staging_status: status, staging_attempt: 2 }]);
    }
  }
});

test('the end of a run counts even if it is delivered before the start', async () => {
  const { github } = team;
  let sha = '';
  const told = await withheld(team, async () => {
    sha = (await github.land('acme/shop', { title: 'Add prices', author: AUTHOR })).sha;
  });
  const last = told.pop();
  await github.redeliver(last?.guid ?? '');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  for (const { guid } of told.reverse()) await github.redeliver(guid);
  await quiet(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  expect(await team.rows('select kind from ledger')).toEqual([{ kind: 'staging passed' }]);
  expect(team.slack.messages(SHOP)[0]?.drawings).toHaveLength(1);
});

test('a failed change that is re-run on GitHub says so without mentioning a request, and then passes', async () => {
  const { github } = team;
  const push = await github.land('acme/shop', { title: 'Add prices', author: AUTHOR }, { conclusion: 'failure' });
  await card(team, push.sha, ['failed staging'], ['Re-run']);
  await github.rerun(push.runId, { actor: 'octocat' });
  await github.startRun(push.runId);
  await card(team, push.sha, ['staging runs again', 'attempt 2'], []);
  await github.completeRun(push.runId, { conclusion: 'success' });
  await card(team, push.sha, ['passed staging', 'attempt 2'], ['Deploy', 'What ships']);
});

test('a passed change that fails a re-run loses Deploy, and the change before it gets Deploy back', async () => {
  const { github } = team;
  const older = await github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  const push = await github.land('acme/shop', { title: 'Add a basket', author: AUTHOR });
  await card(team, push.sha, ['passed staging'], ['Deploy', 'What ships']);
  await card(team, older.sha, ['superseded by', short(push.sha)], []);
  await github.rerun(push.runId, { actor: 'octocat' });
  await github.startRun(push.runId);
  await github.completeRun(push.runId, { conclusion: 'failure' });
  await card(team, push.sha, ['failed staging'], ['Re-run']);
  // What it had overtaken is the newest that passed again.
  await card(team, older.sha, ['passed staging'], ['Deploy', 'What ships']);
});

test('when two results arrive in reverse order the newer change has Deploy', async () => {
  const { github } = team;
  const older = await github.push('acme/shop', { title: 'Add prices', author: AUTHOR });
  const newer = await github.push('acme/shop', { title: 'Add a basket', author: AUTHOR });
  await github.completeRun(newer.runId, { conclusion: 'success' });
  await card(team, newer.sha, ['passed staging'], ['Deploy', 'What ships']);
  await github.completeRun(older.runId, { conclusion: 'success' });
  await card(team, older.sha, ['superseded by', short(newer.sha)], []);
  await card(team, newer.sha, ['passed staging'], ['Deploy', 'What ships']);
});

test('when the newer of two changes fails the older one has Deploy', async () => {
  const { github } = team;
  const older = await github.push('acme/shop', { title: 'Add prices', author: AUTHOR });
  const newer = await github.push('acme/shop', { title: 'Add a basket', author: AUTHOR });
  await github.completeRun(newer.runId, { conclusion: 'failure' });
  await github.completeRun(older.runId, { conclusion: 'success' });
  await card(team, newer.sha, ['failed staging'], ['Re-run']);
  await card(team, older.sha, ['passed staging'], ['Deploy', 'What ships']);
});

test('no staging conclusion except success offers Deploy, and each is named on the card', async () => {
  const { github } = team;
  for (const conclusion of [
    'cancelled',
    'timed_out',
    'startup_failure',
    'action_required',
    'neutral',
    'skipped',
    'stale',
  ] as const) {
    const { sha } = await github.land('acme/shop', { title: `Ends ${conclusion}`, author: AUTHOR }, { conclusion });
    const noResult = conclusion === 'cancelled' || conclusion === 'skipped';
    const words = noResult ? [`staging was ${conclusion}`] : ['failed staging', conclusion.replaceAll('_', ' ')];
    await card(team, sha, words, ['Re-run']);
  }
});

test('a burst of cards is posted at one per second, even if Slack allows more and after a late one', async () => {
  await team.stop();
  team = await startTeam({ pauses: 'real' });
  await polledOnce(team);
  await team.rows(
    `create function late() returns trigger language plpgsql as $$ begin perform pg_sleep(0.6); return new; end $$`,
  );
  await team.rows(`create trigger late before update of posting_since on cards for each row
    when (old.change_id % 4 = 3 and new.posting_since is not null) execute function late()`);
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five'])
    await team.github.land('acme/shop', { title, author: AUTHOR });
  await until('five cards', () => team.slack.messages(SHOP).length === 5, 20_000);
  const posts = team.slack.calls('chat.postMessage').filter((one) => one.args.channel === SHOP);
  const gaps = posts.slice(1).map((one, index) => Number(one.at) - Number(posts[index]?.at));
  expect(gaps).toHaveLength(4);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
}, 45_000);
