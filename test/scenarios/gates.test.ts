import {
  card,
  deploymentsOf,
  land,
  oneBehindTheOther,
  press,
  quiet,
  refusals,
  release,
  short,
  stands,
  start,
} from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());
const open = async (service = '', movableClock = false) => {
  const config = configOf({ service });
  team = await startTeam({ config, replicas: 2, ...(movableClock ? { movableClock } : {}) });
};
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const ready = ['Deploy', 'What ships'];

describe('a lock', () => {
  test('removes Deploy, says who, why and since when, and refuses typed deploys; unlock brings Deploy back', async () => {
    await open();
    const sha = await land(team);
    await card(team, sha, ['passed staging'], ready);
    await type(DAVE, 'lock shop Moving the database, `hands off` <!here>');
    await card(
      team,
      sha,
      ['passed staging', 'locked by dave: Moving the database', 'since'],
      ['Why not?', 'What ships'],
    );
    await team.told(DAVE, 'shop is locked', 'until its owner or a deployer removes it');
    await type(ALICE, `deploy shop ${short(sha)}`);
    await team.told(ALICE, 'shop is locked by dave', '/release unlock shop');
    await type(BOB, 'unlock shop');
    await team.told(BOB, 'not a deployer');
    await type(ALICE, 'unlock shop');
    await card(team, sha, ['passed staging'], ready);
    await type(ALICE, 'unlock shop');
    await team.told(ALICE, 'shop is not locked');
    expect(await refusals(team)).toEqual([`${ALICE}: locked`, `${BOB}: not a deployer`, `${ALICE}: not locked`]);
  });

  test('with a duration ends by itself, and the queued deployment starts with a card that says why it waited', async () => {
    await open('', true);
    const { run, second } = await oneBehindTheOther(team);
    await type(ALICE, 'lock shop for 2h Fair in town');
    await until(
      'locked',
      async () => (await team.rows('select 1 from services where lock_by is not null')).length === 1,
    );
    await team.github.completeRun(run, { conclusion: 'success' });
    await card(team, second, ['queued', 'Waiting since', 'locked by alice: Fair in town'], ['Withdraw']);
    await quiet(team);
    expect(team.production()).toHaveLength(1);
    await team.moveClock(2 * 3_600_000 + 1_000);
    await stands(team, second, 'deploying', 30_000);
    await card(team, second, ['deploying', 'It waited from', 'Fair in town'], ['Cancel']);
    // What was queued goes on from the moment on; the clock writes it down within the next second.
    const expired = () => team.rows("select kind from ledger where kind = 'lock expired'");
    await until('the ledger says that it is over', async () => (await expired()).length > 0);
    expect(await expired()).toHaveLength(1);
  });

  test('can be taken over, which is announced in the thread of the newest card', async () => {
    await open();
    const sha = await land(team);
    const on = await card(team, sha, ['passed staging'], ready);
    await type(DAVE, 'lock shop Mine');
    await card(team, sha, ['locked by dave'], ['Why not?', 'What ships']);
    await type(ALICE, 'lock shop Mine now');
    await card(team, sha, ['locked by alice: Mine now'], ['Why not?', 'What ships']);
    const said = await until('a word in the thread', () => team.slack.thread(on.channel, on.ts)[1]);
    expect(JSON.stringify(said)).toContain('alice took over the lock of');
    await team.told(ALICE, 'taken over from dave');
    // A change that is still in staging has no card yet: it is said in the thread of the newest that has one.
    await team.github.push('acme/shop', {
      title: 'Still in staging',
      author: { login: 'bo', name: 'Bo', email: 'b@x.test' },
    });
    await until('it is known', async () => (await team.rows('select 1 from changes')).length === 2);
    await type(DAVE, 'lock shop Mine again');
    await until('another word', () => team.slack.thread(on.channel, on.ts)[2]);
  });

  test('reminds its owner after a day', async () => {
    await open('', true);
    await land(team);
    await type(DAVE, 'lock shop Forgotten');
    await team.told(DAVE, 'shop is locked');
    await team.moveClock(25 * 3_600_000);
    await until('a nudge', () => team.slack.dms(DAVE).length === 1);
    expect(JSON.stringify(team.slack.dms(DAVE))).toContain('Your lock on');
  });

  test('is not set by a mistyped command, which is answered with what is wrong', async () => {
    await open();
    await land(team);
    for (const [text, ...words] of [
      ['lock', 'needs the name of a service'],
      ['lock shop', 'needs a reason'],
      ['lock shop for 2 Fair', '2 is not a duration'],
      ['lock shop for 2h', 'needs a reason'],
      ['lock shp Fair', 'Did you mean shop?'],
      ['unlock shop now', 'now is more than'],
      ['stop', 'needs a reason'],
      ['hold 1234567 Bad', 'no change', '1234567'],
      ['hold', 'is not a SHA'],
      ['deploy shop 1234567 --override', 'needs a reason'],
    ] as const) {
      await type(ALICE, text);
      await team.told(ALICE, ...words);
    }
    expect(await team.rows('select lock_by from services')).toEqual([{ lock_by: null }]);
    const reason = 'x'.repeat(5_000);
    await type(ALICE, `lock shop ${reason}`);
    await team.told(ALICE, 'shop is locked');
    expect(await team.rows('select lock_reason from services')).toEqual([{ lock_reason: reason }]);
    await type(ALICE, 'unlock shop');
    await type(ALICE, `stop ${reason}`);
    await team.told(ALICE, 'Everything is stopped');
    await type(ALICE, 'resume');
    const [change] = await team.rows<{ sha: string }>('select sha from changes');
    await type(ALICE, `hold ${short(change?.sha ?? '')} ${reason}`);
    await team.told(ALICE, 'marked bad');
    expect(await team.rows('select hold_reason from changes')).toEqual([{ hold_reason: reason }]);
    await card(team, change?.sha ?? '', ['marked bad by alice', 'xxx…'], ['Why not?', 'What ships']);
  });
});

