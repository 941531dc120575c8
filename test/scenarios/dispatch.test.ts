import type { Fault } from '../../sandbox/github/faults.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { card, counts, deploymentsOf, dispatches, hurry, land, press, quiet, stands } from '../support/releases.js';
import { ALICE, OPS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

/** The run that exists goes on to its end; the row and the card say the same. */
async function oneRunToItsEnd(sha: string): Promise<void> {
  const row = await stands(team, sha, 'deploying', 16_000);
  const runs = team.production();
  expect(runs).toHaveLength(1);
  expect(row.run_id).toBe(String(runs[0]?.id));
  expect(runs[0]?.title).toContain(`[${row.deploy_id}]`);
  expect(runs[0]?.inputs).toMatchObject({ sha, deploy_id: row.deploy_id, requested_by: ALICE, region: 'eu' });
  await card(team, sha, ['deploying'], ['Cancel']);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(team.production()).toHaveLength(1);
}

/** Silences GitHub's webhooks, so that a run can be found by looking for it alone. */
async function landedWithoutWebhooks(): Promise<string> {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  team.github.setWebhooks('off');
  return sha;
}

test('GitHub names the run at once', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await oneRunToItsEnd(sha);
  expect(dispatches(team)).toHaveLength(1);
  expect(dispatches(team)[0]?.apiVersion).toBe('2022-11-28');
});

const after: [string, Fault][] = [
  ['500', { kind: 'status-after', status: 500 }],
  ['502', { kind: 'status-after', status: 502 }],
  ['503', { kind: 'status-after', status: 503 }],
  ['a reset', { kind: 'lost' }],
  ['half an answer', { kind: 'truncated' }],
  ['200 with something else in it', { kind: 'status-after', status: 200, body: { hello: 'there' } }],
];
test.each(after)(
  'GitHub starts the run and answers %s: it is found by its name, never sent again',
  async (_, fault) => {
    const sha = await landedWithoutWebhooks();
    team.github.fail('dispatch', fault);
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'deploying', 16_000);
    team.github.setWebhooks('on');
    await oneRunToItsEnd(sha);
    expect(dispatches(team)).toHaveLength(1);
    const kinds = (await team.rows<{ kind: string }>('select kind from ledger order by seq')).map((row) => row.kind);
    expect(kinds).toEqual(['staging passed', 'requested', 'dispatching', 'unknown', 'deploying', 'live']);
  },
);

test('GitHub starts the run and never answers', async () => {
  const sha = await landedWithoutWebhooks();
  team.github.fail('dispatch', { kind: 'hang', effect: true });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['unknown, looking it up'], []);
  await stands(team, sha, 'deploying', 16_000);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(sha);
  expect(dispatches(team)).toHaveLength(1);
}, 60_000);

test('GitHub answers 204, without the run', async () => {
  team.github.dispatchAnswers('204');
  const sha = await landedWithoutWebhooks();
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying', 16_000);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(sha);
  expect(dispatches(team)).toHaveLength(1);
});

test.each([400, 422] as const)(
  'an older GitHub Enterprise Server refuses return_run_details with %i',
  async (status) => {
    team.github.dispatchAnswers('old-ghes', status);
    const sha = await land(team);
    await press(team, ALICE, sha, 'Deploy');
    await oneRunToItsEnd(sha);
    expect(dispatches(team).map((call) => call.status)).toEqual([status, 204]);
  },
);

test('a webhook that overtakes the answer does no harm', async () => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'hang', effect: true });
  await press(team, ALICE, sha, 'Deploy');
  await oneRunToItsEnd(sha);
  await until('the request was given up', () => dispatches(team)[0]?.status === 'lost');
  await quiet(team);
  expect(await counts(team, 'deployments')).toEqual([1]);
  expect((await deploymentsOf(team, sha))[0]?.status).toBe('live');
});

test('a run that GitHub lists late is found when it does, and looked for every five seconds until then', async () => {
  const sha = await landedWithoutWebhooks();
  team.github.fail('dispatch', { kind: 'lost' });
  team.github.listLag({ lists: 3 });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['unknown, looking it up'], []);
  await stands(team, sha, 'deploying', 25_000);
  const looks = team.github.calls({ route: 'workflow-runs', path: /production\.yml/ }).map((call) => Number(call.at));
  const sent = Number(dispatches(team)[0]?.at);
  const times = [sent, ...looks.filter((at) => at > sent)];
  const gaps = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  expect(gaps.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...gaps)).toBeLessThan(5_200);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(sha);
  expect(dispatches(team)).toHaveLength(1);
}, 60_000);

test('time in which GitHub does not answer brings no deployment nearer to lost', async () => {
  const sha = await landedWithoutWebhooks();
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

test.each([
  [422, 'Unexpected inputs provided: ["region"]'],
  [404, 'Not Found'],
  [403, 'Resource not accessible by integration'],
])('GitHub refuses with %i: failed in production, in its own words', async (status, message) => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'status', status, body: { message } });
  await press(team, ALICE, sha, 'Deploy');
  expect((await stands(team, sha, 'failed')).reason).toBe(message);
  await card(team, sha, ['failed in production', message], ['Retry']);
  await quiet(team);
  expect(team.production()).toEqual([]);
  expect(dispatches(team)).toHaveLength(1);
});

