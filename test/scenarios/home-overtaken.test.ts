import { plainText } from '../../sandbox/slack/reading.js';
import { homeSays, openHome, pressAtHome } from '../support/home.js';
import { land, quiet, short } from '../support/releases.js';
import { anotherService, BOB, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A Home tab that is drawn twice at once: the newer one stays, and nobody is taken to another page. */

let team: Team;
afterEach(() => team.stop());

const published = () => team.slack.calls('views.publish');
const outcomes = () => published().map((call) => call.outcome);
/** The publications that replace whatever is there. */
const blind = () => published().filter((call) => call.args.hash === undefined);

/** More than a page shows. */
const services = Array.from({ length: 120 }, (_, n) => anotherService(`service-${n}`, 'C0RELEASES')).join('');

test('two openings at once: the later page stays, whichever is faster', async () => {
  team = await startTeam();
  await openHome(team, BOB);
  // Nothing but the openings draws it.
  await team.rows('delete from home_viewers');
  await land(team, 'Add prices');
  // Both events carry the hash of the page as it was: the second to publish meets the conflict.
  await Promise.all([team.slack.openHome({ user: BOB }), team.slack.openHome({ user: BOB })]);
  const outcomes = () => published().map((call) => call.outcome);
  await until('all are answered', () => outcomes().length === 4 && !outcomes().includes('under way'));
  expect(outcomes()).toEqual(['ok', 'ok', 'hash_conflict', 'ok']);
  expect(plainText(team.slack.home(BOB)?.definition ?? {})).toContain('Add prices');
  expect(team.logged.filter((line) => line.includes('Home tab'))).toEqual([]);
});

test('an update that comes in between is drawn over only once it is known what it drew', async () => {
  team = await startTeam();
  await openHome(team, BOB);
  const before = blind().length;
  // As if another replica had drawn it, and had not yet noted that.
  team.slack.fail('views.publish', { kind: 'error', error: 'hash_conflict' }, 1);
  const first = await land(team);
  await homeSays(team, BOB, `waiting for Deploy: ${short(first)}`);
  // The same for a person who presses Refresh: it is drawn by the next update.
  await quiet(team);
  team.slack.fail('views.publish', { kind: 'error', error: 'hash_conflict' }, 1);
  await team.rows("update home_viewers set drawn = 'something else'");
  const hash = team.slack.home(BOB)?.hash;
  await pressAtHome(team, BOB, 'Refresh');
  await until('it is drawn', () => team.slack.home(BOB)?.hash !== hash);
  expect(outcomes().filter((outcome) => outcome === 'hash_conflict')).toHaveLength(2);
  expect(blind()).toHaveLength(before);
});

test('who turns the page twice sees the page that was asked for last, whichever is drawn first', async () => {
  team = await startTeam({ config: configOf({ services }) });
  await openHome(team, BOB);
  const before = blind().length;
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  // The first is carried out after the second.
  team.slack.fail('views.publish', { kind: 'held', until: held, late: true }, 1);
  const calls = published().length;
  await pressAtHome(team, BOB, 'Next');
  await until('the first is on its way', () => published().length === calls + 1);
  await pressAtHome(team, BOB, 'Refresh');
  const there = await until('the second is drawn', () =>
    published().length === calls + 2 ? team.slack.home(BOB)?.hash : null,
  );
  go();
  await until('the first is refused', () => outcomes().includes('hash_conflict'));
  await quiet(team);
  expect(team.slack.home(BOB)?.hash).toBe(there);
  expect(blind()).toHaveLength(before);
});

test('a page that was drawn by a replica that died before it noted that is drawn once more, and follows as before', async () => {
  team = await startTeam();
  await openHome(team, BOB);
  const hash = team.slack.home(BOB)?.hash;
  await team.rows("update home_viewers set hash = 'another'");
  const first = await land(team);
  await homeSays(team, BOB, `waiting for Deploy: ${short(first)}`);
  expect(team.slack.home(BOB)?.hash).not.toBe(hash);
  const second = await land(team, 'Add a basket');
  await homeSays(team, BOB, `waiting for Deploy: ${short(second)}`);
  // Twice, so that one who is about to note it can.
  expect(outcomes().filter((outcome) => outcome === 'hash_conflict')).toHaveLength(2);
});