test('stop blocks every service but not a running deployment, and resume brings the buttons back', async () => {
  await open();
  const first = await land(team);
  const run = await start(team, ALICE, first);
  await type(BOB, 'stop Fire');
  await team.told(BOB, 'not a deployer of any service');
  await type(DAVE, 'stop Fire');
  await team.told(DAVE, 'Everything is stopped: Fire');
  const second = await land(team, 'Add a till');
  await card(team, second, ['everything is stopped by dave: Fire'], ['Why not?', 'What ships']);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, first, ['failed in production', 'Everything is stopped by dave'], []);
  await type(ALICE, `deploy shop ${short(second)}`);
  await team.told(ALICE, 'Everything is stopped by dave: Fire', '/release resume');
  await type(ALICE, 'resume');
  await card(team, second, ['passed staging'], ready);
  await card(team, first, ['failed in production'], ['Retry']);
  expect(team.production()).toHaveLength(1);
});

test('a deployment queued during a stop starts by itself after resume, and its card says why it waited', async () => {
  await open();
  const { run, second } = await oneBehindTheOther(team);
  await type(DAVE, 'stop Fire');
  await team.told(DAVE, 'Everything is stopped: Fire');
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, second, ['Waiting since', 'stopped by dave: Fire'], ['Withdraw']);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await type(ALICE, 'resume');
  await stands(team, second, 'deploying');
  await card(team, second, ['deploying', 'It waited from', 'stopped by dave: Fire'], ['Cancel']);
});

test('a change marked bad cannot be deployed and leaves the queue, until it is resumed', async () => {
  await open();
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Lose orders');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  await type(ALICE, `hold ${short(second)} It loses orders`);
  await stands(team, second, 'rejected');
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('It loses orders'));
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, second, ['marked bad by alice', 'It loses orders'], ['Why not?', 'What ships']);
  await type(DAVE, `deploy shop ${short(second)}`);
  await team.told(DAVE, 'marked bad by alice', `/release resume ${short(second)}`);
  await type(DAVE, `resume ${short(second)}`);
  await card(team, second, ['passed staging'], ready);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
});

