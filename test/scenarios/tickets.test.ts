import { plainText } from '../../sandbox/slack/reading.js';
import { exportLedger } from '../../src/audit/export.js';
import { card, land, release, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The tickets that a change names are links wherever people decide about it or look it up. */

let team: Team;
afterEach(() => team.stop());
const PAGE = 'https://acme.atlassian.net/browse';
const top = `tickets: { pattern: "[A-Z]{2,}-\\\\d+", url: "${PAGE}/{id}" }`;
const linksOf = (blocks: unknown) =>
  [...JSON.stringify(blocks).matchAll(/"type":"link","text":"([^"]+)",(?:"style":\{[^}]*\},)?"url":"([^"]+)"/g)].map(
    ([, text, url]) => [text, url],
  );
const ticket = (id: string) => [id, `${PAGE}/${id}`];

/** A commit of a pull request that passes staging. */
async function brought(
  title: string,
  pullRequest: { title?: string; branch?: string; body?: string },
): Promise<string> {
  const { sha } = await team.github.land('acme/shop', { title, pullRequest });
  await withButton(team, sha, 'Deploy');
  return sha;
}

test('a card links the tickets of its title, its branch and its pull request; many are counted', async () => {
  team = await startTeam({ config: configOf({ top }) });
  const sha = await brought('SHOP-1 Add prices', {
    title: 'Prices (SHOP-2)',
    branch: 'feature/SHOP-3-prices',
    body: 'Closes SHOP-1, PAY-4 and PAY-5.\r\n\r\nSee UX-6 and <!channel> <https://x.test|UX-7>',
  });
  const { blocks, words, text } = await card(
    team,
    sha,
    ['SHOP-1, SHOP-2, SHOP-3 and 4 more'],
    ['Deploy', 'What ships'],
  );
  expect(linksOf(blocks)).toEqual(expect.arrayContaining([ticket('SHOP-1'), ticket('SHOP-2'), ticket('SHOP-3')]));
  expect(words).not.toContain('channel');
  expect(text).not.toContain('SHOP-3');
  expect(team.github.calls({ route: 'commit-pulls' })).toHaveLength(1);
});

test('What ships and diff link the tickets of each change, of a commit without a card too, and ask GitHub for nothing more', async () => {
  team = await startTeam({ config: configOf({ top }) });
  await release(team, await land(team, 'Add prices'));
  const merged = { title: 'Merge pull request #7 from acme/PAY-8-till', mergeOf: [{ title: 'PAY-9 Open the till' }] };
  await team.github.land('acme/shop', { ...merged, pullRequest: { body: 'For PAY-7' } });
  const sha = await brought('Add a basket', { branch: 'SHOP-5' });
  const asked = team.github.calls().length;
  const on = await withButton(team, sha, 'What ships');
  await team.slack.click({ user: BOB, channel: SHOP, ts: on.ts, button: 'What ships' });
  const view = await until('the modal', () => {
    const [modal] = team.slack.modals(BOB);
    return modal && plainText(modal.definition).includes('3 changes would ship') ? modal.definition : null;
  });
  expect(plainText(view)).toContain('4 tickets');
  expect(linksOf(view)).toEqual(
    expect.arrayContaining(['SHOP-5', 'PAY-8', 'PAY-7', 'PAY-9'].map((id) => expect.arrayContaining(ticket(id)))),
  );
  expect(
    team.github
      .calls()
      .slice(asked)
      .filter(({ route }) => route !== 'compare'),
  ).toEqual([]);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'diff shop' });
  await until('the diff', () => team.slack.ephemerals(ALICE).some((one) => plainText(one).includes('4 tickets')));
});

test('the digest and the export name the tickets of what shipped', async () => {
  team = await startTeam({ config: configOf({ top }) });
  const sha = await brought('Add prices', { branch: 'SHOP-5', body: 'and =cmd PAY-6' });
  await release(team, sha);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'digest' });
  const digest = await until('the digest', () =>
    team.slack.ephemerals(ALICE).find((one) => plainText(one).includes('Release digest')),
  );
  expect(linksOf(digest.blocks)).toEqual(expect.arrayContaining([ticket('SHOP-5'), ticket('PAY-6')]));
  const period = { from: '2000-01-01T00:00Z', to: '2100-01-01T00:00Z', service: 'shop' };
  const exported = async (format: 'csv' | 'json') => {
    const parts: string[] = [];
    await exportLedger(team.pool, period, format, async (part) => void parts.push(part));
    return parts.join('');
  };
  const lines = (await exported('csv')).trim().split('\r\n');
  expect(lines[0]?.endsWith(',hash,tickets')).toBe(true);
  expect(lines.slice(1).every((line) => line.endsWith(',SHOP-5 PAY-6'))).toBe(true);
  const [first] = JSON.parse(await exported('json'));
  expect(first.tickets).toEqual([
    { id: 'SHOP-5', url: `${PAGE}/SHOP-5` },
    { id: 'PAY-6', url: `${PAGE}/PAY-6` },
  ]);
});

test('the thread names them where somebody asks, breaks the glass or is reminded, and so does an announcement', async () => {
  const service = '    approvals: { required: 1, from: [U0BOB], expires: 2s }\n    override: [U0ALICE]';
  team = await startTeam({ config: configOf({ top, service }) });
  const sha = await brought('SHOP-1 Add prices', {});
  const { ts } = await withButton(team, sha, 'Deploy');
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
  const inThread = () => team.slack.thread(SHOP, ts).map(plainText).join('\n');
  await until('the request', () => /requested a deployment \(SHOP-1\) · needs 1 approval/.test(inThread()));
  await until('the reminder', () => /missing for shop .* \(SHOP-1\), requested by/.test(inThread()));
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha} --override Checkout is down` });
  await until('the announcement', () =>
    team.slack.messages(SHOP).some((one) => /Break glass: shop .* \(SHOP-1\) is deployed/.test(plainText(one))),
  );
});

test('while GitHub does not tell the pull request the title counts alone; once it does, its tickets come and stay', async () => {
  team = await startTeam({ config: configOf({ top }) });
  team.github.fail('commit-pulls', { kind: 'status', status: 502 }, 1_000);
  const { sha } = await team.github.land('acme/shop', {
    title: 'SHOP-1 Add prices',
    pullRequest: { branch: 'SHOP-2' },
  });
  await card(team, sha, ['· SHOP-1 ·'], ['Deploy', 'What ships']);
  team.github.heal();
  await card(team, sha, ['· SHOP-1, SHOP-2 ·'], ['Deploy', 'What ships']);
  team.github.fail('commit-pulls', { kind: 'status', status: 502 }, 1_000);
  await team.rows('update changes set to_describe = true');
  await until(
    'it is described again',
    async () => (await team.rows('select 1 from changes where to_describe')).length === 0,
  );
  expect(await team.rows("select tickets->1->>'id' as id from changes")).toEqual([{ id: 'SHOP-2' }]);
});

test('without a rule nothing is looked for and nothing is shown', async () => {
  team = await startTeam();
  const sha = await brought('SHOP-1 Add prices', { branch: 'SHOP-2' });
  const { blocks } = await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  expect(JSON.stringify(blocks)).not.toContain('SHOP-2');
  expect(await team.rows('select tickets from changes')).toEqual([{ tickets: null }]);
});
