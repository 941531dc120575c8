import { plainText } from '../../sandbox/slack/reading.js';
import { land, quiet, release, short } from '../support/releases.js';
import { configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The weekly digest: beside the daily one, with the measures of the week in charts and in words. */

let team: Team | undefined;
afterEach(async () => {
  await team?.stop();
  team = undefined;
});

const keyOf = (message: { metadata?: unknown }) => {
  const { event_type, event_payload } = (message.metadata ?? {}) as {
    event_type?: string;
    event_payload?: { key: string };
  };
  return event_type === 'pushbutton_digest' ? event_payload?.key : undefined;
};
const digestsIn = (of: Team) => of.slack.messages(SHOP).filter((one) => keyOf(one) !== undefined);
const weeklyIn = (of: Team) => digestsIn(of).filter((one) => keyOf(one)?.startsWith('weekly:'));
const chartsIn = (message: { blocks?: unknown } | undefined) =>
  ((message?.blocks ?? []) as { type: string }[]).filter((one) => one.type === 'data_visualization');

/** A team without a replica, which released a change ten minutes ago; both digests were due five minutes ago. */
async function due(top: (cron: string) => string): Promise<{ of: Team; at: Date; sha: string }> {
  const at = new Date((Math.floor(Date.now() / 60_000) - 5) * 60_000);
  team = await startTeam({ config: configOf({ top: `timezone: Etc/UTC\n${top(`${at.getUTCMinutes()} * * * *`)}` }) });
  const sha = await land(team, 'Add prices');
  await release(team, sha);
  await quiet(team);
  await Promise.all(team.running.splice(0).map((one) => one.stop()));
  await team.rows("update digest_times set since = now() - interval '2 hours'");
  await team.rows("update deployments set ended_at = now() - interval '10 minutes'");
  await team.rows("update changes set committed_at = now() - interval '70 minutes'");
  return { of: team, at, sha };
}

test('the weekly digest is posted once, beside the daily one of the same time, with charts and the same in words', async () => {
  const { of, at, sha } = await due((cron) => `digest: "${cron}"\nweekly: "${cron}"`);
  await Promise.all([of.start(), of.start()]);
  await until('both digests', () => digestsIn(of).length >= 2, 25_000);
  await quiet(of);
  expect(digestsIn(of).map(keyOf).sort()).toEqual([
    `${SHOP}:${at.toISOString()}`,
    `weekly:${SHOP}:${at.toISOString()}`,
  ]);
  const [weekly] = weeklyIn(of);
  const words = plainText(weekly ?? {});
  expect(words).toMatch(new RegExp(`Weekly release digest[\\s\\S]*1 shipped[\\s\\S]*shop[\\s\\S]*${short(sha)}`));
  expect(words).toContain('Last 7 days: 1 deployment (0.1 a day), up from 0 · lead time 1 h · none of 1 failed');
  expect(words).toContain('Last 30 days: 1 deployment');
  expect(words).toMatch(/Deployments: .* 0, .* 1$/m);
  expect(chartsIn(weekly)).toHaveLength(1);
  const [head] = await of.rows<{ hash: string }>('select hash from ledger order by seq desc limit 1');
  expect(words).toContain(head?.hash);
  const daily = digestsIn(of).find((one) => one !== weekly);
  expect(chartsIn(daily)).toEqual([]);
  expect(plainText(daily ?? {})).toContain('lead time 1 h');
}, 60_000);

test('where Slack takes no charts, the weekly digest comes in words alone, after one refusal', async () => {
  const { of } = await due((cron) => `weekly: "${cron}"`);
  of.slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, Number.POSITIVE_INFINITY, (args) =>
    JSON.stringify(args.blocks ?? '').includes('data_visualization'),
  );
  await of.start();
  const posted = await until('the weekly digest', () => weeklyIn(of)[0], 25_000);
  await quiet(of);
  expect(plainText(posted)).toMatch(/Last 7 days: 1 deployment[\s\S]*Deployments: /);
  expect(chartsIn(posted)).toEqual([]);
  const sent = of.slack.calls('chat.postMessage').filter((call) => JSON.stringify(call.args).includes('weekly:'));
  expect(sent).toHaveLength(2);
}, 60_000);

test('a weekly digest that Slack refuses for another reason is tried again with its charts', async () => {
  const { of } = await due((cron) => `weekly: "${cron}"`);
  of.slack.fail('chat.postMessage', { kind: 'error', error: 'not_in_channel' }, 1, (args) => args.channel === SHOP);
  await of.start();
  const posted = await until('the weekly digest', () => weeklyIn(of)[0], 25_000);
  expect(chartsIn(posted)).toHaveLength(1);
}, 60_000);

test('a weekly digest left behind by a crash is posted by the next replica, once', async () => {
  const { of, at } = await due((cron) => `weekly: "${cron}"`);
  await of.rows('insert into weekly_digests (channel, slot) values ($1, $2)', [SHOP, at]);
  await of.start();
  await until('the weekly digest', () => weeklyIn(of).length === 1, 25_000);
  await quiet(of);
  expect(weeklyIn(of)).toHaveLength(1);
}, 60_000);

test('the first start posts no weekly digest', async () => {
  team = await startTeam({ config: configOf({ top: 'timezone: Etc/UTC\nweekly: "* * * * *"' }), movableClock: true });
  expect(weeklyIn(team)).toEqual([]);
  const of = team;
  await of.moveClock(60_000);
  const posted = await until('the weekly digest', () => weeklyIn(of)[0], 25_000);
  expect(plainText(posted).split('\n')[0]).toMatch(/^Weekly release digest from .* · Nothing happened in shop$/);
}, 60_000);