describe('break glass', () => {
  const rules = '    override: [U0BOB]\n    approvals: { required: 1, from: [U0DAVE, U0BOB] }';

  test('is only for people in override, passes approvals and gates, is announced, and somebody else signs it off', async () => {
    await open(rules);
    const sha = await land(team);
    await type(DAVE, 'lock shop Fair in town');
    await card(team, sha, ['locked by dave'], ['Why not?', 'What ships']);
    await type(ALICE, `deploy shop ${short(sha)} --override Shop is down`);
    await team.told(ALICE, 'You may not break the glass for shop', 'bob');
    await type(BOB, `deploy shop ${short(sha)} --override Shop is down`);
    const row = await stands(team, sha, 'deploying');
    await card(team, sha, ['deploying', 'Break glass by bob: Shop is down', 'must sign it off'], ['Cancel']);
    const announced = await until('an announcement', () =>
      team.cards().find((one) => one.words.includes('Break glass: shop') && one.buttons.includes('Sign off')),
    );
    const signOff = (user: string) =>
      team.slack.click({ user, channel: announced.channel, ts: announced.ts, button: 'Sign off' });
    await signOff(BOB);
    await team.told(BOB, 'your own request');
    await signOff(ALICE);
    await team.told(ALICE, 'not an approver');
    await signOff(DAVE);
    await until('it says who signed off', () =>
      team
        .cards()
        .some((one) => one.ts === announced.ts && one.words.includes('Signed off by dave') && one.buttons.length === 0),
    );
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    await card(team, sha, ['live', 'signed off by dave'], []);
    await until('it says how it went', () => {
      const now = team.cards().find((one) => one.ts === announced.ts)?.words ?? '';
      if (!now.includes('Status: live')) throw new Error(now);
      return true;
    });
    expect(await team.rows("select actor, reason from ledger where kind = 'break glass'")).toEqual([
      { actor: BOB, reason: 'Shop is down' },
    ]);
    expect(team.cards().filter((one) => one.words.includes('Break glass: shop'))).toHaveLength(1);
  });

  test('replaces a deployment of the same change that waits for approval', async () => {
    await open(rules);
    const sha = await land(team);
    await press(team, ALICE, sha, 'Deploy');
    await card(team, sha, ['waiting for approval'], ['Approve', 'Reject', 'Withdraw']);
    await type(BOB, 'deploy shop --override');
    await team.told(BOB, 'needs a reason');
    // Without a SHA it is the newest that passed.
    // A phone writes a dash for the two hyphens.
    await type(BOB, 'deploy shop \u2014override Shop is down');
    await stands(team, sha, 'deploying');
    expect((await deploymentsOf(team, sha)).map((one) => one.status)).toEqual(['withdrawn', 'deploying']);
    expect(await team.rows("select reason from ledger where kind = 'break glass'")).toEqual([
      { reason: 'Shop is down' },
    ]);
    expect(team.production()).toHaveLength(1);
  });
});

test('more changes than max_changes need a second press that confirms their number', async () => {
  await open('    max_changes: 2');
  const first = await land(team);
  await release(team, first);
  for (const title of ['One', 'Two']) await land(team, title);
  const newest = await land(team, 'Three');
  await press(team, ALICE, newest, 'Deploy');
  const asked = await team.told(ALICE, 'would ship 3 changes at once, more than the 2');
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await team.slack.click({ user: ALICE, channel: SHOP, ts: asked.ts, button: 'Deploy all of them' });
  await stands(team, newest, 'deploying');
  expect(await team.rows('select confirmed_changes from deployments order by id desc limit 1')).toEqual([
    { confirmed_changes: 3 },
  ]);
});

test('a newer request can replace an older queued one, whose requester is told', async () => {
  await open();
  const { first, run, second } = await oneBehindTheOther(team);
  const third = await land(team, 'Add a basket');
  await press(team, ALICE, third, 'Deploy');
  const offer = await team.told(ALICE, 'Older deployments are queued before it', 'Replace');
  await card(team, third, ['queued', 'place 3'], ['Withdraw']);
  await team.slack.click({ user: ALICE, channel: SHOP, ts: offer.ts, button: 'Replace' });
  await stands(team, second, 'withdrawn');
  await card(team, third, ['queued', 'place 2'], ['Withdraw']);
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('not before it'));
  await team.github.completeRun(run, { conclusion: 'success' });
  const row = await stands(team, third, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, second, ['superseded by', 'withdrawn by alice: replaced by'], []);
  expect(team.production().map((one) => one.inputs.sha)).toEqual([first, third]);
});
