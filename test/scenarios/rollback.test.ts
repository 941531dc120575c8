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
  told,
  whoWasTold,
} from '../support/releases.js';
import { ALICE, BOB, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

const cardOf = (sha: string) => team.cards().find((one) => one.words.split('\n')[1]?.includes(short(sha)));
const offers = (args: object, button: string) => JSON.stringify(args).includes(button);
const shipped = () => team.production().map((run) => run.inputs.sha);

/** The card of that commit says all this, whatever its buttons. */
const says = (sha: string, ...words: string[]) =>
  until(`the card of ${short(sha)} says ${words.join(', ')}`, () =>
    team
      .cards()
      .find((one) => one.words.split('\n')[1]?.includes(short(sha)) && words.every((word) => one.words.includes(word))),
  );

/** The newest deployment of that commit is a roll back that runs; ends it well. */
async function rolledBackTo(sha: string): Promise<void> {
  const row = await stands(team, sha, 'deploying');
  expect(row.kind).toBe('roll back');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
}

/** That many changes, each released after the other, oldest first. */
async function released(count: number): Promise<string[]> {
  const shas: string[] = [];
  for (const title of ['Add prices', 'Add a basket', 'Add a till'].slice(0, count)) {
    const sha = await land(team, title);
    await release(team, sha);
    shas.push(sha);
  }
  return shas;
}

test('Roll back on the live card deploys what was live before, and both cards show it', async () => {
  const [first = '', second = ''] = await released(2);
  const asked = await press(team, DAVE, second, 'Roll back');
  expect(asked.confirm?.text).toContain(short(first));
  await stands(team, first, 'deploying');
  await card(team, second, ['rolling back', short(first), 'dave'], []);
  await card(team, first, ['deploying', 'dave'], ['Cancel']);
  await rolledBackTo(first);
  await card(team, first, ['live', 'restored by dave'], []);
  await says(second, 'Rolled back to', short(first), 'dave');
  expect(shipped()).toEqual([first, second, first]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([3, 3]);
}, 60_000);

test('/release rollback acts at once and answers only the person who typed it', async () => {
  const [first = '', second = ''] = await released(2);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await told(team, ALICE, short(first), 'Rollback');
  await rolledBackTo(first);
  await says(second, 'Rolled back to', short(first));
  expect(shipped()).toEqual([first, second, first]);
  expect(whoWasTold(team)).toEqual([ALICE]);
}, 60_000);

test('Roll back after a failed deployment deploys what is still live', async () => {
  const [, second = ''] = await released(2);
  const third = await land(team, 'Add a till');
  const run = await start(team, ALICE, third);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, third, ['failed in production', short(second)], ['Retry', 'Roll back']);
  await press(team, ALICE, third, 'Roll back');
  await stands(team, second, 'deploying');
  await card(team, third, ['rolling back', short(second), 'deploying', 'alice'], []);
  await rolledBackTo(second);
  await card(team, second, ['live'], ['Roll back']);
  await card(team, third, ['Rolled back to', short(second)], ['Deploy', 'What ships']);
}, 60_000);

test('a rollback of a rollback leads further back, until nothing is left to roll back to', async () => {
  const [first = '', second = '', third = ''] = await released(3);
  await press(team, ALICE, third, 'Roll back');
  await rolledBackTo(second);
  await says(second, 'live', 'restored by alice');
  await press(team, ALICE, second, 'Roll back');
  await rolledBackTo(first);
  expect(shipped().slice(3)).toEqual([second, first]);
  await card(team, first, ['live'], []);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await told(team, ALICE, 'nothing to roll back to');
}, 60_000);

test('Roll back skips a change marked bad, and never deploys another change than its button named', async () => {
  const [first = '', second = '', third = ''] = await released(3);
  const { channel, ts, blocks } = await card(team, third, ['live'], ['Roll back']);
  await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${second} It loses orders` });
  await told(team, DAVE, short(second));
  await team.slack.clickStale({ user: ALICE, channel, ts, blocks, button: 'Roll back' });
  await told(team, ALICE, `would now deploy ${short(first)}, not what the button named`);
  expect(await refusals(team)).toEqual([`${ALICE}: leads elsewhere`]);
  const asked = await until('the card leads to the first', async () => {
    const on = await card(team, third, ['live'], ['Roll back']);
    return JSON.stringify(on.blocks).includes(`deploys ${short(first)} again`) && on;
  });
  await team.slack.click({ user: ALICE, channel: asked.channel, ts: asked.ts, button: 'Roll back' });
  await rolledBackTo(first);
  expect(shipped().slice(3)).toEqual([first]);
}, 60_000);

test('a rollback marks the changes it skips as removed from production until something newer goes live', async () => {
  const [first = '', second = '', third = ''] = await released(3);
  await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${second} It loses orders` });
  await told(team, DAVE, short(second));
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await rolledBackTo(first);
  await says(second, 'Removed from production by a rollback');
  await says(third, 'Rolled back to', short(first));
  // The press is on the record of what it took back, too.
  const lines = await team.rows('select kind from ledger where sha = $1 and deployment_id is not null order by seq', [
    third,
  ]);
  expect(lines.map(({ kind }) => kind).slice(-1)).toEqual(['roll back asked']);
  const fourth = await land(team, 'Add a cart');
  await release(team, fourth);
  await says(second, 'superseded by');
  expect(await team.rows('select 1 from changes where undone_by is not null')).toEqual([]);
}, 60_000);

