import type { Fault } from '../../sandbox/github/faults.js';
import { polledOnce, withheld } from '../support/deliveries.js';
import { AUTHOR, card, dispatches, land, press, quiet, stands, start, told } from '../support/releases.js';
import {
  ALICE,
  anotherService,
  BOB,
  configOf,
  PRODUCTION,
  SHOP,
  STAGING,
  startTeam,
  type Team,
} from '../support/team.js';
import { until } from '../support/until.js';

/** A limit of GitHub's is met once: until it is over, nothing asks about any repository of its owner. */

const BASKET = anotherService('basket', SHOP, 'approvals: { required: 1, from: [U0BOB] }');
const LIMIT_MS = 6_000;
const LIMITED: Fault = { kind: 'rate-limit', limit: 'secondary', retryAfter: LIMIT_MS / 1_000 };
const WAITS = ['queued', "GitHub's rate limit: nothing was started; it will be sent automatically", 'not before'];

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: configOf({ services: BASKET }), replicas: 0 });
  team.github.addRepository({ fullName: 'acme/basket', workflows: [STAGING, PRODUCTION] });
  team.point(await team.start());
  await polledOnce(team);
});
afterEach(() => team.stop());

const landedInBasket = async () =>
  (await team.github.land('acme/basket', { title: 'Add a basket', author: AUTHOR })).sha;
/** A change of the basket that waits for Bob to approve it. */
async function requested(): Promise<string> {
  const sha = await landedInBasket();
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'waiting');
  return sha;
}
const landed = async (): Promise<string> => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  return sha;
};
const calls = (repository: string, route: string) =>
  team.github.calls({ route, path: new RegExp(`^/repos/acme/${repository}/`) });
/** The call that met the limit. */
const met = (repository: string, route: string) =>
  until(`${route} of ${repository} met the limit`, () => calls(repository, route).find(({ status }) => status === 403));

/** A start of the shop meets the limit at its first check. */
async function shopMeetsIt(sha: string): Promise<Date> {
  team.github.fail('GET /repos/acme/shop/compare/:basehead', LIMITED);
  await press(team, ALICE, sha, 'Deploy');
  const { at } = await met('shop', 'compare');
  await card(team, sha, WAITS, ['Withdraw']);
  return at;
}
/** What GitHub was asked since, but for what was on its way when it said so. */
const askedSince = (at: Date) =>
  team.github
    .calls()
    .filter((call) => Number(call.at) > Number(at) + 1_000 && Number(call.at) < Number(at) + LIMIT_MS)
    .map(({ method, path }) => `${method} ${path}`);
const over = (at: Date) => until('the limit is over', () => Date.now() > Number(at) + LIMIT_MS, LIMIT_MS + 5_000);

/** The basket's start has passed its checks after the shop has met the limit: it is answered later. Returns when that was. */
async function checkedTooLate(shop: string, basket: string): Promise<Date> {
  // The watchdog would begin a second start beside the slow one.
  await team.rows("update turns set next_at = now() + interval '1 minute' where name = 'sweep'");
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  team.github.fail('GET /repos/acme/basket/compare/:basehead', { kind: 'held', until: held });
  await press(team, BOB, basket, 'Approve');
  await until('it is checked', () => calls('basket', 'compare').some(({ status }) => status === null));
  const at = await shopMeetsIt(shop);
  answer();
  await until('it has passed its check', () => calls('basket', 'compare').some(({ status }) => status === 200));
  return at;
}
/** Whenever a deployment becomes like this, the database does that first. */
const before = (change: string, act: string) =>
  team.rows(`create function meddle() returns trigger language plpgsql as $$ begin ${act}; return new; end $$;
    create trigger meddle before update on deployments for each row when (${change}) execute function meddle()`);
const ledgerOf = async (sha: string) =>
  (await team.rows<{ kind: string }>('select kind from ledger where sha = $1 order by seq', [sha])).map(
    ({ kind }) => kind,
  );
/** Each repository's start was sent once, and not before the limit was over. */
async function sentOnce(at: Date): Promise<void> {
  await quiet(team);
  expect(askedSince(at)).toEqual([]);
  for (const repository of ['basket', 'shop']) {
    const [sent, ...more] = calls(repository, 'dispatch');
    expect(more).toEqual([]);
    expect(Number(sent?.at) - Number(at)).toBeGreaterThanOrEqual(LIMIT_MS);
    expect(team.github.runs(`acme/${repository}`, 'production.yml')).toHaveLength(1);
  }
}

test('an approved start is not sent while a limit lasts that another repository met; then it goes, once', async () => {
  const shop = await landed();
  const basket = await requested();
  await quiet(team);
  const at = await checkedTooLate(shop, basket);
  await card(team, basket, WAITS, ['Withdraw']);
  expect(dispatches(team)).toEqual([]);
  // Nothing was claimed that was not sent.
  expect((await ledgerOf(basket)).slice(-3)).toEqual(['dispatching', 'not sent', 'waits']);
  await stands(team, basket, 'deploying', 20_000);
  await stands(team, shop, 'deploying', 20_000);
  await sentOnce(at);
});

