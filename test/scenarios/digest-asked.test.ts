import { plainText } from '../../sandbox/slack/reading.js';
import { land, release, short } from '../support/releases.js';
import { ALICE, anotherService, BOB, configOf, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** `/release digest 30d shop`: the digest of a period, for the asker alone. */

let team: Team;
afterEach(() => team.stop());

async function asked(text: string, user = BOB): Promise<{ words: string; blocks: unknown }> {
  const before = team.slack.ephemerals(user).length;
  await team.slack.command({ user, channel: SHOP, text });
  const answer = await until(`the answer to ${text}`, () => team.slack.ephemerals(user)[before]);
  return { words: plainText(answer), blocks: answer.blocks };
}
const hasChart = (blocks: unknown) => JSON.stringify(blocks).includes('data_visualization');

async function withRelease(): Promise<string> {
  team = await startTeam({ config: configOf({ services: anotherService('site', SHOP) }) });
  const sha = await land(team, 'Add prices');
  await release(team, sha);
  return sha;
}

test('a digest is of seven days unless another period is asked for, of all services or of one', async () => {
  const sha = await withRelease();
  await team.rows("update deployments set ended_at = now() - interval '20 days'");
  const week = await asked('digest');
  expect(week.words).not.toContain(short(sha));
  const month = await asked('digest 30d');
  expect(month.words).toMatch(new RegExp(`1 shipped[\\s\\S]*${short(sha)}[\\s\\S]*Last 30 days: 1 deployment`));
  expect(month.words).toContain('Nothing happened in site');
  expect(hasChart(month.blocks)).toBe(true);
  for (const line of ['digest 30d shop', 'digest shop 30d', 'digest `shop` 30d']) {
    const { words } = await asked(line);
    expect(words).toContain(short(sha));
    expect(words).not.toContain('site');
  }
  expect((await asked('digest 30d site')).words).toMatch(/Nothing happened in site/);
  expect(team.slack.messages(SHOP).filter((one) => plainText(one).includes('digest'))).toEqual([]);
}, 60_000);

test.each([
  ['digest 91d', /91d is not a period: use whole days from 1d to 90d, such as 30d/],
  ['digest 0d', /0d is not a period/],
  ['digest 30m', /30m is not a period/],
  ['digest 1.5d', /1.5d is not a period/],
  ['digest 30', /30 is not a period/],
  ['digest shpo', /There is no service shpo\. Did you mean shop\?/],
  ['digest 7d shop please', /please is more than digest accepts/],
  ['digest 7d 30d', /30d is more than digest accepts/],
])('%s is refused with why, and the usage', async (line, why) => {
  team = await startTeam();
  const { words } = await asked(line);
  expect(words).toMatch(why);
  expect(words).toContain('/release digest [30d] [SERVICE]');
});

test('where Slack takes no charts, the answer comes in words alone, after one refusal', async () => {
  const sha = await withRelease();
  team.slack.fail('response_url', { kind: 'error', error: 'invalid_blocks' }, Number.POSITIVE_INFINITY, (args) =>
    hasChart(args.blocks),
  );
  const { words, blocks } = await asked('digest 7d', ALICE);
  expect(words).toContain(short(sha));
  expect(hasChart(blocks)).toBe(false);
  const answers = team.slack
    .calls('response_url')
    .filter((call) => JSON.stringify(call.args).includes('Release digest'));
  expect(answers).toHaveLength(2);
  expect(team.slack.calls('chat.postEphemeral')).toEqual([]);
}, 60_000);

test('the lead time begins with the commit, as GitHub dates it, and costs no further call', async () => {
  team = await startTeam();
  const { sha } = await team.github.land('acme/shop', { title: 'Add a till' });
  await until('its time is known', async () => {
    const [row] = await team.rows<{ at: Date | null }>('select committed_at as at from changes where sha = $1', [sha]);
    return row?.at;
  });
  expect(team.github.calls({ route: 'commit' })).toHaveLength(1);
  const answer = await fetch(`${team.github.url}/repos/acme/shop/commits/${sha}`, {
    headers: { authorization: `Bearer ${SECRETS.githubToken}` },
  });
  const { commit } = (await answer.json()) as { commit: { committer: { date: string } } };
  const [row] = await team.rows<{ at: Date }>('select committed_at as at from changes where sha = $1', [sha]);
  expect(row?.at).toEqual(new Date(commit.committer.date));
});