test.each([
  [403, 'secondary'],
  [429, 'secondary'],
  [403, 'primary'],
] as const)(
  'GitHub refuses for its rate limit (%i, %s): the card says so and it is sent by itself, not before',
  async (status, limit) => {
    const sha = await land(team);
    team.github.fail('dispatch', { kind: 'rate-limit', limit, retryAfter: 6, status });
    await press(team, ALICE, sha, 'Deploy');
    await card(team, sha, ['queued', 'rate limit', 'sent by itself'], ['Withdraw']);
    expect(team.production()).toEqual([]);
    await oneRunToItsEnd(sha);
    const [first, second, ...more] = dispatches(team);
    expect(more).toEqual([]);
    // The reset of the hourly limit is told in whole seconds of the clock, which is up to one less.
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(limit === 'primary' ? 5_000 : 6_000);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  },
  45_000,
);

test('a rate limit that names no time is waited for a minute', async () => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'rate-limit', limit: 'secondary', retryAfter: null });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued', 'rate limit'], ['Withdraw']);
  const [row] = await deploymentsOf(team, sha);
  const [sent] = dispatches(team);
  expect(Number(row?.not_before) - Number(sent?.at)).toBeGreaterThan(59_000);
  await press(team, ALICE, sha, 'Withdraw');
  await stands(team, sha, 'withdrawn');
  await quiet(team);
  expect(team.production()).toEqual([]);
});

describe('a start of which no run is found while GitHub answers for a minute', () => {
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

  test('is lost: the operators are told, and Retry starts a run of its own', async () => {
    const sha = await landedWithoutWebhooks();
    const first = await lost(sha, { kind: 'refuse' });
    await card(team, sha, ['lost'], ['Retry']);
    await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('lost')));
    expect(team.production()).toEqual([]);
    team.github.setWebhooks('on');
    await press(team, ALICE, sha, 'Retry');
    await oneRunToItsEnd(sha);
    const [, second] = await deploymentsOf(team, sha);
    expect(second).toMatchObject({ kind: 'retry', status: 'live' });
    expect(second?.deploy_id).not.toBe(first.deploy_id);
    expect((await deploymentsOf(team, sha))[0]?.status).toBe('lost');
  }, 60_000);

  test('is adopted when its run is found after all', async () => {
    const sha = await landedWithoutWebhooks();
    team.github.listLag({ lists: 2 });
    await lost(sha, { kind: 'lost' });
    await hurry(team, 'look up');
    await stands(team, sha, 'deploying');
    await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('found')));
    team.github.setWebhooks('on');
    await oneRunToItsEnd(sha);
    expect(await counts(team, 'deployments')).toEqual([1]);
    expect(dispatches(team)).toHaveLength(1);
  }, 60_000);

  test('is looked for once more before a Retry is sent', async () => {
    const sha = await landedWithoutWebhooks();
    team.github.fail(
      'workflow-runs',
      { kind: 'status', status: 200, body: { total_count: 0, workflow_runs: [] } },
      1_000,
    );
    const first = await lost(sha, { kind: 'lost' });
    team.github.heal();
    await press(team, ALICE, sha, 'Retry');
    await until('the lost run is followed', async () => (await deploymentsOf(team, sha))[0]?.status === 'deploying');
    await quiet(team);
    const [adopted, retry] = await deploymentsOf(team, sha);
    expect(adopted).toMatchObject({ id: first.id, run_id: String(team.production()[0]?.id) });
    expect(retry).toMatchObject({ status: 'withdrawn', reason: 'the lost run was found' });
    expect(team.production()).toHaveLength(1);
    expect(dispatches(team)).toHaveLength(1);
  }, 60_000);

  test('is cancelled when its run is found after a Retry has taken its place, and the operators are told', async () => {
    const sha = await landedWithoutWebhooks();
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
    await until('the operators are told', () =>
      team.slack.dms(OPS).some((one) => plainText(one).includes('after another had taken its place')),
    );
    await team.github.completeRun(Number(second.run_id), { conclusion: 'success' });
    await stands(team, sha, 'live');
    await quiet(team);
    expect((await deploymentsOf(team, sha)).map((one) => one.status)).toEqual(['lost', 'live']);
    expect(dispatches(team)).toHaveLength(2);
  }, 60_000);
});

test('a dispatch that is asked for again while it is under way is sent once', async () => {
  const sha = await landedWithoutWebhooks();
  team.github.fail('dispatch', { kind: 'slow', ms: 1_500 });
  await press(team, ALICE, sha, 'Deploy');
  await until('the request is under way', () => dispatches(team).length === 1);
  const [row] = await deploymentsOf(team, sha);
  for (const key of ['one', 'two', 'three']) {
    await team.rows("select 1 from graphile_worker.add_job('dispatch', $1::json, job_key := $2)", [
      JSON.stringify({ deploymentId: Number(row?.id) }),
      key,
    ]);
  }
  await stands(team, sha, 'deploying', 16_000);
  await quiet(team);
  expect(dispatches(team)).toHaveLength(1);
  expect(team.production()).toHaveLength(1);
});
