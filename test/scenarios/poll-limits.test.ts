import { polledOnce, pollNow } from '../support/deliveries.js';
import { freePort } from '../support/free-port.js';
import { asked, halfway, hears, minutes } from '../support/polling.js';
import { card, landedWithoutWebhooks, press, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What GitHub allows in an hour is left to deployments, and lists of GitHub's that are behind are noticed. */

const MINUTE = 60_000;
const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

let team: Team;
afterEach(() => team.stop());

async function begin(poll: string, env: Record<string, string> = {}): Promise<void> {
  team = await startTeam({ movableClock: true, config: configOf().replace('poll: 1h', `poll: ${poll}`), env });
  await polledOnce(team);
}
/** From now on GitHub's lists are empty, and say that so many of 5,000 calls are left until so many seconds from now. */
function left(remaining: number, seconds: number): () => void {
  const headers = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.floor(team.now() / 1_000) + seconds),
  };
  const body = { total_count: 0, workflow_runs: [] };
  const fault = { kind: 'status', status: 200, body, headers } as const;
  const removals = ['runs', 'workflow-runs'].map((route) => team.github.fail(route, fault, 1e6));
  return () => {
    for (const remove of removals) remove();
  };
}
const logged = (words: string) => team.logged.filter((line) => line.includes(words)).length;

test('when few calls of the hour are left, the poll comes more seldom; with more again, as before', async () => {
  await begin('60s');
  // At 200 of 5,000 it would stop.
  const restore = left(500, 3_000);
  await minutes(team, 3);
  expect(total(await minutes(team, 10, /actions\/runs$/))).toBeLessThanOrEqual(6);
  expect(logged('few calls to GitHub are left')).toBe(1);
  restore();
  await minutes(team, 5);
  await halfway(team);
  expect(total(await minutes(team, 10, /actions\/runs$/))).toBeGreaterThanOrEqual(8);
});

test('when hardly any are left, the poll stops, and a deployment starts all the same', async () => {
  await begin('1h');
  const sha = await landedWithoutWebhooks(team);
  left(100, 3_000);
  await pollNow(team);
  const before = asked(team).length;
  await team.rows('update repository_polls set next_at = now()');
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  expect(asked(team).slice(before)).toEqual([]);
  expect(await team.rows("select 1 from repository_polls where repository <> '*' and next_at <= now()")).toHaveLength(
    1,
  );
});

test('after a secondary limit, nothing is polled before GitHub allows it', async () => {
  await begin('1s');
  team.github.fail('runs', { kind: 'rate-limit', limit: 'secondary', retryAfter: 3 });
  const refused = await until('it was refused', () => asked(team).find((call) => call.status === 403));
  const next = await until('it is polled again', () => asked(team).find((call) => call.at > refused.at), 15_000);
  expect(Number(next.at) - Number(refused.at)).toBeGreaterThanOrEqual(3_000);
});

test('a run that GitHub lists for the repository alone is counted and logged', async () => {
  const port = await freePort();
  await begin('1h', { METRICS_PORT: String(port) });
  const found = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const line = (by: string) =>
      text.split('\n').find((one) => one.startsWith(`pushbutton_poll_finds_total{by="${by}"}`));
    return Object.fromEntries(
      ['workflow', 'repository', 'repository alone'].map((by) => [by, line(by)?.split(' ').at(-1)]),
    );
  };
  team.github.staleLists(true);
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR, silent: true });
  await team.moveClock(2 * MINUTE);
  await pollNow(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  expect(await found()).toEqual({ workflow: '0', repository: '0', 'repository alone': '1' });
  expect(logged("GitHub's list of a workflow is behind")).toBe(1);
  team.github.staleLists(false);
  await team.github.land('acme/shop', { title: 'Add taxes', author: AUTHOR, silent: true });
  await pollNow(team);
  expect(await found()).toEqual({ workflow: '1', repository: '0', 'repository alone': '1' });
});

test('a delivery with a bad signature, or about a repository that is not watched, proves nothing', async () => {
  await begin('60s');
  const payload = { workflow_run: {}, repository: { id: 1, full_name: 'acme/shop' } };
  await team.github.deliver('workflow_run', payload, { signature: 'bad' });
  await team.github.deliver('push', payload);
  await team.github.deliver('workflow_run', { ...payload, repository: { id: 2, full_name: 'acme/other' } });
  await minutes(team, 2);
  expect(await team.rows('select 1 from repository_polls where heard_at is not null')).toEqual([]);
  await hears(team, 'acme/shop');
});
