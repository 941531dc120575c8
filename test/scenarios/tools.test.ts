import { ERIN, FAYE, startWithLeads, WAITING } from '../support/leads.js';
import { card, press, quiet, refusals, stands } from '../support/releases.js';
import { DAVE, type Team } from '../support/team.js';

/** Tools that write commits with people: the warning about unknown authors must stay one that people read. */

let team: Team;
afterEach(() => team.stop());

const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'faye@acme.test' };
const byTrailer = (...trailers: string[]) =>
  ['Add a till', '', ...trailers.map((one) => `Co-authored-by: ${one}`)].join('\n');

/** A change that waits for an approval; its card. */
async function waiting(message: string, author = OCTO, pullRequest?: { author: string }) {
  const { sha } = await team.github.land('acme/shop', { title: message, author, ...(pullRequest && { pullRequest }) });
  await press(team, DAVE, sha, 'Deploy');
  const shown = await card(team, sha, ['waiting for approval', 'until'], WAITING);
  await quiet(team);
  return { sha, words: () => team.cards().find(({ ts }) => ts === shown.ts)?.words ?? '' };
}

test.each([
  'Claude <noreply@anthropic.com>',
  'Claude Opus (1M context) <NoReply@anthropic.com>',
  'aider (some-model) <no-reply@aider.chat>',
  'Cursor <cursoragent@cursor.com>',
  'dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>',
])('a co-author with an address that no person has, %s, is nobody to look for in Slack', async (trailer) => {
  team = await startWithLeads();
  const { sha, words } = await waiting(byTrailer(trailer));
  expect(words()).not.toContain('not found in Slack');
  await press(team, ERIN, sha, 'Approve');
  await stands(team, sha, 'deploying');
  expect(await team.rows("select reason from ledger where kind = 'approved'")).toEqual([{ reason: null }]);
});

test.each([
  ['another domain', 'Zed <zed@anthropic.com>', 'Zed'],
  ["GitHub's own address of a person", 'Mona <123+mona@users.noreply.github.com>', 'mona'],
  ['the login noreply', 'N <noreply@users.noreply.github.com>', 'noreply'],
  ["an address that only begins like a tool's", 'Zed <noreply.zed@acme.test>', 'Zed'],
  ["Copilot's address, unless the config says what it is", 'Copilot <1+Copilot@users.noreply.github.com>', 'Copilot'],
])('a co-author with %s is still named', async (_, trailer, name) => {
  team = await startWithLeads();
  const { words } = await waiting(byTrailer(trailer, 'Claude <noreply@anthropic.com>'));
  expect(words()).toMatch(new RegExp(`Authors not found in Slack: ${name}$`, 'm'));
});

test("the commit's own author is named whatever the address, also when a trailer repeats it", async () => {
  team = await startWithLeads();
  const claude = { login: '', name: 'Claude', email: 'noreply@anthropic.com' };
  const { words } = await waiting(byTrailer('Claude <noreply@anthropic.com>'), claude);
  expect(words()).toMatch(/Authors not found in Slack: Claude$/m);
});

describe('a login that people calls a tool', () => {
  beforeEach(async () => {
    team = await startWithLeads(1, {}, '', 'Copilot: tool, octocat: tool');
  });

  test('is nobody to look for in Slack as a co-author, in any case, or as who opened the pull request', async () => {
    const { sha, words } = await waiting(byTrailer('Copilot <175728472+copilot@users.noreply.github.com>'), OCTO, {
      author: 'Copilot',
    });
    expect(words()).not.toContain('not found in Slack');
    await press(team, ERIN, sha, 'Approve');
    await stands(team, sha, 'deploying');
    expect(await team.rows("select reason from ledger where kind = 'approved'")).toEqual([{ reason: null }]);
  });

  test("is still looked for by e-mail as the commit's own author, who cannot approve", async () => {
    const { sha } = await waiting('Add a till');
    await press(team, FAYE, sha, 'Approve');
    await team.told(FAYE, 'You wrote');
    expect(await refusals(team)).toEqual([`${FAYE}: author of what ships`]);
  });

  test("is named as the commit's own author when no address matches either", async () => {
    const { words } = await waiting('Add a till', { ...OCTO, email: 'octo@elsewhere.test' });
    expect(words()).toMatch(/Authors not found in Slack: octocat$/m);
  });
});
