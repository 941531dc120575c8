import { polledOnce, pollNow } from '../support/deliveries.js';
import { card, deploymentsOf, dispatches, hurry, land, press, stands } from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const SAID = 'Resource not accessible by integration';
const offers = ['Deploy', 'What ships'];

/** GitHub refuses to compare: the App or token may not read the contents. */
const forbid = () =>
  team.github.fail('compare', { kind: 'status', status: 403, body: { message: SAID } }, Number.POSITIVE_INFINITY);

async function warnings(): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { warnings: string[] }).warnings;
}
const warned = (gone: boolean) =>
  until(`a warning is ${gone ? 'gone' : 'there'}`, async () => {
    const all = await warnings();
    return gone ? all.length === 0 : all.some((one) => one.includes('acme/shop') && one.includes(`${SAID} (403)`));
  });

test("a missing permission is named in GitHub's words on the card and in readiness, and once granted the run starts", async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  forbid();
  await press(team, ALICE, sha, 'Deploy');
  const { words } = await card(team, sha, ['queued', `GitHub refuses`, `${SAID} (403)`], ['Withdraw']);
  expect(words).not.toContain('does not answer');
  await warned(false);
  expect(dispatches(team)).toEqual([]);
  team.github.heal();
  await stands(team, sha, 'deploying', 12_000);
  await warned(true);
  await card(team, sha, ['deploying'], ['Cancel']);
});

test('a refusal that lasts for minutes ends the deployment, and the requester is told why', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  forbid();
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued', SAID], ['Withdraw']);
  await team.rows("update deployments set refused_since = refused_since - interval '5 minutes', not_before = now()");
  await hurry(team, 'start next');
  const { reason } = await stands(team, sha, 'rejected');
  expect(reason).toBe(`GitHub refuses: ${SAID} (403)`);
  await card(team, sha, ['passed staging', `rejected: GitHub refuses: ${SAID} (403)`], offers);
  await until('alice is told', () =>
    [...team.slack.ephemerals(ALICE), ...team.slack.dms(ALICE)].some((one) => JSON.stringify(one).includes(SAID)),
  );
  expect(dispatches(team)).toEqual([]);
});

test('when GitHub throttles the check before a start, it is not asked again before its retry-after', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  team.github.fail('compare', { kind: 'rate-limit', limit: 'secondary', retryAfter: 40 });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued', 'rate limit', 'not before'], ['Withdraw']);
  const [row] = await deploymentsOf(team, sha);
  expect(Number(row?.not_before) - Date.now()).toBeGreaterThan(25_000);
  expect(team.github.calls({ route: 'compare' })).toHaveLength(1);
});

test('a look-up that GitHub refuses is told of on the card and in readiness, and the run is found once it answers', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  team.github.setWebhooks('off');
  team.github.fail('dispatch', { kind: 'lost' });
  const body = { message: 'Validation Failed' };
  team.github.fail('workflow-runs', { kind: 'status', status: 422, body }, Number.POSITIVE_INFINITY);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'unknown');
  await card(team, sha, ['unknown, looking it up', 'GitHub refuses to look it up: Validation Failed (422)'], []);
  await until('a warning is there', async () =>
    (await warnings()).some((one) => one.includes('looking up runs') && one.includes('Validation Failed (422)')),
  );
  expect(team.production()).toHaveLength(1);
  team.github.heal();
  await stands(team, sha, 'deploying', 12_000);
  await card(team, sha, ['deploying'], ['Cancel']);
  await warned(true);
});

test('a refused look-up is over when the run has come by a webhook and GitHub lists the runs again', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], offers);
  team.github.setWebhooks('off');
  team.github.fail('dispatch', { kind: 'lost' });
  const body = { message: 'Validation Failed' };
  const removed = team.github.fail('workflow-runs', { kind: 'status', status: 422, body }, Number.POSITIVE_INFINITY);
  await press(team, ALICE, sha, 'Deploy');
  await until('a warning is there', async () => (await warnings()).some((one) => one.includes('looking up runs')));
  const [run] = team.production();
  team.github.setWebhooks('on');
  await team.github.startRun(Number(run?.id));
  await stands(team, sha, 'deploying');
  removed();
  await pollNow(team);
  await warned(true);
});
