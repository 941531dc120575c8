import { plainText } from '../../sandbox/slack/reading.js';
import { land, release, short } from '../support/releases.js';
import { configOf, SHOP, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

const RELEASES = 'C0RELEASES';
const SITE = `
  - name: site
    repository: acme/site
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0BOB]
`;

let team: Team | undefined;
afterEach(async () => {
  await team?.stop();
  team = undefined;
});

async function withDigest(cron: string, options: TeamOptions = {}): Promise<Team> {
  const config = configOf({ top: `timezone: Etc/UTC\ndigest: "${cron}"`, services: SITE });
  team = await startTeam({ config, ...options });
  return team;
}
async function stopAll(of: Team): Promise<void> {
  await Promise.all(of.running.splice(0).map((one) => one.stop()));
}

const keyOf = (message: { metadata?: unknown }) => {
  const { event_type, event_payload } = (message.metadata ?? {}) as {
    event_type?: string;
    event_payload?: { key: string };
  };
  return event_type === 'pushbutton_digest' ? event_payload?.key : undefined;
};
const digestsIn = (of: Team, channel: string) => of.slack.messages(channel).filter((one) => keyOf(one) !== undefined);
const slots = (of: Team) =>
  of.rows<{ channel: string; slot: Date; ts: string | null }>(
    'select channel, slot, ts from digests order by slot, channel',
  );

/** A cron that names the minutes so many minutes ago, and what it names. */
function minutesAgo(...ago: number[]): { cron: string; times: Date[] } {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const times = ago.map((minutes) => new Date(now - minutes * 60_000));
  return { cron: `${times.map((at) => at.getUTCMinutes()).join(',')} * * * *`, times };
}

test('three replicas post one digest per time and channel, even when nothing happened', async () => {
  const of = await withDigest('* * * * *', { replicas: 3, movableClock: true });
  for (const count of [1, 2, 3]) {
    await of.moveClock(60_000);
    await until('a digest in each channel', () => [SHOP, RELEASES].every((one) => digestsIn(of, one).length >= count));
  }
  await stopAll(of);
  const posted = (await slots(of)).filter((row) => row.ts?.includes('.'));
  for (const channel of [SHOP, RELEASES]) {
    const own = posted.filter((row) => row.channel === channel);
    expect(
      digestsIn(of, channel)
        .map((one) => one.ts)
        .sort(),
    ).toEqual(own.map((row) => row.ts).sort());
    const keys = own.map((row) => `${channel}:${row.slot.toISOString()}`);
    expect(digestsIn(of, channel).map(keyOf).sort()).toEqual(keys.sort());
    expect(own.every((row) => row.slot.getTime() % 60_000 === 0)).toBe(true);
    expect(of.slack.messages(channel)).toHaveLength(own.length);
  }
  const [quiet] = digestsIn(of, SHOP);
  expect(quiet?.text).toMatch(/digest/);
  expect(plainText(quiet ?? {})).toMatch(/digest[\s\S]*Nothing happened[\s\S]*shop/);
});

test("a digest covers only its channel's services and carries the newest ledger hash", async () => {
  const { cron, times } = minutesAgo(3);
  const of = await withDigest(cron);
  const sha = await land(of, 'Add prices');
  await release(of, sha);
  await stopAll(of);
  await of.rows("update digest_times set since = now() - interval '2 hours'");
  // What happened just now happened before the slot.
  await of.rows("update deployments set ended_at = now() - interval '5 minutes'");
  await of.start();
  const posted = await until('both digests', () => {
    const [shop, all] = [digestsIn(of, SHOP)[0], digestsIn(of, RELEASES)[0]];
    return shop && all && { shop: plainText(shop), all: plainText(all), text: shop.text };
  });
  expect(posted.shop).toMatch(new RegExp(`digest[\\s\\S]*1 shipped[\\s\\S]*shop[\\s\\S]*${short(sha)}.*Add prices`));
  expect(posted.shop).not.toContain('site');
  expect(posted.all).toContain('site');
  expect(posted.all).not.toMatch(/\bshop\b/);
  const [head] = await of.rows<{ seq: string; hash: string }>('select seq, hash from ledger order by seq desc limit 1');
  for (const words of [posted.shop, posted.all]) expect(words).toContain(head?.hash);
  expect(posted.text).toContain('digest');
  expect((await slots(of)).map((row) => row.slot)).toEqual([times[0], times[0]]);
});

test('the first start posts no digest, and after an outage only the latest missed one is posted, once', async () => {
  const { cron, times } = minutesAgo(30, 10);
  const of = await withDigest(cron);
  await stopAll(of);
  expect(await slots(of)).toEqual([]);
  await of.rows("update digest_times set since = now() - interval '2 hours'");
  await Promise.all([of.start(), of.start()]);
  await until('the missed digest', () => digestsIn(of, SHOP).length > 0 && digestsIn(of, RELEASES).length > 0);
  await stopAll(of);
  await of.start();
  await stopAll(of);
  expect((await slots(of)).map((row) => row.slot)).toEqual([times[1], times[1]]);
  expect([digestsIn(of, SHOP).length, digestsIn(of, RELEASES).length]).toEqual([1, 1]);
});

test('a digest missed more than an hour ago is not posted', async () => {
  const at = new Date(Date.now() - 62 * 60_000);
  const of = await withDigest(`${at.getUTCMinutes()} ${at.getUTCHours()} * * *`);
  await of.rows("update digest_times set since = now() - interval '2 days'");
  await stopAll(of);
  await of.start();
  await stopAll(of);
  expect(await slots(of)).toEqual([]);
});

test('a digest whose answer is lost is found by its metadata and not posted twice', async () => {
  const { cron } = minutesAgo(5);
  const scopes = 'chat:write commands users:read usergroups:read channels:read channels:history groups:history'.split(
    ' ',
  );
  const of = await withDigest(cron, { scopes });
  await stopAll(of);
  await of.rows("update digest_times set since = now() - interval '2 hours'");
  of.slack.fail('chat.postMessage', { kind: 'lost' }, 1, (args) => args.channel === SHOP);
  await of.start();
  const found = await until(
    'the digest is known as posted',
    async () => (await slots(of)).find((row) => row.channel === SHOP && row.ts !== null),
    20_000,
  );
  expect(digestsIn(of, SHOP).map((one) => one.ts)).toEqual([found.ts]);
  expect(of.slack.calls('conversations.history').length).toBeGreaterThan(0);
});

test('a digest that Slack refuses is posted once Slack accepts it', async () => {
  const { cron } = minutesAgo(5);
  const of = await withDigest(cron);
  await stopAll(of);
  await of.rows("update digest_times set since = now() - interval '2 hours'");
  of.slack.fail('chat.postMessage', { kind: 'error', error: 'not_in_channel' }, 1, (args) => args.channel === SHOP);
  of.slack.fail('chat.postMessage', { kind: 'http', status: 503 }, 1, (args) => args.channel === RELEASES);
  await of.start();
  await until('both digests', () => digestsIn(of, SHOP).length > 0 && digestsIn(of, RELEASES).length > 0, 25_000);
  await stopAll(of);
  expect([digestsIn(of, SHOP).length, digestsIn(of, RELEASES).length]).toEqual([1, 1]);
});
