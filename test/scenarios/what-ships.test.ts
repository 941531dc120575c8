import { plainText } from '../../sandbox/slack/reading.js';
import { card, counts, land, release, short, withButton } from '../support/releases.js';
import { BOB, GUS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const COMPARE = 'GET /repos/:owner/:repo/compare/:basehead';
const AUTHORS = [
  { login: 'octocat', name: 'Octo Cat', email: 'o@acme.test' },
  { login: 'hubot', name: 'Hu Bot', email: 'h@acme.test' },
] as const;

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

/** Presses What ships on a commit's card; gives what the modal says once it says all of these. */
async function opened(sha: string, ...words: string[]) {
  const { channel, ts } = await withButton(team, sha, 'What ships');
  const answer = await team.slack.click({ user: BOB, channel, ts, button: 'What ships' });
  expect([answer.status, answer.failedWith]).toEqual([200, undefined]);
  return modal(...words);
}
const modal = (...words: string[]) =>
  until(`a modal that says ${words.join(', ')}`, () => {
    const [view] = team.slack.modals(BOB);
    const said = view ? plainText(view.definition) : 'nothing';
    if (!view || !words.every((word) => said.includes(word))) throw new Error(`it says ${said}`);
    return { said, json: JSON.stringify(view.definition) };
  });

test('What ships for a first deployment shows only that change', async () => {
  const sha = await land(team, 'Add prices');
  const { said, json } = await opened(sha, 'first deployment');
  expect(said).toMatch(new RegExp(`shop ${short(sha)}[\\s\\S]*Add prices`));
  expect(json).toContain(`/acme/shop/commit/${sha}`);
});

test('What ships lists the changes since what is live with pull requests, authors and compare link, and writes nothing', async () => {
  const live = await land(team, 'Add prices');
  await release(team, live);
  const [one, two] = AUTHORS;
  await team.github.land('acme/shop', { title: 'Add a basket (#11)', author: one });
  const newest = await team.github.land('acme/shop', { title: 'Add a till (#12)', author: two });
  await card(team, newest.sha, ['2 changes would ship'], ['Deploy', 'What ships']);
  const before = await counts(team, 'deployments', 'approvals', 'inbox', 'ledger');
  const { said, json } = await opened(newest.sha, '2 changes would ship');
  for (const word of ['octocat', 'hubot', '2 pull requests', '#11', '#12', 'Add a basket', 'Add a till', short(live)])
    expect(said).toContain(word);
  expect(json).toContain(`/acme/shop/compare/${live}...${newest.sha}`);
  expect(json).toContain('/acme/shop/pull/12');
  expect(await counts(team, 'deployments', 'approvals', 'inbox', 'ledger')).toEqual(before);
});

test('the modal opens at once and is filled when a slow GitHub answers', async () => {
  await release(team, await land(team, 'Add prices'));
  const down = team.github.fail(COMPARE, { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
  const sha = await land(team, 'Add a basket');
  await card(team, sha, ['passed staging', 'has not said how many changes'], ['Deploy', 'What ships']);
  down();
  team.github.fail(COMPARE, { kind: 'slow', ms: 4_000 });
  const comparisons = () => team.github.calls({ path: /\/compare\// });
  const before = comparisons().length;
  await opened(sha, 'Asking GitHub');
  // GitHub has not answered yet.
  expect(
    comparisons()
      .slice(before)
      .filter((call) => call.status !== null),
  ).toEqual([]);
  await modal('1 change would ship', 'Add a basket');
});

test('while GitHub is down the modal says that the changes are not known, and the next one shows them', async () => {
  await release(team, await land(team, 'Add prices'));
  const down = team.github.fail(COMPARE, { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
  const sha = await land(team, 'Add a basket');
  await opened(sha, 'has not said how many changes');
  down();
  await opened(sha, '1 change would ship');
});

test('a guest sees no modal and is told why', async () => {
  const sha = await land(team, 'Add prices');
  const { channel, ts } = await withButton(team, sha, 'What ships');
  await team.slack.click({ user: GUS, channel, ts, button: 'What ships' });
  await team.told(GUS, 'guest');
  expect(team.slack.modals(GUS)).toEqual([]);
});
