import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { addMessage } from '../../sandbox/slack/workspace.js';
import { FAYE, startWithLeads, WAITING } from '../support/leads.js';
import { card, counts, land, press, quiet, release, short, stands, withButton } from '../support/releases.js';
import { ALICE, BOB, DAVE, GUS, OPS, SAM, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Where Deploy is gone, one press says why; on any card, so does a shortcut. Answers carry the next step. */

let team: Team;
afterEach(() => team.stop());

/** Does something, and gives what that person alone is answered. */
async function answered(user: string, act: () => Promise<{ status: number }>) {
  const before = team.slack.ephemerals(user).length;
  expect((await act()).status).toBe(200);
  const answer = await until(`an answer to ${user}`, () => team.slack.ephemerals(user)[before]);
  return {
    ...{ words: plainText(answer), buttons: buttonsIn(answer.blocks).map(({ text }) => text) },
    ...{ ts: answer.ts, blocks: answer.blocks },
  };
}
const ask = (user: string, ts: string) =>
  answered(user, () => team.slack.useShortcut({ user, channel: SHOP, ts, name: 'Why is this not live?' }));
const type = (user: string, text: string) => answered(user, () => team.slack.command({ user, channel: SHOP, text }));

test('where a lock took Deploy away, Why not? answers like /release why, to the asker alone, and changes nothing', async () => {
  team = await startTeam();
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await type(ALICE, 'lock shop for 2h Moving the database');
  const { ts } = await card(team, sha, ['locked by alice'], ['Why not?', 'What ships']);
  await quiet(team);
  const before = await counts(team);
  const click = (user: string) =>
    answered(user, () => team.slack.click({ user, channel: SHOP, ts, button: 'Why not?' }));
  const { words, buttons } = await click(DAVE);
  expect(words).toContain(`shop ${short(sha)} “Add prices” cannot be deployed by you now: 1 rule is not met.`);
  expect(words).toMatch(/locked by alice: Moving the database/i);
  expect(words).toContain('You are one of its deployers.');
  expect(words).toBe((await type(DAVE, `why shop ${short(sha)}`)).words);
  expect(buttons).toEqual([]);
  expect((await click(BOB)).words).toContain('2 rules are not met');
  for (const user of [GUS, SAM]) expect((await click(user)).words).toContain('Only full members');
  expect(team.slack.ephemerals(OPS)).toEqual([]);
  expect(await counts(team)).toEqual(before);
  // It is pressed on what somebody saw; meanwhile the lock is gone.
  const { blocks } = await withButton(team, sha, 'Why not?');
  await type(ALICE, 'unlock shop');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const stale = await answered(DAVE, () =>
    team.slack.clickStale({ user: DAVE, channel: SHOP, ts, blocks, button: 'Why not?' }),
  );
  expect(stale).toMatchObject({ words: expect.stringContaining('can be deployed by you now'), buttons: ['Deploy'] });
});

test('the shortcut answers on any card, in its thread too, and says so on a message that is none', async () => {
  team = await startWithLeads();
  const first = await land(team, 'Add prices');
  await press(team, DAVE, first, 'Deploy');
  const waiting = await card(team, first, ['waiting for approval'], WAITING);
  expect((await ask(BOB, waiting.ts)).words).toContain(
    `${short(first)} “Add prices” is under way: waiting for approval.`,
  );
  await press(team, FAYE, first, 'Approve');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const live = await card(team, first, ['live'], []);
  expect((await ask(ALICE, live.ts)).words).toMatch(/is already live|has been live|live since/);
  const second = await land(team, 'Add a basket');
  const { ts } = await withButton(team, second, 'Deploy');
  expect(await ask(ALICE, ts)).toMatchObject({
    words: expect.stringContaining(`${short(second)} “Add a basket” can be requested by you now.`),
    buttons: ['Deploy'],
  });
  const thread = addMessage(team.slack.workspace, {
    user: BOB,
    channel: SHOP,
    text: 'Why is it not out yet?',
    thread_ts: ts,
  });
  expect((await ask(BOB, thread.ts)).words).toContain(`${short(second)} “Add a basket”`);
  const other = addMessage(team.slack.workspace, { user: BOB, channel: SHOP, text: `I changed ${short(second)}` });
  expect((await ask(BOB, other.ts)).words).toContain('This message is not a Pushbutton card');
  expect((await ask(GUS, ts)).words).toContain('Only full members');
  // Of whom Slack names no team, nobody knows whether they are of ours.
  team.slack.changeUser(BOB, { team_id: undefined as never, infoTeam: team.slack.workspace.teamId });
  expect((await ask(BOB, ts)).words).toContain('Only full members');
});

test('/release alone says what waits for me, with the buttons to decide it, and then what can be typed', async () => {
  team = await startWithLeads();
  const sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  const bobs = await type(BOB, '');
  expect(bobs.words).toMatch(/^Nothing waits for you\.[\s\S]*\/release status \[SERVICE\]/);
  const { words, buttons, ts } = await type(FAYE, '');
  expect(words).toMatch(
    new RegExp(`^Waiting for you: 1 request for your approval\\.\n.*${short(sha)} “Add prices” · requested by dave`),
  );
  expect(words).toContain('/release status [SERVICE]');
  expect(buttons).toEqual(['Approve', 'Reject', 'What ships']);
  await team.slack.click({ user: FAYE, channel: SHOP, ts, button: 'Approve' });
  await stands(team, sha, 'deploying');
  expect((await type(GUS, '')).words).toContain('Only full members');
});

test('the status of one service, and what would ship, carry the button of the next step for whoever may take it', async () => {
  team = await startTeam();
  await release(team, await land(team, 'Add prices'));
  const sha = await land(team, 'Add a basket');
  await withButton(team, sha, 'Deploy');
  expect((await type(BOB, 'status shop')).buttons).toEqual([]);
  expect((await type(BOB, 'diff shop')).buttons).toEqual([]);
  expect((await type(DAVE, 'status shop')).buttons).toEqual(['Deploy', 'What ships']);
  const { buttons, ts } = await type(DAVE, 'diff shop');
  expect(buttons).toEqual(['Deploy']);
  await type(ALICE, 'lock shop Fair');
  expect((await type(DAVE, 'diff shop')).buttons).toEqual(['Why not?']);
  // What was offered before is refused now, like on a card.
  const refused = await answered(DAVE, () => team.slack.click({ user: DAVE, channel: SHOP, ts, button: 'Deploy' }));
  expect(refused.words).toContain('Fair');
  expect(team.production()).toHaveLength(1);
});

test('a line that was pasted with its formatting, or names a channel, asks what was meant', async () => {
  team = await startTeam();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  for (const text of [
    '`status shop`',
    '*status shop*',
    '_/release status shop_',
    '> status *shop*',
    '`status` *`shop`*',
    `status <#${SHOP}>`,
    `status <#${SHOP}|>`,
    `status <#${SHOP}|shop>`,
    'status <http://shop|shop>',
    '```status shop```',
  ])
    expect((await type(ALICE, text)).words).toContain(`waiting for Deploy: ${short(sha)}`);
  const bot = `<@${team.slack.workspace.bot.userId}>`;
  const said = await answered(ALICE, () =>
    team.slack.mention({ user: ALICE, channel: SHOP, text: `*${bot} status <#${SHOP}>*` }),
  );
  expect(said.words).toContain(`waiting for Deploy: ${short(sha)}`);
});
