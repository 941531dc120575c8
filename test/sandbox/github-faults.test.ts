import type { Fault } from '../../sandbox/github/faults.js';
import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, dispatch, refused, shop, startShop } from './github-setup.js';

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startShop();
});
afterEach(() => github.stop());

const within = (ms: number) => ({ request: { signal: AbortSignal.timeout(ms) } });

test.each<[string, Fault, number, number | undefined]>([
  ['a 502 before anything happened', { kind: 'status', status: 502 }, 0, 502],
  ['a 500 although the run was started', { kind: 'status-after', status: 500 }, 1, 500],
  ['an answer that was lost on its way', { kind: 'lost' }, 1, undefined],
  ['a connection refused', { kind: 'refuse' }, 0, undefined],
])('%s', async (_what, fault, runs, status) => {
  github.fail('dispatch', fault);
  const outcome = await refused(dispatch(client(github), { return_run_details: true }));
  expect(outcome.status).toBe(status ?? 500);
  // octokit calls a missing answer 500 as well; only the missing response tells.
  expect(outcome.data === undefined).toBe(status === undefined);
  expect(github.runs('acme/shop')).toHaveLength(runs);
  expect(github.calls({ route: 'dispatch' })).toMatchObject([{ status: status ?? 'lost' }]);
  expect((await dispatch(client(github))).status).toBe(204);
});

test.each([
  [false, 0],
  [true, 1],
])('an answer that never comes, with the effect: %s', async (effect, runs) => {
  github.fail('dispatch', { kind: 'hang', effect });
  expect((await refused(dispatch(client(github), within(1_000)))).data).toBeUndefined();
  expect(github.runs('acme/shop')).toHaveLength(runs);
});

test('half an answer is no usable one, though the run was started', async () => {
  github.fail('dispatch', { kind: 'truncated' });
  const answer = await dispatch(client(github), { return_run_details: true }).then(
    (response) => response.data as unknown,
    () => null,
  );
  expect(answer).not.toHaveProperty('workflow_run_id');
  expect(github.runs('acme/shop')).toHaveLength(1);
});

test('a slow answer comes in the end', async () => {
  github.fail('dispatch', { kind: 'slow', ms: 60 });
  const started = performance.now();
  expect((await dispatch(client(github))).status).toBe(204);
  expect(performance.now() - started).toBeGreaterThanOrEqual(55);
});

test('rate limits, primary and secondary, with their headers and without an effect', async () => {
  const octokit = client(github);
  github.fail('dispatch', { kind: 'rate-limit', limit: 'secondary', retryAfter: 7 });
  expect(await refused(dispatch(octokit))).toMatchObject({
    status: 403,
    message: expect.stringContaining('secondary rate limit'),
    headers: { 'retry-after': '7' },
  });
  github.fail('dispatch', { kind: 'rate-limit', limit: 'primary', retryAfter: 9, status: 429 });
  const primary = await refused(dispatch(octokit));
  expect(primary).toMatchObject({ status: 429, headers: { 'x-ratelimit-remaining': '0' } });
  const wait = Number(primary.headers['x-ratelimit-reset']) - Date.now() / 1000;
  expect(wait).toBeGreaterThan(7);
  expect(wait).toBeLessThanOrEqual(10);
  github.fail('dispatch', { kind: 'rate-limit', limit: 'secondary', retryAfter: null });
  expect((await refused(dispatch(octokit))).headers).not.toHaveProperty('retry-after');
  expect(github.runs('acme/shop')).toEqual([]);
});

test('a fault lies on a route by name, by its path or on all, as often as told, until it is taken away', async () => {
  const octokit = client(github);
  const read = () =>
    octokit.rest.repos.get(shop).then(
      ({ status }) => status,
      (error: { status: number }) => error.status,
    );
  github.fail('GET /repos/:owner/:repo', { kind: 'status', status: 503, body: { message: 'Unicorn' } }, 2);
  expect([await read(), await read(), await read()]).toEqual([503, 503, 200]);
  const remove = github.fail('*', { kind: 'status', status: 500 }, Number.POSITIVE_INFINITY);
  github.fail('repository', { kind: 'status', status: 502 });
  expect([await read(), await read()]).toEqual([502, 500]);
  remove();
  expect(await read()).toBe(200);
  github.fail('*', { kind: 'refuse' }, 5);
  github.heal();
  expect(await read()).toBe(200);
  expect(() => github.fail('dispatches', { kind: 'lost' })).toThrow('no route "dispatches"');
});
