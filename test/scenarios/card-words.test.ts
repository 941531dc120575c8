import { mentionsIn } from '../../sandbox/slack/mentions.js';
import { polledOnce, retold, withheld } from '../support/deliveries.js';
import { card, land, short } from '../support/releases.js';
import { SHOP, startTeam, type Team } from '../support/team.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const offers = ['Deploy', 'What ships'];
const posts = () => team.slack.calls('chat.postMessage').filter((call) => call.args.channel === SHOP);

const HOSTILE: [string, string][] = [
  ['<!channel> *bold* <http://evil.test|here> <@U0ALICE> <!here> @everyone <!subteam^S0DEPLOY>', '<!channel> *bold*'],
  ['</script>&lt;&amp; `code` ```block``` > quote', '</script>&lt;&amp; `code`'],
  [`Long ${'x'.repeat(5_000)}`, 'Long xxx'],
  [`Wide ${'😀'.repeat(2_500)}`, 'Wide 😀'],
  ['A\u0000B\u0007C\u001b[31mD\u007f\u0085E', 'A B C [31mD E'],
  ['Half \ud83d a pair \ude00 here', 'Half a pair here'],
  ['Right \u202eevil\u202c to \u2066left\u2069 \u200fmark', 'Right evil to left mark'],
  [':rotating_light: passed staging', ':rotating_light:'],
];

test('hostile titles are stored clean, shown literally, stay within limits and mention nobody', async () => {
  for (const [title, shown] of HOSTILE) {
    const author = { login: 'octocat', name: 'Mallory <!channel>\u202e', email: 'm@acme.test' };
    const [, , told] = await withheld(team, () => team.github.land('acme/shop', { title: 'Add prices', author }));
    const hostile = retold(told, ({ workflow_run }) => {
      workflow_run.display_title = title;
      workflow_run.head_commit = { message: `${title}\n\nbody`, author: { name: author.name } };
    });
    await team.github.deliver('workflow_run', hostile);
    const sha = String(hostile.workflow_run.head_sha);
    const drawn = await card(team, sha, ['passed staging'], offers);
    expect(drawn.words.split('\n')[0]).toContain(shown);
    expect(mentionsIn(drawn)).toEqual([]);
    expect(Buffer.byteLength(drawn.text)).toBeLessThanOrEqual(4_000);
    const [row] = await team.rows<{ title: string }>('select title from changes where sha = $1', [sha]);
    expect(row?.title.length).toBeLessThanOrEqual(500);
    expect(Buffer.from(row?.title ?? '').toString()).toBe(row?.title);
    expect(row?.title).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  }
  expect(team.slack.calls().filter((call) => call.outcome !== 'ok')).toEqual([]);
});

test('a change without a title gets its short SHA as the title', async () => {
  for (const title of ['', '   ', '\u202e\u0000', '\n\nbody']) {
    const [, , told] = await withheld(team, () => team.github.land('acme/shop', { title: 'x', author: OCTO }));
    const untitled = retold(told, ({ workflow_run }) => {
      workflow_run.display_title = title;
      workflow_run.head_commit = { message: title, author: { name: 'Octo' } };
    });
    await team.github.deliver('workflow_run', untitled);
    const sha = String(untitled.workflow_run.head_sha);
    await card(team, sha, ['passed staging'], offers);
    expect(await team.rows('select title from changes where sha = $1', [sha])).toEqual([{ title: short(sha) }]);
  }
});

test("a card's text is a full sentence with service, short SHA, title and state, and unfurls nothing", async () => {
  const sha = await land(team, 'Fix <b> & more');
  const drawn = await card(team, sha, ['passed staging'], offers);
  expect(drawn.text).toMatch(/^shop [0-9a-f]{7} .*Fix &lt;b&gt; &amp; more.* passed staging.*\.$/);
  expect(drawn.text).toContain(short(sha));
  expect(posts()[0]?.args).toMatchObject({ unfurl_links: false, unfurl_media: false });
});
