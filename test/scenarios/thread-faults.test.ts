import { plainText } from '../../sandbox/slack/reading.js';
import { ERIN, FAYE, startWithLeads } from '../support/leads.js';
import { land, press, quiet, release, stands, start, withButton } from '../support/releases.js';
import { ALICE, DAVE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whatever fails on the way, the thread tells each step, and those who are to hear of it do. */

let team: Team;
afterEach(() => team.stop());

const HISTORY = [
  ...['chat:write', 'commands', 'users:read', 'users:read.email', 'usergroups:read', 'channels:read', 'groups:read'],
  ...['im:write', 'app_mentions:read', 'channels:history', 'groups:history'],
];
const isIn = (ts: string) => (args: Record<string, unknown>) => args.thread_ts === ts;
const words = ({ channel, ts }: { channel: string; ts: string }) =>
  team.slack.thread(channel, ts).slice(1).map(plainText).join('\n');
const tells = (on: { channel: string; ts: string }, step: string) =>
  until(`the thread tells ${step}`, () => {
    if (!words(on).includes(step)) throw new Error(words(on));
    return words(on);
  });

test('a message that Slack takes neither with mentions nor without is left out, and what comes after it is told', async () => {
  team = await startTeam();
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, 2, isIn(on.ts));
  const run = await start(team, ALICE, sha);
  await until('both are refused', () => team.slack.calls('chat.postMessage').filter((call) => call.fault).length === 2);
  await quiet(team);
  await team.github.completeRun(run, { conclusion: 'success' });
  await tells(on, 'Live, ');
});

test('a message that Slack takes only without its mentions is told without them', async () => {
  team = await startWithLeads(1);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, 1, isIn(on.ts));
  await press(team, DAVE, sha, 'Deploy');
  expect(await tells(on, 'dave requested a deployment')).not.toContain('@');
});

test('whoever is written to directly is, also if the answer to the line in the thread was lost', async () => {
  team = await startWithLeads(1, { scopes: HISTORY }, '    notify: { approval_needed: direct }');
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  team.slack.fail('chat.postMessage', { kind: 'lost' }, 1, isIn(on.ts));
  await press(team, DAVE, sha, 'Deploy');
  for (const user of [ERIN, FAYE, ALICE]) await until(`a word to ${user}`, () => team.slack.dms(user).length === 1);
  expect(words(on).split('dave requested')).toHaveLength(2);
}, 60_000);

test('a step whose job was lost, or that an older replica decided, is told within a minute or two', async () => {
  team = await startTeam({ movableClock: true });
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  await release(team, sha);
  await tells(on, 'Live, ');
  const { id } = await stands(team, sha, 'live');
  await team.rows(
    "insert into ledger (actor, kind, service, sha, deployment_id) values ($1, 'signed off', 'shop', $2, $3)",
    [ALICE, sha, id],
  );
  await team.moveClock(120_000);
  await tells(on, 'alice signed off');
});
