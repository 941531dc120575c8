import { plainText } from '../../sandbox/slack/reading.js';
import {
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  refusals,
  release,
  short,
  stands,
  start,
} from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, GUS, SAM, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const SITE = `
  - name: site
    repository: acme/site
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0BOB]
`;

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: configOf({ services: SITE }) });
});
afterEach(() => team.stop());

/** Types a line and gives the answer, which its author alone must see. */
async function ask(user: string, text: string) {
  const before = team.slack.ephemerals(user).length;
  const others = [ALICE, BOB, DAVE, GUS, SAM].filter((one) => one !== user);
  const seen = () => others.map((one) => team.slack.ephemerals(one).length);
  const seenBefore = seen();
  const sent = await team.slack.command({ user, channel: SHOP, text });
  expect([sent.status, sent.body, sent.failedWith]).toEqual([200, '', undefined]);
  const answer = await until(`an answer to ${text}`, () => team.slack.ephemerals(user)[before]);
  expect(seen()).toEqual(seenBefore);
  return { ...answer, words: plainText(answer) };
}
const say = async (user: string, text: string) => (await ask(user, text)).words;

test('status shows what is live, by whom and since when, and what is running, waiting or queued, for one service or all', async () => {
  expect(await say(BOB, 'status')).toMatch(/shop.*nothing.*live[\s\S]*site.*nothing.*live/);
  const first = await land(team, 'Add prices');
  await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  expect(await say(BOB, 'status shop')).toContain(short(first));
  await release(team, first);
  const live = await say(BOB, 'STATUS Shop');
  expect(live).toMatch(new RegExp(`live ${short(first)}.*Add prices.*by alice since`));
  expect(live).not.toContain('site');

  const second = await land(team, 'Add a basket');
  const run = await start(team, ALICE, second);
  const third = await land(team, 'Add a till');
  await press(team, DAVE, third, 'Deploy');
  await until('queued', async () => (await deploymentsOf(team, third))[0]?.status === 'queued');
  const busy = await say(BOB, 'status shop');
  expect(busy).toMatch(new RegExp(`deploying ${short(second)}`));
  expect(busy).toMatch(new RegExp(`queued, place 2: ${short(third)}.*dave`));
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, second, 'live');
  // GitHub's times are whole seconds: what starts within the same second cannot be told from what came before.
  await team.rows("update services set live_since = live_since - interval '5 seconds'");
  const outside = await team.github.dispatchOutside('acme/shop', 'production.yml', {
    actor: 'octo-eve',
    inputs: { sha: first, deploy_id: 'by-hand', requested_by: 'eve' },
  });
  await team.github.startRun(outside.id);
  await until('the run outside is known', async () => (await team.rows('select 1 from outside_runs')).length > 0);
  expect(await say(BOB, 'status shop')).toMatch(/outside Pushbutton[\s\S]*octo-eve/);
});

