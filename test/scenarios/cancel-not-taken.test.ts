import {
  cancelAskedAgo,
  card,
  deploymentsOf,
  hurry,
  landedWithoutWebhooks,
  oneBehindTheOther,
  operatorsAreTold,
  press,
  quiet,
  stands,
} from '../support/releases.js';
import { ALICE, OPS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

const notFound = { kind: 'status', status: 404, body: { message: 'Not Found' } } as const;
const cancels = () => team.github.calls({ route: 'cancel' });
const statusOf = async (sha: string) => (await deploymentsOf(team, sha)).at(-1)?.status;

test('a 404 to Cancel while the run continues ends nothing, and the next try cancels the run', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  const found = team.github.fail('cancel', notFound, 1_000);
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked', () => cancels().some((call) => call.status === 404));
  await until('the run was read after it', () => team.github.calls({ route: 'run' }).some(after(cancels()[0]?.at)));
  expect([await statusOf(first), await statusOf(second), team.github.run(run).conclusion]).toEqual([
    'deploying',
    'queued',
    null,
  ]);
  found();
  await stands(team, first, 'cancelled', 12_000);
  expect(team.github.run(run).conclusion).toBe('cancelled');
  await stands(team, second, 'deploying');
}, 45_000);

test('Cancel ends nothing while GitHub hides the repository, and operators are told after a minute', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  for (const route of ['cancel', 'run', 'repository', 'attempt-jobs']) team.github.fail(route, notFound, 1_000);
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked twice', () => cancels().length >= 2, 12_000);
  expect([await statusOf(first), await statusOf(second)]).toEqual(['deploying', 'queued']);
  expect(team.slack.dms(OPS)).toEqual([]);
  await cancelAskedAgo(team, '61 seconds');
  await hurry(team, 'cancel run');
  await operatorsAreTold(team, 'should have been cancelled', 'has not done it');
  await hurry(team, 'cancel run');
  await quiet(team);
  expect(team.slack.dms(OPS)).toHaveLength(1);
  expect([await statusOf(first), await statusOf(second)]).toEqual(['deploying', 'queued']);
  team.github.heal();
  await stands(team, first, 'cancelled', 12_000);
  expect(team.github.run(run).conclusion).toBe('cancelled');
}, 60_000);

test('Cancel of a run that was deleted on GitHub ends the deployment', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  team.github.deleteRun(run);
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked twice', () => cancels().length >= 2);
  expect(await statusOf(first)).toBe('deploying');
  await cancelAskedAgo(team, '61 seconds');
  await stands(team, first, 'cancelled');
  await card(team, first, ['superseded by', 'cancelled by alice'], []);
  await stands(team, second, 'deploying');
});

test('Cancel ends nothing while GitHub hides a run that its list still has', async () => {
  const { first, run, second } = await oneBehindTheOther(team);
  for (const route of ['cancel', 'run', 'attempt-jobs']) team.github.fail(route, notFound, 1_000);
  await press(team, ALICE, first, 'Cancel');
  await until('it was asked twice', () => cancels().length >= 2);
  await quiet(team);
  expect([await statusOf(first), await statusOf(second)]).toEqual(['deploying', 'queued']);
  team.github.heal();
  await stands(team, first, 'cancelled', 12_000);
  expect(team.github.run(run).conclusion).toBe('cancelled');
});

describe('a lost run that turns up after a Retry has replaced it', () => {
  /** Gives the id of the lost run, which has just begun. */
  async function turnsUp(answer: { status: number; body: object }): Promise<number> {
    const sha = await landedWithoutWebhooks(team);
    team.github.listLag({ lists: 1_000 });
    team.github.fail('dispatch', { kind: 'lost' });
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'unknown');
    await until('the first look-up found nothing', async () => {
      await hurry(team, 'look up');
      const [row] = await team.rows<{ looked: boolean }>('select looked_at is not null as looked from deployments');
      return row?.looked;
    });
    await team.rows('update deployments set answered_seconds = 59.9');
    await stands(team, sha, 'lost');
    team.github.listLag({});
    const stray = Number(team.production()[0]?.id);
    await press(team, ALICE, sha, 'Retry');
    await stands(team, sha, 'deploying');
    team.github.setWebhooks('on');
    team.github.fail('cancel', { kind: 'status', ...answer });
    await team.github.startRun(stray);
    return stray;
  }

  test('is cancelled even if GitHub first says that it has just begun', async () => {
    const stray = await turnsUp({ status: 409, body: { message: 'Cannot cancel a run that has just begun' } });
    await until('it is cancelled', () => team.github.run(stray).conclusion === 'cancelled', 12_000);
    expect(cancels().map((call) => call.status)).toEqual([409, 202]);
  }, 60_000);

  test('continues if GitHub refuses to cancel it, and operators are told what to do', async () => {
    const stray = await turnsUp({ status: 403, body: { message: 'Resource not accessible by integration' } });
    await operatorsAreTold(team, 'GitHub refuses to cancel it', 'Cancel it in the runs of acme/shop');
    await quiet(team);
    expect(cancels()).toHaveLength(1);
    expect(team.github.run(stray).conclusion).toBeNull();
    const lines = await team.rows("select reason from ledger where kind = 'cancel refused'");
    expect(lines).toEqual([{ reason: 'Resource not accessible by integration' }]);
  }, 60_000);
});

const after = (moment: Date | undefined) => (call: { at: Date }) => moment !== undefined && call.at >= moment;
