import { retold } from '../support/deliveries.js';
import {
  cancelAskedAgo,
  card,
  deploymentsOf,
  hurry,
  land,
  oneBehindTheOther,
  operatorsAreTold,
  press,
  quiet,
  refusals,
  stands,
  start,
} from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Runs that GitHub neither ends nor cancels, and runs that it has lost: nothing keeps a service for ever. */
let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: configOf({ service: '    override: [U0BOB]' }) });
});
afterEach(() => team.stop());

const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const asked = (route: string) => team.github.calls({ route }).length;
const read = (run: number) => team.github.calls({ route: 'run', path: new RegExp(`/runs/${run}$`) }).length;

/** A Cancel that GitHub has refused for more than a minute. */
async function cancelledInVain(first: string) {
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked', () => asked('cancel') > 0);
  await cancelAskedAgo(team, '61 seconds');
  await hurry(team, 'cancel run');
}

test('a run that GitHub refuses to cancel is forced to end after a minute, and the next one starts', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  team.github.cancels('refused');
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked twice', () => asked('cancel') > 1);
  expect(asked('force-cancel')).toBe(0);
  await cancelAskedAgo(team, '61 seconds');
  await hurry(team, 'cancel run');
  await stands(team, first, 'cancelled');
  expect(asked('force-cancel')).toBe(1);
  expect(team.github.run(run).conclusion).toBe('cancelled');
  await stands(team, second, 'deploying');
});

test('a run that not even force ends can be given up by somebody who may break the glass, and by nobody else', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  await type(BOB, 'give-up shop It is slow');
  await until('Bob is refused', async () => (await refusals(team)).includes(`${BOB}: nothing to give up`));
  team.github.cancels('refused even by force');
  await cancelledInVain(first);
  await operatorsAreTold(team, 'should have been cancelled', '/release give-up shop REASON');
  await card(
    team,
    first,
    ['Cancel requested by alice; GitHub has not done it', '/release give-up shop REASON'],
    ['Cancel'],
  );

  await type(ALICE, 'give-up shop The runner is gone');
  await until('Alice is refused', async () => (await refusals(team)).includes(`${ALICE}: may not override`));
  await type(BOB, 'give-up shop');
  expect((await deploymentsOf(team, first)).at(-1)?.status).toBe('deploying');

  await type(BOB, 'give-up shop The runner is gone');
  await stands(team, first, 'lost');
  await stands(team, second, 'deploying');
  await operatorsAreTold(team, 'was given up by bob: The runner is gone');
  const ledger = await team.rows("select actor, reason from ledger where kind = 'given up'");
  expect(ledger).toEqual([{ actor: BOB, reason: 'The runner is gone' }]);

  // What GitHub still does with it does not go unnoticed, and it is cancelled as soon as GitHub can.
  await team.github.startRun(run);
  await operatorsAreTold(team, 'was given up; its run goes on all the same');
  team.github.cancels('obeyed');
  await hurry(team, 'cancel stray');
  await until('it is cancelled', () => team.github.run(run).conclusion === 'cancelled');
  await until('its end is on the ledger', async () => {
    const lines = await team.rows("select reason from ledger where kind = 'lost run goes on' and reason is not null");
    return lines.length > 0 && lines[0]?.reason === 'cancelled';
  });
  expect(team.production()).toHaveLength(2);
});

test('a run that was given up and reaches production all the same is what is live', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  team.github.cancels('refused even by force');
  await cancelledInVain(first);
  await operatorsAreTold(team, 'should have been cancelled');
  await type(BOB, 'give-up shop The runner is gone');
  await stands(team, first, 'lost');
  const words = ['lost', 'Given up by bob: The runner is gone', 'check which version is in production'];
  const drawn = await card(team, first, words, ['Retry']);
  expect(JSON.stringify(drawn.blocks)).toContain('The run of the last start may still go on');
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('it is live', async () => {
    const [row] = await team.rows('select live_deployment_id from services');
    return (row?.live_deployment_id ?? null) !== null;
  });
});

const aMinuteMissing = () =>
  team.rows(
    "update deployments set missing_since = missing_since - interval '61 seconds' where missing_since is not null",
  );

test('a run that was deleted in GitHub ends as lost when it was read three times in a minute', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  team.github.deleteRun(run);
  const before = read(run);
  await until('it was read three times', async () => {
    await hurry(team, 'follow');
    return read(run) >= before + 3;
  });
  expect((await deploymentsOf(team, first)).at(-1)?.status).toBe('deploying');
  await aMinuteMissing();
  await hurry(team, 'follow');
  await stands(team, first, 'lost');
  await operatorsAreTold(team, 'is lost: GitHub no longer has its run');
  await stands(team, second, 'deploying');
});

const missed = async (run: number) =>
  Number((await team.rows('select missing_reads from deployments where run_id = $1', [run]))[0]?.missing_reads);

