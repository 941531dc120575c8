import type { Diff, HistoryEntry, LedgerLine, ServiceStatus } from '../../src/core/report.js';
import { onOnePage } from '../../src/slack/service-page.js';
import { diffMessage } from '../../src/slack/views/diff.js';
import { historyMessage, ledgerMessage } from '../../src/slack/views/history.js';
import { statusMessage } from '../../src/slack/views/status.js';
import { whatShipsLoading, whatShipsView } from '../../src/slack/views/what-ships.js';
import {
  commit,
  deployment,
  ended,
  minutesAgo,
  names,
  newer,
  outsideRun,
  shaOf,
  ships,
  staging,
  status,
} from './given.js';
import { expectFit, expectModalFits, objectsIn, seen } from './reading.js';

const timezone = 'Europe/Berlin';
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const shownAll = (statuses: readonly ServiceStatus[]) => statusMessage(onOnePage({ statuses, names }), timezone);

test('status says what is live, runs, is queued, waits, and ran outside', () => {
  const message = shownAll([status()]);
  expectFit(message);
  const drawn = seen(message.blocks);
  expect(drawn).toContain('shop ·  live aaaaaaa “Add prices” · by Alice since 2026-11-23 08:00 UTC');
  expect(drawn).toContain('deploying bbbbbbb “Newer title” · run · requested by Alice');
  expect(drawn).toContain('queued, place 2: ccccccc');
  expect(drawn).toContain('waiting for Deploy: ddddddd');
  expect(drawn).toContain('run outside Pushbutton by octo-eve');
  expect(message.text).toBe('shop live aaaaaaa · deploying bbbbbbb · 1 queued · ddddddd is waiting · 1 run outside.');
});

test('status says what waits for approval, which gates are shut, and that continuous deployment is paused', () => {
  const shut = status({
    asks: [{ deployment: deployment('waiting', { sha: shaOf('e') }), change: { ...newer, id: 5, sha: shaOf('e') } }],
    gates: [
      { gate: 'locked', by: 'U0BOB', reason: 'Fair in town', since: minutesAgo(30), until: null },
      { gate: 'frozen', reason: 'Friday', since: minutesAgo(5), until: minutesAgo(-60) },
    ],
    pause: { by: 'pushbutton', why: 'failed', since: minutesAgo(3), deploymentId: 5 },
  });
  const message = shownAll([shut]);
  expectFit(message);
  const drawn = seen(message.blocks);
  expect(drawn).toContain('waiting for approval: eeeeeee “Newer title” · requested by Alice');
  expect(drawn).toContain('locked by Bob: Fair in town, since 2026-11-23 08:30 UTC');
  expect(drawn).toContain('frozen: Friday, until 2026-11-23 10:00 UTC');
  expect(drawn).toContain('continuous deployment is paused: its last deployment failed');
  expect(message.text).toContain('1 waiting for approval · ddddddd is waiting · locked · frozen · paused');
});

test('status of nothing, and of what is not known', () => {
  const rest = { active: null, queue: [], waiting: null, outside: [] };
  expect(seen(shownAll([status({ ...rest, live: { is: 'nothing' } })]).blocks)).toContain('nothing live yet');
  const unknown = shownAll([status({ ...rest, live: { is: 'outside', run: outsideRun(), before: ended('live') } })]);
  expectFit(unknown);
  expect(seen(unknown.blocks)).toContain('what is live is not known: a run outside Pushbutton started');
  expectFit(shownAll([]));
});

test('many services lose their titles before anything that goes on is left out', () => {
  const drawn = seen(shownAll(many(30, (index) => status({ service: `service-${index}` }))).blocks);
  expect(drawn.match(/live aaaaaaa.*deploying bbbbbbb · 1 queued · ddddddd is waiting · 1 run outside/g)).toHaveLength(
    30,
  );
});

test.each([1, 45, 46, 200])('status of %d busy services fits, and names every one', (count) => {
  const services = many(count, (index) => status({ service: `service-${index}` }));
  const message = shownAll(services);
  expectFit(message);
  for (const { service } of services) expect(seen(message.blocks)).toContain(service);
});

test('history names each deployment, its end and its reason', () => {
  const entries: HistoryEntry[] = [
    { deployment: ended('cancelled', { cancelBy: 'U0BOB' }), change: newer },
    { deployment: ended('failed', { reason: 'No ref found for: my_branch' }), change: newer },
  ];
  const message = historyMessage('shop', 'acme/shop', entries, names, timezone);
  expectFit(message);
  expect(seen(message.blocks)).toContain(
    'cancelled bbbbbbb “Newer title” · deploy by Alice, 2026-11-23 08:54 UTC · cancel requested by Bob',
  );
  expect(seen(message.blocks)).toContain('No ref found for: my_branch');
  expect(historyMessage('shop', 'acme/shop', [], names, timezone).text).toContain('no deployments yet');
  expectFit(
    historyMessage(
      'shop',
      'acme/shop',
      many(200, () => entries[0] as HistoryEntry),
      names,
      timezone,
    ),
  );
});