test('history lists the last deployments, newest first, and with a SHA everything on the ledger about it', async () => {
  expect(await say(BOB, 'history shop')).toContain('no deployments yet');
  const first = await land(team, 'Add prices');
  await release(team, first);
  const second = await land(team, 'Add a basket');
  await team.github.completeRun(await start(team, DAVE, second), { conclusion: 'failure' });
  await stands(team, second, 'failed');
  const history = await say(BOB, 'history shop');
  expect(history.indexOf(short(second))).toBeGreaterThan(-1);
  expect(history.indexOf(short(first))).toBeGreaterThan(history.indexOf(short(second)));
  expect(history).toMatch(/failed in production[\s\S]*dave[\s\S]*live[\s\S]*alice/);

  const ledger = await say(BOB, `history shop ${second.slice(0, 12)}`);
  const order = ['staging passed', 'requested', 'dispatching', 'deploying', 'failed'].map((kind) =>
    ledger.indexOf(kind),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
  // Of another commit it says no more than what it was compared with.
  expect(ledger.split(short(first))).toHaveLength(2);
  expect(ledger).toContain(`live: ${short(first)}`);
});

test('diff shows what the newest change that passed would ship', async () => {
  expect(await say(BOB, 'diff shop')).toContain('no change that passed staging');
  const first = await land(team, 'Add prices');
  await card(team, first, ['first deployment'], ['Deploy', 'What ships']);
  expect(await say(BOB, 'diff shop')).toMatch(new RegExp(`${short(first)}[\\s\\S]*first deployment`));
  await release(team, first);
  await land(team, 'Add a basket');
  const third = await land(team, 'Add a till');
  await card(team, third, ['2 changes would ship'], ['Deploy', 'What ships']);
  const diff = await ask(BOB, 'diff shop');
  expect(diff.words).toMatch(/2 changes would ship, by octocat[\s\S]*Add a till[\s\S]*Add a basket/);
  expect(JSON.stringify(diff.blocks)).toContain(`/acme/shop/compare/${first}...${third}`);
});

test('a commit that GitHub briefly does not know is compared again', async () => {
  await release(team, await land(team, 'Add prices'));
  const gone = { kind: 'status', status: 404, body: { message: 'Not Found' } } as const;
  const heal = team.github.fail('GET /repos/:owner/:repo/compare/:basehead', gone, Number.POSITIVE_INFINITY);
  const second = await land(team, 'Add a basket');
  await card(team, second, ['passed staging'], ['Deploy', 'What ships']);
  heal();
  expect(await say(BOB, 'diff shop')).toContain('1 change would ship');
  await release(team, second);
});

test('deploy without a SHA asks about the newest change, and its Deploy button works', async () => {
  expect(await say(ALICE, 'deploy shop')).toContain('no change that passed staging');
  const first = await land(team, 'Add prices');
  await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  const question = await ask(ALICE, 'deploy shop');
  expect(question.words).toMatch(new RegExp(`shop ${short(first)}.*Add prices`));
  expect(await counts(team, 'deployments')).toEqual([0]);
  const { channel, ts } = question;
  const pressed = await team.slack.click({ user: ALICE, channel, ts, button: 'Deploy' });
  expect(pressed.confirm?.text).toMatch(new RegExp(`shop.*${short(first)}.*1 change`));
  const { run_id } = await stands(team, first, 'deploying');
  expect(await say(ALICE, 'deploy shop')).toMatch(/deploying[\s\S]*alice/);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  expect(await say(ALICE, 'deploy shop')).toMatch(/live since.*alice/);
  expect(team.production()).toHaveLength(1);
  // The question was for one person: no second card came of it.
  expect(team.cards()).toHaveLength(1);
});

test.each([7, 12, 40])('deploy with %i digits of a SHA acts at once, and says so', async (digits) => {
  const first = await land(team, 'Add prices');
  await land(team, 'Add a basket');
  const typed = first.slice(0, digits).toUpperCase();
  expect(await say(ALICE, `deploy shop ${typed}`)).toMatch(new RegExp(`shop ${short(first)}[\\s\\S]*recorded`));
  await stands(team, first, 'deploying');
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
});

test('a refused command is answered privately, is on the ledger and starts nothing', async () => {
  const first = await land(team, 'Add prices');
  expect(await say(BOB, `deploy shop ${short(first)}`)).toMatch(/not a deployer of shop/);
  expect(await say(BOB, 'rollback shop')).toContain('not a deployer');
  expect(await say(GUS, `deploy shop ${short(first)}`)).toContain('guest');
  expect(await say(ALICE, 'rollback shop')).toContain('nothing to roll back to');
  expect(await refusals(team)).toEqual([
    `${BOB}: not a deployer`,
    `${BOB}: not a deployer`,
    `${GUS}: not a full member`,
    `${ALICE}: nothing to roll back to`,
  ]);
  expect(await counts(team, 'deployments')).toEqual([0]);
});

test('rollback deploys at once what was live before', async () => {
  const first = await land(team, 'Add prices');
  await release(team, first);
  const second = await land(team, 'Add a basket');
  await release(team, second);
  expect(await say(DAVE, 'rollback shop')).toMatch(new RegExp(`Rollback to shop ${short(first)}[\\s\\S]*recorded`));
  await until('the roll back runs', async () => (await deploymentsOf(team, first)).at(-1)?.status === 'deploying');
  const [, back] = await deploymentsOf(team, first);
  expect(back).toMatchObject({ kind: 'roll back', requested_by: DAVE });
  await team.github.completeRun(Number(back?.run_id), { conclusion: 'success' });
  await card(team, first, ['live'], []);
});

test('digest and help answer only the person who asks', async () => {
  const first = await land(team, 'Add prices');
  await release(team, first);
  const digest = await say(BOB, 'digest');
  expect(digest).toMatch(/digest/);
  expect(digest).toMatch(new RegExp(`shop[\\s\\S]*${short(first)}`));
  for (const typed of ['help', '', 'HELP me please']) {
    const help = await say(BOB, typed);
    for (const word of ['status', 'deploy SERVICE', 'rollback', 'history', 'diff', 'digest'])
      expect(help).toContain(word);
  }
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test.each<[string, RegExp]>([
  ['staus', /staus.*status[\s\S]*\/release status \[SERVICE\]/],
  ['xyzzyplugh', /no command xyzzyplugh\.[\s\S]*\/release help/],
  ['status shpo', /no service shpo.*shop[\s\S]*\/release status/],
  ['deploy shp', /no service shp.*shop[\s\S]*\/release deploy SERVICE \[SHA\]/],
  ['deploy', /needs the name of a service[\s\S]*\/release deploy/],
  ['rollback', /needs the name of a service[\s\S]*\/release rollback/],
  ['history', /needs the name of a service[\s\S]*\/release history/],
  ['diff completely-else', /no service completely-else\.[\s\S]*\/release diff/],
  ['deploy shop abc12', /abc12 is not a SHA of 7 to 40 hex digits[\s\S]*\/release deploy/],
  ['deploy shop zzzzzzz', /zzzzzzz is not a SHA/],
  ['deploy shop 0000000', /shop has no change 0000000/],
  [`history shop ${'0'.repeat(41)}`, /is not a SHA/],
  ['deploy shop 1234567 now', /now is more than deploy accepts/],
  ['deploy <!channel> 1234567', /no service <!channel>/],
])('%j is answered with the nearest match and the usage', async (typed, answer) => {
  expect(await say(BOB, typed)).toMatch(answer);
  expect(await counts(team, 'inbox', 'deployments')).toEqual([0, 0]);
});

test('a service and a SHA that were copied out of Slack or GitHub are read as meant', async () => {
  const sha = await land(team, 'Add prices');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  for (const word of ['`shop`', '*shop*', '_shop_', '\u201cshop\u201d', '#shop', '<#C0SHOP|shop>'])
    expect(await say(BOB, `status ${word}`)).toMatch(/^shop/);
  const address = `https://github.com/acme/shop/commit/${sha}`;
  for (const word of [`\`${short(sha)}\``, address, `<${address}|${short(sha)}>`])
    expect(await say(BOB, `history shop ${word}`)).toContain('Add prices');
  await say(ALICE, `deploy *shop* ${address}`);
  await stands(team, sha, 'deploying');
});

test('a SHA with one wrong digit is answered with the nearest match, and an ambiguous one with both matches', async () => {
  const first = await land(team, 'Add prices');
  await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  const wrong = `${first.slice(0, 6)}${first[6] === '0' ? '1' : '0'}`;
  expect(await say(ALICE, `deploy shop ${wrong}`)).toMatch(new RegExp(`nearest is ${short(first)}.*Add prices`));
  await team.rows(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
       staging_started_at, title, author)
     select 'shop', 'abcdef1' || repeat(n::text, 33), 10 + n, 'passed', n, 1, 'https://github.test', now(), 'Twin ' || n, 'o'
     from generate_series(1, 2) n`,
  );
  expect(await say(ALICE, 'deploy shop abcdef1')).toMatch(/matches several[\s\S]*Twin 2[\s\S]*Twin 1/);
  expect(await counts(team, 'deployments')).toEqual([0]);
});

test('guests and strangers get no command answered and see nothing of the services', async () => {
  await land(team, 'Secret title');
  for (const [user, why] of [
    [GUS, 'guest'],
    [SAM, 'another'],
  ] as const) {
    for (const text of [
      'status',
      'status shop',
      'history shop',
      'diff shop',
      'deploy shop',
      'digest',
      'help',
      'nonsense',
    ]) {
      const words = await say(user, text);
      expect(words).toContain(why);
      expect(words).not.toMatch(/Secret|shop/);
    }
  }
});