test('Roll back is not offered to the live commit itself, redeployed after a run outside Pushbutton', async () => {
  const [first = '', second = ''] = await released(2);
  const run = await team.github.dispatchOutside('acme/shop', 'production.yml', {
    actor: 'octo-eve',
    inputs: { sha: first, deploy_id: 'by-hand', requested_by: 'eve' },
  });
  await team.github.startRun(run.id);
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await says(second, 'live until a run outside Pushbutton');
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${first}` });
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await says(first, 'live since');
  await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${second} It loses orders` });
  await told(team, DAVE, short(second));
  await card(team, first, ['live since'], []);
}, 60_000);

test('with an older change live again by a re-run on GitHub and all changes marked bad, cards and commands still work', async () => {
  const [first = '', second = ''] = await released(2);
  const [run] = team.production();
  await team.github.rerun(Number(run?.id), { actor: 'octocat' });
  await team.github.completeRun(Number(run?.id), { conclusion: 'success' });
  await says(first, 'live since');
  for (const sha of [second, first]) {
    await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${sha} It loses orders` });
    await told(team, DAVE, short(sha), 'marked bad');
  }
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await told(team, ALICE, 'nothing to roll back to');
  await card(team, first, ['live since'], []);
  await team.slack.command({ user: DAVE, channel: SHOP, text: `resume ${first}` });
  await told(team, DAVE, short(first), 'no longer held');
}, 60_000);

test('with a failed change re-run on GitHub before and after the next, which is marked bad, cards and commands still work', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  await team.github.completeRun(run, { conclusion: 'failure' });
  const again = async () => {
    await team.github.rerun(run, { actor: 'octocat' });
    await team.github.completeRun(run, { conclusion: 'success' });
    await says(first, 'live since');
  };
  await card(team, first, ['failed in production'], ['Retry']);
  await again();
  const second = await land(team, 'Add a till');
  await release(team, second);
  await again();
  await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${second} It loses orders` });
  await told(team, DAVE, short(second), 'marked bad');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await told(team, ALICE, 'nothing to roll back to');
  await card(team, first, ['live since'], []);
}, 60_000);

test('marking a change bad removes Roll back from the card before it even while that card is being drawn', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, first, ['failed in production'], ['Retry']);
  const second = await land(team, 'Add a till');
  await release(team, second);
  const closed = 'select open from cards join changes on changes.id = change_id where sha = $1 and not open';
  await until('its card is closed', async () => (await team.rows(closed, [first])).length === 1);
  let answer: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const ts = cardOf(first)?.ts;
  team.slack.fail(
    'chat.update',
    { kind: 'held', until: held },
    1,
    (args) => args.ts === ts && offers(args, 'Roll back'),
  );
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('its card is drawn', () => team.slack.calls('chat.update').some(({ fault }) => fault));
  await team.slack.command({ user: DAVE, channel: SHOP, text: `hold ${second} It loses orders` });
  await told(team, DAVE, short(second), 'marked bad');
  answer();
  await card(team, first, ['live since'], []);
});

test('after a rollback the newest change can be deployed again and rolled back again', async () => {
  const [first = '', second = ''] = await released(2);
  await press(team, ALICE, second, 'Roll back');
  await rolledBackTo(first);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${second}` });
  await team.github.completeRun(Number((await stands(team, second, 'deploying')).run_id), { conclusion: 'success' });
  await stands(team, second, 'live');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await rolledBackTo(first);
  expect(shipped()).toEqual([first, second, first, second, first]);
}, 60_000);

test('Roll back is refused and has no button when nothing was live before', async () => {
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await told(team, ALICE, 'nothing to roll back to');
  const [first = ''] = await released(1);
  await card(team, first, ['live'], []);
  await team.slack.command({ user: DAVE, channel: SHOP, text: 'rollback shop' });
  await told(team, DAVE, 'nothing to roll back to');
  expect(await refusals(team)).toEqual([`${ALICE}: nothing to roll back to`, `${DAVE}: nothing to roll back to`]);
  expect(await counts(team, 'deployments')).toEqual([1]);
});

test('only deployers can roll back, by button or by command', async () => {
  const [first = '', second = ''] = await released(2);
  await press(team, BOB, second, 'Roll back');
  await told(team, BOB, 'not a deployer');
  await team.slack.command({ user: BOB, channel: SHOP, text: 'rollback shop' });
  await until('a second answer', () => team.slack.ephemerals(BOB).length === 2);
  expect(await refusals(team)).toEqual([`${BOB}: not a deployer`, `${BOB}: not a deployer`]);
  expect(await deploymentsOf(team, first)).toHaveLength(1);
});

test('two people pressing Roll back at once start one rollback', async () => {
  const [first = '', second = ''] = await released(2);
  const { channel, ts } = await card(team, second, ['live'], ['Roll back']);
  const click = (user: string) => team.slack.click({ user, channel, ts, button: 'Roll back' });
  await Promise.all([click(ALICE), click(DAVE)]);
  await stands(team, first, 'deploying');
  await quiet(team);
  expect(shipped()).toEqual([first, second, first]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([3, 3]);
  expect(whoWasTold(team)).toHaveLength(1);
});

test('Roll back on an outdated card is refused once a newer change is live', async () => {
  const [, second = ''] = await released(2);
  const { channel, ts, blocks } = await card(team, second, ['live'], ['Roll back']);
  const third = await land(team, 'Add a till');
  await release(team, third);
  await team.slack.clickStale({ user: ALICE, channel, ts, blocks, button: 'Roll back' });
  await told(team, ALICE, short(second), 'not the last', short(third));
  expect(await refusals(team)).toEqual([`${ALICE}: no longer the last`]);
  expect(await counts(team, 'deployments')).toEqual([3]);
});