const changed = { ...newer, staging: staging() };
const ledgerLine = (seq: number): LedgerLine => ({
  seq,
  at: minutesAgo(9),
  actor: 'U0ALICE',
  kind: 'requested',
  reason: null,
  sha: shaOf('b'),
  detail: {},
});

test('a line of the ledger names who else is in it, and the numbers that it was decided by', () => {
  const detail = { run_id: 77, asked: 'deploy', locked_by: 'U0BOB', approvals_required: 2, counted_from: null };
  const message = ledgerMessage('shop', 'acme/shop', changed, [{ ...ledgerLine(7), detail }], 0, names, timezone);
  expectFit(message);
  expect(seen(message.blocks)).toContain(
    'requested bbbbbbb · run 77 · asked: deploy, locked by: Bob, approvals required: 2',
  );
  expect(JSON.stringify(message.blocks)).toContain('https://github.com/acme/shop/actions/runs/77');
});

test('several people in one value are named each', () => {
  const detail = { approved_by: 'U0ALICE U0BOB', reason: 'locked by a stranger' };
  const message = ledgerMessage('shop', 'acme/shop', changed, [{ ...ledgerLine(7), detail }], 0, names, timezone);
  expect(seen(message.blocks)).toContain('approved by: Alice and Bob, reason: locked by a stranger');
});

test('the ledger of a commit keeps its newest lines when it is long', () => {
  const short = ledgerMessage('shop', 'acme/shop', changed, [ledgerLine(1), ledgerLine(2)], 0, names, timezone);
  expectFit(short);
  expect(seen(short.blocks)).toMatch(/#1 .*requested bbbbbbb\n#2 /);
  const long = ledgerMessage('shop', 'acme/shop', changed, many(500, ledgerLine), 0, names, timezone);
  expectFit(long);
  expect(seen(long.blocks)).toContain('#499 ');
  expect(seen(long.blocks)).toContain('older lines are in the ledger');
  const unread = ledgerMessage('shop', 'acme/shop', changed, [ledgerLine(9)], 8, names, timezone);
  expect(seen(unread.blocks)).toContain('9 lines of the ledger');
  expect(seen(unread.blocks)).toContain('8 older lines are in the ledger');
});

const diff = (given: Partial<Diff> = {}): Diff => ({
  service: 'shop',
  repository: 'acme/shop',
  to: newer,
  ships: ships(),
  url: 'https://github.com/acme/shop/compare/9...b',
  ...given,
});

test('a diff lists the newest thirty, newest first, and says how many more', () => {
  const commits = many(250, (index) => commit('1', 'bo', { title: `Change ${index}` }));
  const message = diffMessage(diff({ ships: ships({ count: 400, commits }) }));
  expectFit(message);
  expect(seen(message.blocks)).toMatch(/Change 249 · bo · #11\n1111111 Change 248/);
  expect(seen(message.blocks)).toMatch(
    /400 changes would ship, by bo and possibly others, on top of 9999999 · 1 pull request[\s\S]*and 3\d\d more\nCompare on GitHub/,
  );
});

test.each([
  diff(),
  diff({ ships: null }),
  diff({ ships: ships({ count: 1, from: null }) }),
  diff({ ships: ships({ count: 0, commits: [] }) }),
])('What ships and diff draw whatever could be counted', (given) => {
  expectFit(diffMessage(given));
  expectModalFits(whatShipsView(given));
});

test('What ships says so while it is loading, and when it could not be counted', () => {
  expectModalFits(whatShipsLoading('shop', newer));
  expect(seen(whatShipsView(diff({ ships: null })).blocks)).toContain(
    'GitHub has not said how many changes would ship',
  );
  const requests = objectsIn(whatShipsView(diff()).blocks).map((one) => one.url);
  expect(requests).toContain('https://github.com/acme/shop/pull/11');
});

test('what others wrote at length fits in What ships too', () => {
  const wide = '<!channel>'.repeat(500);
  const commits = many(250, () => commit('1', wide, { title: wide, url: `https://github.com/${'x'.repeat(500)}` }));
  const given = diff({
    service: wide,
    to: { ...newer, title: wide },
    ships: ships({ count: 4_000, commits }),
    url: wide,
  });
  expectFit(diffMessage(given));
  expectModalFits(whatShipsView(given));
});
