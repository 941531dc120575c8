import { plainText } from '../../sandbox/slack/reading.js';
import { quiet } from '../support/releases.js';
import { configOf, SHOP, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** The digest on days on which something goes wrong: still one for each time. */

const LEAN = ['chat:write', 'commands', 'users:read', 'usergroups:read', 'channels:read', 'groups:read'];
const HISTORY = [...LEAN, 'channels:history', 'groups:history'];

let team: Team | undefined;
afterEach(async () => {
  await team?.stop();
  team = undefined;
});

const digestsIn = (of: Team) =>
  of.slack
    .messages(SHOP)
    .filter((one) => (one.metadata as { event_type?: string } | undefined)?.event_type === 'pushbutton_digest');

/** A team without a replica, on whose times a digest has been due for two hours; the cron names those minutes ago. */
async function missed(ago: number[], options: TeamOptions = {}): Promise<{ of: Team; times: Date[] }> {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const times = ago.map((minutes) => new Date(now - minutes * 60_000));
  const cron = `${times.map((at) => at.getUTCMinutes()).join(',')} * * * *`;
  const config = configOf({ top: `timezone: Etc/UTC\ndigest: "${cron}"` });
  team = await startTeam({ config, ...options });
  await Promise.all(team.running.splice(0).map((one) => one.stop()));
  await team.rows("update digest_times set since = now() - interval '2 hours'");
  return { of: team, times };
}

/** Has the sweep come twice, so that whatever it would start a second time has been started. */
async function sweptTwice(of: Team): Promise<void> {
  for (const _ of ['once', 'twice']) {
    const [before] = await of.rows<{ next_at: Date }>("select next_at from turns where name = 'sweep'");
    await of.rows("update turns set next_at = now() where name = 'sweep'");
    await until('a sweep', async () => {
      const [now] = await of.rows<{ next_at: Date }>("select next_at from turns where name = 'sweep'");
      return now && now.next_at > (before?.next_at ?? new Date(0)) && now.next_at > new Date();
    });
  }
}

test.each([
  ['without the history scopes', LEAN],
  ['with them', HISTORY],
])(
  'a Slack that is slow to answer the post gets one, %s',
  async (_, scopes) => {
    const { of } = await missed([5], { scopes });
    of.slack.fail('chat.postMessage', { kind: 'slow', ms: 8_000 }, 1, (args) => args.channel === SHOP);
    await of.start();
    await until('the post is under way', () => of.slack.calls('chat.postMessage').length === 1);
    await sweptTwice(of);
    await until(
      'it is answered',
      async () => (await of.rows("select 1 from digests where ts like '%.%'")).length === 1,
      20_000,
    );
    await quiet(of, 30_000);
    expect(digestsIn(of)).toHaveLength(1);
  },
  90_000,
);

test.each([
  ['without the history scopes it is posted again, rather than never', LEAN, 2],
  ['with them it is found', HISTORY, 1],
])(
  'the answer to its post is lost: %s',
  async (_, scopes, times) => {
    const { of } = await missed([5], { scopes });
    of.slack.fail('chat.postMessage', { kind: 'lost' }, 1, (args) => args.channel === SHOP);
    await of.start();
    await until(
      'it is known to be posted',
      async () => (await of.rows("select 1 from digests where ts like '%.%'")).length === 1,
      25_000,
    );
    await quiet(of, 30_000);
    expect(digestsIn(of)).toHaveLength(times);
  },
  60_000,
);

test('a digest delayed by the pace of its channel is posted once', async () => {
  const { of } = await missed([5], { scopes: HISTORY });
  await of.rows(
    `insert into channel_slots (channel, next_at) values ('${SHOP}', now() + interval '9 seconds')
     on conflict (channel) do update set next_at = excluded.next_at`,
  );
  await of.start();
  await until(
    'it is claimed',
    async () => (await of.rows('select 1 from digests where claimed_until is not null')).length,
  );
  await sweptTwice(of);
  await until('it is posted', () => digestsIn(of).length > 0, 25_000);
  await quiet(of, 30_000);
  expect(digestsIn(of)).toHaveLength(1);
}, 90_000);

test('of several digests claimed while Slack was away only the latest is posted', async () => {
  const { of, times } = await missed([30, 20, 10]);
  for (const at of times) await of.rows('insert into digests (channel, slot) values ($1, $2)', [SHOP, at]);
  await of.start();
  await until('the digest', () => digestsIn(of).length > 0, 25_000);
  await until(
    'the others are given up',
    async () => {
      const given = await of.rows("select 1 from digests where ts = 'never'");
      return given.length === 2;
    },
    25_000,
  );
  await quiet(of);
  const keys = digestsIn(of).map((one) => (one.metadata as { event_payload: { key: string } }).event_payload.key);
  expect(keys).toEqual([`${SHOP}:${times[2]?.toISOString()}`]);
}, 60_000);

test('a digest left behind by a crash is posted by the next replica, unless it is older than an hour', async () => {
  const { of, times } = await missed([5]);
  await of.rows('insert into digests (channel, slot) values ($1, $2)', [SHOP, times[0]]);
  await of.start();
  await until('the digest', () => digestsIn(of).length === 1, 25_000);
  const late = new Date(Date.now() - 61 * 60_000);
  await of.rows(`insert into digests (channel, slot) values ('C0RELEASES', $1)`, [late]);
  await of.rows(`select graphile_worker.add_job('digest', $1::json)`, [
    JSON.stringify({ channel: 'C0RELEASES', slot: late.toISOString(), tries: 0 }),
  ]);
  await until('it is given up', async () => (await of.rows("select 1 from digests where ts = 'never'")).length === 1);
  expect(of.slack.messages('C0RELEASES')).toEqual([]);
}, 60_000);

test('a digest covers everything since the previous one, even over a weekend, unfurls nothing and mentions nobody', async () => {
  const { of, times } = await missed([5]);
  const before = new Date((times[0] as Date).getTime() - 3 * 86_400_000);
  await of.rows("insert into digests (channel, slot, ts) values ($1, $2, '1.000001')", [SHOP, before]);
  await of.rows(
    `with c as (insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
         staging_started_at, title, author)
       values ('shop', repeat('a', 40), 1, 'passed', 1, 1, 'https://github.com/x', now(), 'Made on Saturday', 'octocat') returning id)
     insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, sent_at, run_id, run_url, run_attempt, run_started_at, ended_at)
     select 'pb-1', 'shop', id, repeat('a', 40), 'deploy', 'live', 'U0ALICE', $1, 9, 'https://github.com/x', 1, $1, $1 from c`,
    [new Date((times[0] as Date).getTime() - 2 * 86_400_000)],
  );
  await of.start();
  const posted = await until('the digest', () => digestsIn(of)[0], 25_000);
  expect(plainText(posted)).toMatch(/1 shipped[\s\S]*Made on Saturday/);
  expect(posted.options).toMatchObject({ unfurl_links: false, unfurl_media: false });
  expect(JSON.stringify(posted.blocks)).not.toMatch(/"type":"(user|usergroup|broadcast)"/);
}, 60_000);