/** Follows the run until it was read some more times. */
async function readAgain(run: number, times = 4): Promise<void> {
  const before = read(run);
  await until('it was read', async () => {
    await hurry(team, 'follow');
    return read(run) >= before + times;
  });
  await quiet(team);
}

test.each<[string, string[]]>([
  ['a run and its jobs, which its list still has', ['run', 'attempt-jobs']],
  ['a whole repository', ['run', 'attempt-jobs', 'workflow-runs', 'repository']],
])('nothing is lost while GitHub hides %s', async (_, routes) => {
  const { first, run, second } = await oneBehindTheOther(team);
  const notFound = { kind: 'status', status: 404, body: { message: 'Not Found' } } as const;
  for (const route of routes) team.github.fail(route, notFound, 1_000);
  await readAgain(run);
  await aMinuteMissing();
  await readAgain(run);
  expect(await missed(run)).toBe(0);
  expect((await deploymentsOf(team, second)).at(-1)?.status).toBe('queued');
  team.github.heal();
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
});

test('a run that was gone for a moment is not lost', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const restore = team.github.deleteRun(run);
  await until('it was missed', async () => {
    await hurry(team, 'follow');
    return (await missed(run)) > 0;
  });
  restore();
  await readAgain(run);
  expect(await missed(run)).toBe(0);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
});

test('a run that was gone and turns up again is followed again', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const restore = team.github.deleteRun(run);
  await readAgain(run);
  await aMinuteMissing();
  await hurry(team, 'follow');
  await stands(team, first, 'lost');
  restore();
  await until('it is followed again', async () => {
    await hurry(team, 'look up');
    return (await deploymentsOf(team, first)).at(-1)?.status === 'deploying';
  });
  await operatorsAreTold(team, 'was lost, but its run was found');
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
});

test('a run that somebody runs again after it was given up is not cancelled', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  team.github.cancels('refused even by force');
  await cancelledInVain(first);
  await type(BOB, 'give-up shop The runner is gone');
  await stands(team, first, 'lost');
  await team.github.completeRun(run, { conclusion: 'failure' });
  team.github.cancels('obeyed');
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.startRun(run);
  await hurry(team, 'cancel stray');
  await quiet(team);
  expect(team.github.run(run).conclusion).toBeNull();
});

test('a cancel that GitHub accepts and forgets is forced after ten minutes; a server that cannot is asked on', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  team.github.cancels('ignored');
  const body = { message: 'Not Found' };
  team.github.fail('force-cancel', { kind: 'status', status: 404, body });
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked', () => asked('cancel') > 0);
  // For ten minutes GitHub may carry out what it has accepted: clean-up steps run meanwhile.
  const before = asked('cancel');
  await cancelAskedAgo(team, '61 seconds');
  await until('it was asked again', async () => {
    await hurry(team, 'cancel run');
    return asked('cancel') > before;
  });
  expect(asked('force-cancel')).toBe(0);
  await cancelAskedAgo(team, '11 minutes');
  await hurry(team, 'cancel run');
  await until('force was refused', () => asked('force-cancel') === 1);
  await card(team, first, ['Cancel requested by alice'], ['Cancel']);
  await until('it is forced', async () => {
    await hurry(team, 'cancel run');
    return team.github.run(run).conclusion === 'cancelled';
  });
  await stands(team, first, 'cancelled');
});

test('a start of which GitHub does not say whether there is a run can be given up, and is still looked for', async () => {
  const first = await land(team);
  await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
  team.github.setWebhooks('off');
  team.github.fail('dispatch', { kind: 'lost' });
  const body = { message: 'Validation Failed' };
  team.github.fail('workflow-runs', { kind: 'status', status: 422, body }, 1_000);
  await press(team, ALICE, first, 'Deploy');
  await stands(team, first, 'unknown');
  await type(BOB, 'give-up shop GitHub is down');
  await until('Bob is refused', async () => (await refusals(team)).includes(`${BOB}: nothing to give up`));
  await team.rows('update deployments set told_at = now()');
  await type(BOB, 'give-up shop GitHub is down');
  await stands(team, first, 'lost');
  team.github.heal();
  await until('its run is found', async () => {
    await hurry(team, 'look up');
    return (await deploymentsOf(team, first)).at(-1)?.status === 'deploying';
  });
  expect(team.production()).toHaveLength(1);
});

test('a run that is completed before GitHub says how has not ended', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const told = retold(
    team.github.deliveries.findLast((one) => one.event === 'workflow_run'),
    ({ workflow_run }) => Object.assign(workflow_run, { id: run, status: 'completed', conclusion: null }),
  );
  await team.github.deliver('workflow_run', { ...told, action: 'completed' });
  await quiet(team);
  expect((await deploymentsOf(team, first)).at(-1)?.status).toBe('deploying');
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, first, 'live');
});
