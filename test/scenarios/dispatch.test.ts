import type { Fault } from '../../sandbox/github/faults.js';
import { ownTime } from '../support/own-time.js';
import {
  card,
  counts,
  deploymentsOf,
  dispatches,
  land,
  landedWithoutWebhooks,
  oneRunToItsEnd,
  press,
  quiet,
  stands,
} from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

test('GitHub names the run at once: it is followed to its end', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await oneRunToItsEnd(team, sha);
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
    const sha = await landedWithoutWebhooks(team);
    team.github.fail('dispatch', fault);
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'deploying', 16_000);
    team.github.setWebhooks('on');
    await oneRunToItsEnd(team, sha);
    expect(dispatches(team)).toHaveLength(1);
    const kinds = (await team.rows<{ kind: string }>('select kind from ledger order by seq')).map((row) => row.kind);
    expect(kinds).toEqual(['staging passed', 'requested', 'dispatching', 'unknown', 'deploying', 'live']);
  },
);

test('GitHub starts the run and never answers: it is found, never sent again', async () => {
  const sha = await landedWithoutWebhooks(team);
  team.github.fail('dispatch', { kind: 'hang', effect: true });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['unknown, looking it up'], []);
  await stands(team, sha, 'deploying', 16_000);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(team, sha);
  expect(dispatches(team)).toHaveLength(1);
}, 60_000);

test('GitHub answers 204 without naming the run: it is found, never sent again', async () => {
  team.github.dispatchAnswers('204');
  const sha = await landedWithoutWebhooks(team);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying', 16_000);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(team, sha);
  expect(dispatches(team)).toHaveLength(1);
});

test.each([400, 422] as const)(
  'an older GitHub Enterprise Server refuses return_run_details with %i',
  async (status) => {
    team.github.dispatchAnswers('old-ghes', status);
    const sha = await land(team);
    await press(team, ALICE, sha, 'Deploy');
    await oneRunToItsEnd(team, sha);
    expect(dispatches(team).map((call) => call.status)).toEqual([status, 204]);
  },
);

test('a webhook that overtakes the answer does no harm', async () => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'hang', effect: true });
  await press(team, ALICE, sha, 'Deploy');
  await oneRunToItsEnd(team, sha);
  await until('the request was given up', () => dispatches(team)[0]?.status === 'lost');
  await quiet(team);
  expect(await counts(team, 'deployments')).toEqual([1]);
  expect((await deploymentsOf(team, sha))[0]?.status).toBe('live');
});

test('a run that GitHub lists late is looked up every five seconds until it is found', async () => {
  const sha = await landedWithoutWebhooks(team);
  team.github.fail('dispatch', { kind: 'lost' });
  team.github.listLag({ lists: 3 });
  const time = ownTime();
  const began = new Map<object, number>();
  const forget = team.github.onChange((change) => {
    if (change.kind === 'call' && !began.has(change.call)) began.set(change.call, time.passed());
  });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['unknown, looking it up'], []);
  await stands(team, sha, 'deploying', 25_000);
  forget();
  time.stop();
  const looks = team.github.calls({ route: 'workflow-runs', path: /production\.yml/ });
  const [sent, ...looked] = [dispatches(team)[0], ...looks].map((call) => began.get(call as object) ?? -1);
  const times = [sent as number, ...looked.filter((at) => at > (sent as number))];
  const gaps = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  expect(gaps.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...gaps)).toBeLessThan(5_200);
  team.github.setWebhooks('on');
  await oneRunToItsEnd(team, sha);
  expect(dispatches(team)).toHaveLength(1);
}, 60_000);

test('a dispatch that is requested again while it is under way is sent once', async () => {
  const sha = await landedWithoutWebhooks(team);
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
