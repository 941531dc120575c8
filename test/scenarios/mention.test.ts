import { plainText } from '../../sandbox/slack/reading.js';
import { counts, land, quiet, short, withButton } from '../support/releases.js';
import { ALICE, GUS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** In a conversation, people ask by mentioning the bot. */

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

async function mentions(user: string, text: string): Promise<string> {
  const before = team.slack.ephemerals(user).length;
  const { status } = await team.slack.mention({ user, channel: SHOP, text });
  expect(status).toBe(200);
  return plainText(await until(`an answer to ${text}`, () => team.slack.ephemerals(user)[before]));
}

test('a mention with a question is answered like the command, to the asker alone', async () => {
  const sha = await land(team, 'Add prices');
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  expect(await mentions(ALICE, 'status shop')).toContain(short(sha));
  expect(await mentions(ALICE, 'Why `shop`')).toContain('can be deployed by you now');
  expect(await mentions(ALICE, 'history shop')).toContain('shop');
  expect(team.slack.ephemerals(GUS)).toEqual([]);
});

test('a mention alone shows what can be typed, and a word that is none the nearest one', async () => {
  expect(await mentions(ALICE, '')).toContain('/release status');
  expect(await mentions(ALICE, 'staus')).toContain('status');
});

test.each([': status shop', ', status shop?', ' \u2014 status shop!'])(
  'a mention is understood as people write it: @Pushbutton%s',
  async (said) => {
    const bot = `<@${team.slack.workspace.bot.userId}>`;
    expect(await mentions(ALICE, `${bot}${said}`)).toMatch(/shop.*nothing/s);
    expect(await mentions(ALICE, `${bot}?`)).toContain('/release help this list');
  },
);

test('who asks in a thread is answered there', async () => {
  const { ts } = await withButton(team, await land(team, 'Add prices'), 'Deploy');
  const before = team.slack.ephemerals(ALICE).length;
  await team.slack.mention({ user: ALICE, channel: SHOP, text: 'status shop', thread_ts: ts });
  await until('she is answered', () => team.slack.ephemerals(ALICE)[before]);
  expect(team.slack.calls('chat.postEphemeral').at(-1)?.args).toMatchObject({ thread_ts: ts });
});

test('a mention changes nothing, whatever it says, and says what to type instead', async () => {
  const sha = await land(team, 'Add prices');
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  const before = await counts(team);
  const words = await mentions(ALICE, `deploy shop ${short(sha)}`);
  expect(words).toContain('answers questions and changes nothing');
  expect(words).toContain(`/release deploy shop ${short(sha)}`);
  expect(await mentions(ALICE, 'stop <@U0BOB> broke &lt;it&gt;')).toContain('/release stop <@U0BOB> broke <it>');
  await quiet(team);
  expect(await counts(team)).toEqual(before);
  expect(team.production()).toEqual([]);
});

test('who is no full member of the workspace gets no answer to a question', async () => {
  expect(await mentions(GUS, 'status shop')).toContain('Only full members');
});
