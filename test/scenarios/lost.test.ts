import type { Fault } from '../../sandbox/github/faults.js';
import { plainText } from '../../sandbox/slack/reading.js';
import {
  card,
  counts,
  deploymentsOf,
  dispatches,
  hurry,
  landedWithoutWebhooks,
  oneRunToItsEnd,
  press,
  quiet,
  stands,
} from '../support/releases.js';
import { ALICE, OPS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real' });
});
afterEach(() => team.stop());

test('time without an answer from GitHub does not count towards lost', async () => {
  const sha = await landedWithoutWebhooks(team);
  team.github.fail('dispatch', { kind: 'refuse' });
  team.github.fail('workflow-runs', { kind: 'status', status: 500 }, Number.POSITIVE_INFINITY);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'unknown');
  await until('three look-ups', () => looksSince().length >= 3, 16_000);
  expect(await team.rows('select answered_seconds from deployments')).toEqual([{ answered_seconds: 0 }]);
  expect((await deploymentsOf(team, sha))[0]?.status).toBe('unknown');

  function looksSince() {
    const sent = dispatches(team)[0]?.at ?? new Date();
    return team.github.calls({ route: 'workflow-runs', path: /production\.yml/ }).filter((call) => call.at > sent);
  }
}, 60_000);

const NO_RUNS: Fault = { kind: 'status', status: 200, body: { total_count: 0, workflow_runs: [] } };

describe('a start whose run is not found while GitHub answers for a minute', () => {
  /** Sent with that fault and not found since; the minute is made short. Gives the lost deployment. */
  async function lost(sha: string, fault: Fault) {
    team.github.fail('dispatch', fault);
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'unknown');
    await until('the first look-up found nothing', async () => {
      await hurry(team, 'look up');
      const [row] = await team.rows<{ looked: boolean }>('select looked_at is not null as looked from deployments');
      return row?.looked;
    });
    await team.rows('update deployments set answered_seconds = 59.9');
    return stands(team, sha, 'lost');
  }

  test('is lost: operators are told, and Retry starts its own run', async () => {
    const sha = await landedWithoutWebhooks(team);
    const first = await lost(sha, { kind: 'refuse' });
    await card(team, sha, ['lost'], ['Retry']);
    await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('lost')));
    expect(team.production()).toEqual([]);
    team.github.setWebhooks('on');
    await press(team, ALICE, sha, 'Retry');
    await oneRunToItsEnd(team, sha);
    const [, second] = await deploymentsOf(team, sha);
    expect(second).toMatchObject({ kind: 'retry', status: 'live' });
    expect(second?.deploy_id).not.toBe(first.deploy_id);
    expect((await deploymentsOf(team, sha))[0]?.status).toBe('lost');
  }, 60_000);

  test('is adopted if its run is found after all', async () => {
    const sha = await landedWithoutWebhooks(team);
    team.github.fail('workflow-runs', NO_RUNS, 1_000);
    await lost(sha, { kind: 'lost' });
    team.github.heal();
    await until('the lost run is followed', async () => {
      await hurry(team, 'look up');
      return (await deploymentsOf(team, sha))[0]?.status === 'deploying';
    });
    await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('found')));
    team.github.setWebhooks('on');
    await oneRunToItsEnd(team, sha);
    expect(await counts(team, 'deployments')).toEqual([1]);
    expect(dispatches(team)).toHaveLength(1);
  }, 60_000);

  test('is looked up once more before a Retry is sent', async () => {
    const sha = await landedWithoutWebhooks(team);
    team.github.fail('workflow-runs', NO_RUNS, 1_000);
    const first = await lost(sha, { kind: 'lost' });
    team.github.heal();
    await press(team, ALICE, sha, 'Retry');
    await until('the lost run is followed', async () => (await deploymentsOf(team, sha))[0]?.status === 'deploying');
    await quiet(team);
    const [adopted, retry] = await deploymentsOf(team, sha);
    expect(adopted).toMatchObject({ id: first.id, run_id: String(team.production()[0]?.id) });
    expect(retry).toMatchObject({ status: 'withdrawn', reason: 'the lost run was found' });
    // The run that goes on is the one that can be cancelled.
    await card(team, sha, ['deploying'], ['Cancel']);
    expect(team.production()).toHaveLength(1);
    expect(dispatches(team)).toHaveLength(1);
  }, 60_000);

  test('is cancelled if its run is found after a Retry has replaced it, and operators are told', async () => {
    const sha = await landedWithoutWebhooks(team);
    team.github.listLag({ lists: 1_000 });
    await lost(sha, { kind: 'lost' });
    team.github.listLag({});
    const [stray] = team.production();
    await press(team, ALICE, sha, 'Retry');
    const second = await stands(team, sha, 'deploying');
    expect(second.run_id).not.toBe(String(stray?.id));
    team.github.setWebhooks('on');
    await team.github.startRun(Number(stray?.id));
    await until('the stray run is cancelled', () => team.github.run(Number(stray?.id)).conclusion === 'cancelled');
    const news = await until('the operators are told', () =>
      team.slack.dms(OPS).find((one) => plainText(one).includes('after another had taken its place')),
    );
    expect(JSON.stringify(news)).toContain(`/acme/shop/actions/runs/${stray?.id}`);
    await team.github.completeRun(Number(second.run_id), { conclusion: 'success' });
    await stands(team, sha, 'live');
    await quiet(team);
    expect((await deploymentsOf(team, sha)).map((one) => one.status)).toEqual(['lost', 'live']);
    expect(dispatches(team)).toHaveLength(2);
  }, 60_000);
});
