import { card, land, quiet, refusals, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/**
 * Phones, macOS and clipboards put other characters in for those that were typed: one dash for two hyphens, curly
 * quotes, spaces that do not break or have no width, one sign for three dots.
 */

const API = `
  - name: api--eu
    repository: acme/api
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
`;
const NBSP = '\u00a0';
const ZERO = '\u200b';

let team: Team;
beforeEach(async () => {
  const config = configOf({ service: '    override: [U0BOB]', services: API });
  team = await startTeam({ config });
});
afterEach(() => team.stop());
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const row = async (sql: string) => (await team.rows(sql))[0];

test('a lock has the length that was typed, and its reason keeps its own words and quotes', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const reason = '\u201cFair\u201d in town \u2014 see the plan\u2026';
  for (const line of [
    `lock${NBSP}shop for${NBSP}2h ${reason}`,
    `Lock shop. for 2h. ${reason}`,
    `lock \u201cshop\u201d for \u201c2h\u201d${NBSP}${reason}`,
    `${ZERO}lock shop\u2060 for ${ZERO}2h${ZERO} ${reason}`,
    `lock \`shop\` \`for 2h\` ${reason}`,
    `lock \u2018shop\u2019 \u2018for 2h\u2019 ${reason}`,
  ]) {
    expect((await type(ALICE, line)).status).toBe(200);
    const lock = await until(line, () => row("select * from services where name = 'shop' and lock_by is not null"));
    expect(lock).toMatchObject({ lock_reason: reason });
    expect(Math.round((Number(lock.lock_until) - Number(lock.lock_since)) / 60_000)).toBe(120);
    await type(ALICE, `unlock${NBSP}\u2018shop\u2019${ZERO}`);
    await until('unlocked', () => row("select 1 from services where name = 'shop' and lock_by is null"));
  }
  // In quotes of its own, or with more words in them, "for" belongs to the reason.
  await type(ALICE, 'lock shop \u201cfor 24h sale\u201d');
  expect(await until('a lock', () => row('select * from services where lock_by is not null'))).toMatchObject({
    lock_reason: '\u201cfor 24h sale\u201d',
    lock_until: null,
  });
});

test('a change is marked bad, let go and deployed past a lock, by its SHA however it was put', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  for (const word of [`\u201c${short(sha)}\u201d`, `${short(sha)}\u2026`, `${ZERO}${short(sha).toUpperCase()}\ufeff`]) {
    await type(ALICE, `hold${NBSP}${word}${NBSP}It \u2018loses\u2019 orders`);
    expect(await until('a hold', () => row('select * from changes where hold_by is not null'))).toMatchObject({
      hold_reason: 'It \u2018loses\u2019 orders',
    });
    await type(ALICE, `resume ${word}`);
    await until('let go', () => row('select 1 from changes where hold_by is null'));
  }
  await type(ALICE, 'lock shop Fair');
  await card(team, sha, ['locked by alice'], ['Why not?', 'What ships']);
  await type(
    BOB,
    `deploy${NBSP}shop${NBSP}\u2018${short(sha)}\u2019 \u2014override \u201cShop\u201d is down \u2013 all of it`,
  );
  await stands(team, sha, 'deploying');
  expect(await row("select reason from ledger where kind = 'break glass'")).toEqual({
    reason: '\u201cShop\u201d is down \u2013 all of it',
  });
});

test('a service with hyphens is found by the dashes that a phone makes of them, and an option without a SHA holds', async () => {
  await land(team);
  await type(BOB, `give\u2011up api\u2014eu It is gone`);
  await until('it is the right service', async () => (await refusals(team)).includes(`${BOB}: may not override`));
  await type(BOB, `deploy shop \u2014override${NBSP}${ZERO}`);
  await team.told(BOB, 'needs a reason');
  await type(ALICE, 'status api\u2014eu');
  await team.told(ALICE, 'api--eu', 'nothing live yet');
  await type(ALICE, `stop ${ZERO}${NBSP}\u200d`);
  await team.told(ALICE, 'needs a reason');
  await quiet(team);
  expect(team.production()).toHaveLength(0);
});