test('a limit that is met while a start is claimed keeps it back, too', async () => {
  const shop = await landed();
  const basket = await requested();
  await quiet(team);
  await before('old.sent_at is null and new.sent_at is not null', 'perform pg_advisory_xact_lock_shared(7)');
  const holding = await team.pool.connect();
  await holding.query('select pg_advisory_lock(7)');
  await press(team, BOB, basket, 'Approve');
  await stands(team, basket, 'dispatching');
  const at = await shopMeetsIt(shop);
  await holding.query('select pg_advisory_unlock(7)');
  holding.release();
  await team.rows('drop trigger meddle on deployments');
  await card(team, basket, WAITS, ['Withdraw']);
  expect((await ledgerOf(basket)).slice(-2)).toEqual(['dispatching', 'rate limited']);
  await stands(team, basket, 'deploying', 20_000);
  await stands(team, shop, 'deploying', 20_000);
  await sentOnce(at);
});

test('a start that may have been sent is looked up and not sent again, limit or not', async () => {
  const shop = await landed();
  const basket = await requested();
  await quiet(team);
  // As if a replica had claimed it and died.
  await before("new.status = 'dispatching' and old.status = 'queued'", 'new.sent_at = clock_timestamp()');
  const at = await checkedTooLate(shop, basket);
  await card(team, basket, ['unknown, looking it up'], []);
  await team.rows('drop trigger meddle on deployments');
  await until('it is looked up', () => calls('basket', 'workflow-runs').some((call) => call.at > at), 20_000);
  expect(askedSince(at)).toEqual([]);
  expect(calls('basket', 'dispatch')).toEqual([]);
});

test('who wrote what ships is not asked for while it lasts: nobody can approve, and after it everybody', async () => {
  const shop = await landed();
  const basket = await landedInBasket();
  await card(team, basket, ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  const at = await shopMeetsIt(shop);
  await press(team, ALICE, basket, 'Deploy');
  await press(team, BOB, basket, 'Approve');
  await told(team, BOB, 'GitHub did not answer');
  await over(at);
  expect(askedSince(at)).toEqual([]);
  await press(team, BOB, basket, 'Approve');
  await stands(team, basket, 'deploying');
});

test('what a start met keeps others from asking: runs are followed again when it is over', async () => {
  const shop = await landed();
  const run = await start(team, ALICE, shop);
  const basket = await requested();
  await quiet(team);
  team.github.setWebhooks('off');
  team.github.fail('dispatch', LIMITED);
  await press(team, BOB, basket, 'Approve');
  const { at } = await met('basket', 'dispatch');
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, basket, WAITS, ['Withdraw']);
  await stands(team, shop, 'live', 20_000);
  await stands(team, basket, 'deploying', 20_000);
  expect(askedSince(at)).toEqual([]);
  expect(calls('basket', 'dispatch')).toHaveLength(2);
});

test('a start whose answer is lost is not looked up while a limit lasts that another start met, nor given up', async () => {
  const shop = await landed();
  const basket = await requested();
  await quiet(team);
  team.github.setWebhooks('off');
  team.github.listLag({ ms: LIMIT_MS });
  team.github.fail('POST /repos/acme/shop/actions/workflows/:workflow/dispatches', { kind: 'lost' });
  team.github.fail('POST /repos/acme/basket/actions/workflows/:workflow/dispatches', LIMITED);
  await press(team, ALICE, shop, 'Deploy');
  await stands(team, shop, 'unknown');
  await press(team, BOB, basket, 'Approve');
  const { at } = await met('basket', 'dispatch');
  await over(at);
  expect(askedSince(at)).toEqual([]);
  const [{ seconds } = { seconds: null }] = await team.rows<{ seconds: number }>(
    'select answered_seconds as seconds from deployments where sha = $1',
    [shop],
  );
  expect(seconds).toBeLessThan(5);
  await stands(team, shop, 'deploying', 20_000);
  expect(calls('shop', 'dispatch')).toHaveLength(1);
});

test('what the poll met keeps a start waiting', async () => {
  const shop = await landed();
  team.github.fail('GET /repos/acme/basket/actions/runs', LIMITED);
  await team.rows("update repository_polls set next_at = now() where repository = 'acme/basket'");
  const { at } = await met('basket', 'runs');
  await press(team, ALICE, shop, 'Deploy');
  await card(team, shop, WAITS, ['Withdraw']);
  await stands(team, shop, 'deploying', 20_000);
  expect(askedSince(at)).toEqual([]);
  expect(dispatches(team)).toHaveLength(1);
});

test('how the first attempt of a run ended is asked for when it is over', async () => {
  const shop = await landed();
  const run = await start(team, ALICE, shop);
  const basket = await requested();
  await quiet(team);
  team.github.fail('GET /repos/acme/basket/compare/:basehead', LIMITED);
  await press(team, BOB, basket, 'Approve');
  const { at } = await met('basket', 'compare');
  await card(team, basket, WAITS, ['Withdraw']);
  const deliveries = await withheld(team, async () => {
    await team.github.completeRun(run, { conclusion: 'failure' });
    await team.github.rerun(run, { actor: 'mallory' });
    await team.github.startRun(run);
  });
  await team.github.redeliver(deliveries.at(-1)?.guid ?? '');
  await stands(team, shop, 'failed', 20_000);
  expect(askedSince(at)).toEqual([]);
  const asked = calls('shop', 'attempt').map((call) => Number(call.at) - Number(at));
  expect(asked.length).toBeGreaterThan(0);
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(LIMIT_MS);
});
