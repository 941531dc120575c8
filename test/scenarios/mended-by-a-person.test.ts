import { plainText } from '../../sandbox/slack/reading.js';
import { card, deploymentsOf, dispatches, hurry, land, press, quiet, stands, start } from '../support/releases.js';
import { ALICE, BOB, GUS, OPS, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What only a person can mend: it is named with its cause, nothing ends or starts by it, and all goes on once it is mended. */

let team: Team;
afterEach(() => team.stop());

const ready = async () => {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  const body = (await answer.json()) as { problems: { slack?: string }; warnings: string[] };
  return { status: answer.status, slack: body.problems.slack, warnings: body.warnings.join() };
};
/** What is tried again once in a while is tried now. */
const again = async () => {
  await team.rows('update repository_polls set next_at = now()');
  await team.rows('update cards set due_at = now() where dirty_at is not null');
  await team.rows("update channel_slots set drawn_by = null where drawn_by = 'slack'");
  for (const job of ['draw', 'follow', 'start next']) await hurry(team, job);
};
const named = (words: string) =>
  until(`readiness names ${words}`, async () => {
    await again();
    const now = await ready();
    if (!now.warnings.includes(words)) throw new Error(JSON.stringify(now));
    return now;
  });
const nothingNamed = () =>
  until('nothing is wrong', async () => {
    await again();
    const now = await ready();
    if (now.status !== 200 || now.warnings !== '') throw new Error(JSON.stringify(now));
    return now;
  });

test('when GitHub rejects the token during a run nothing ends, and the run is followed once a token works', async () => {
  team = await startTeam();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  team.github.revoke(SECRETS.githubToken);
  expect((await named('GitHub answers 401')).status).toBe(200);
  team.github.setWebhooks('off');
  await team.github.completeRun(run, { conclusion: 'success' });
  await hurry(team, 'follow');
  await quiet(team);
  expect((await deploymentsOf(team, sha)).map((one) => one.status)).toEqual(['deploying']);
  team.github.addToken(SECRETS.githubToken, 'release-bot');
  await nothingNamed();
  await card(team, sha, ['live'], []);
  expect(dispatches(team)).toHaveLength(1);
}, 60_000);

test("a start refused for a bad token shows GitHub's words, and Retry works once the token does", async () => {
  team = await startTeam();
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  team.github.fail('dispatch', { kind: 'status', status: 401, body: { message: 'Bad credentials' } });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['failed in production', 'GitHub refused to start it: Bad credentials'], ['Retry']);
  await press(team, ALICE, sha, 'Retry');
  await stands(team, sha, 'deploying');
  expect(team.production()).toHaveLength(1);
});

test('cards of an archived channel wait and are posted when it is back', async () => {
  team = await startTeam();
  team.slack.changeChannel(SHOP, { archived: true });
  const first = await land(team);
  const second = await land(team, 'Add a till');
  expect((await named('channel C0SHOP: is_archived')).status).toBe(200);
  team.slack.changeChannel(SHOP, { archived: false });
  await nothingNamed();
  await card(team, second, ['passed staging'], ['Deploy', 'What ships']);
  await card(team, first, ['superseded by'], []);
  expect(team.slack.messages(SHOP)).toHaveLength(2);
}, 60_000);

test('when Slack rejects the token readiness fails and nobody can deploy, and work resumes once it is valid again', async () => {
  team = await startTeam({ pauses: 'real' });
  const first = await land(team);
  const on = await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  team.slack.fail('*', { kind: 'error', error: 'token_revoked' }, Number.POSITIVE_INFINITY);
  const from = team.slack.calls().length;
  for (const user of [ALICE, BOB, GUS])
    await team.slack.click({ user, channel: on.channel, ts: on.ts, button: 'Deploy' });
  await land(team, 'Add a till');
  // At first it is only seen that Slack takes no calls.
  await until('not ready, and why', async () => (await ready()).slack === 'refuses the token: token_revoked', 70_000);
  expect((await ready()).status).toBe(503);
  // No endless retry: the tries of each kind are seconds apart.
  const tries = team.slack.calls().slice(from);
  // But for who pressed, and in which groups they are: each press asks that once, as it comes.
  const asksWho = ['users.info', 'usergroups.users.list'];
  const ofMessages = tries.filter((call) => !asksWho.includes(call.method));
  const inTwenty = ofMessages.map(({ at }) => ofMessages.filter((one) => one.at >= at && one.at < at + 20_000).length);
  expect(Math.max(...inTwenty)).toBeLessThanOrEqual(10);
  expect(tries.length).toBeLessThan(60);
  expect(await team.rows('select status from deployments')).toEqual([]);
  team.slack.clearFaults();
  await until('ready', async () => (await ready()).status === 200, 70_000);
  const sha = (await team.rows<{ sha: string }>('select sha from changes order by run_number desc limit 1'))[0]?.sha;
  await press(team, ALICE, sha ?? first, 'Deploy');
  await stands(team, sha ?? first, 'deploying', 30_000);
  expect(team.production()).toHaveLength(1);
  expect(team.slack.dms(OPS).map(plainText)).toEqual([]);
}, 180_000);
