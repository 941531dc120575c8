import type { Json } from '../../sandbox/slack/block-kit/check.js';
import { card, land, press, quiet, refusals, release, stands, withButton } from '../support/releases.js';
import { ALICE, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A press on one message that names another change: no honest client sends it, and it must not change what is shown. */

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: configOf({ service: `    override: [${ALICE}]` }) });
});
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];

/** Presses Deploy of these blocks as if they stood on that message. */
async function forge(blocks: Json[], ts: string): Promise<void> {
  await team.slack.clickStale({ user: DAVE, channel: SHOP, ts, blocks, button: 'Deploy' });
  await quiet(team);
}

test("another change's card stays its own, and goes on to be redrawn", async () => {
  const first = await land(team);
  const old = await withButton(team, first, 'Deploy');
  const second = await land(team, 'Add a basket');
  const on = await card(team, second, ['passed staging'], offers);
  await card(team, first, ['superseded by'], []);
  await forge(old.blocks, on.ts);
  expect(await refusals(team)).toEqual([`${DAVE}: superseded`]);
  expect(team.cards().map(({ ts }) => ts)).toEqual([old.ts, on.ts]);
  // Both are redrawn once more, each as its own.
  await release(team, second);
  expect((await card(team, second, ['live'], [])).ts).toBe(on.ts);
  expect((await card(team, first, ['superseded by'], [])).ts).toBe(old.ts);
  expect(await team.rows('select * from card_twins')).toEqual([]);
});

test("a change without a card yet does not take another's", async () => {
  const first = await land(team);
  const drawn = await withButton(team, first, 'Deploy');
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'internal_error' }, Number.POSITIVE_INFINITY);
  const second = await land(team, 'Add a basket');
  await until('the first gives way', () => team.cards()[0]?.words.includes('superseded by'));
  const [{ key } = { key: '' }] = await team.rows<{ key: string }>('select key from changes where sha = $1', [second]);
  const blocks = JSON.parse(JSON.stringify(drawn.blocks), (name, inside) =>
    name !== '' && inside?.action_id === 'deploy' ? { ...inside, value: key } : inside,
  );
  await team.slack.clickStale({ user: DAVE, channel: SHOP, ts: drawn.ts, blocks, button: 'Deploy' });
  await stands(team, second, 'deploying');
  team.slack.clearFaults();
  expect((await card(team, second, ['deploying'], ['Cancel'], 30_000)).ts).not.toBe(drawn.ts);
  expect((await card(team, first, ['superseded by'], [])).ts).toBe(drawn.ts);
});

test('an announcement stays one', async () => {
  const sha = await land(team);
  const { blocks } = await withButton(team, sha, 'Deploy');
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha} --override Shop is down` });
  await stands(team, sha, 'deploying');
  const announced = await until('an announcement', () =>
    team.cards().find(({ words, buttons }) => words.includes('Break glass: shop') && buttons.includes('Sign off')),
  );
  await forge(blocks, announced.ts);
  await press(team, ALICE, sha, 'Cancel');
  await quiet(team);
  const now = team.cards().find(({ ts }) => ts === announced.ts);
  expect([now?.words.includes('Break glass: shop'), now?.buttons]).toEqual([true, ['Sign off']]);
});
