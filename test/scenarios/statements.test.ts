import { land, quiet, stands, withButton } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** How many statements a press costs the database, so that they do not creep back. `at-rest.test.ts` counts those at rest. */

let team: Team;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real' });
});
afterEach(() => team.stop());

/** What goes on beside it, the more of it the slower the machine is: cards are drawn, the queue is looked at, replicas report. */
const BESIDE = /card|channel|twin|outage|_job|due-jobs|replicas|report|free-jobs|next-in-inbox|turns|poll|faults/;

/** From now on. */
function count(): () => number {
  const sent = statementsSent();
  return () => sent.stop().filter((one) => !BESIDE.test(one)).length;
}

test('from a press to the request that starts its run', async () => {
  const counts: number[] = [];
  for (const title of ['Add prices', 'Add a till', 'Add a basket']) {
    const sha = await land(team, title);
    const { ts } = await withButton(team, sha, 'Deploy');
    await quiet(team);
    const stop = count();
    const sent = new Promise<number>((resolve) => {
      team.github.onChange((change) => {
        if (change.kind === 'call' && change.call.route === 'dispatch') resolve(stop());
      });
    });
    await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
    counts.push(await sent);
    await stands(team, sha, 'deploying');
    const run = team.production().at(-1);
    await team.github.completeRun(run?.id ?? 0, { conclusion: 'success' });
    await stands(team, sha, 'live');
  }
  expect(Math.min(...counts)).toBeLessThanOrEqual(20);
});

test('a press that merges into a deployment under way, with the answer to the person', async () => {
  const sha = await land(team);
  const { ts, blocks } = await withButton(team, sha, 'Deploy');
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
  await stands(team, sha, 'deploying');
  const counts: number[] = [];
  for (let press = 1; press <= 5; press += 1) {
    await quiet(team);
    const stop = count();
    // The card may have been drawn anew by now; she presses what she saw.
    await team.slack.clickStale({ user: ALICE, channel: SHOP, ts, blocks, button: 'Deploy' });
    await until('she is told', () => team.slack.ephemerals(ALICE).length === press);
    counts.push(stop());
  }
  expect(Math.min(...counts)).toBeLessThanOrEqual(13);
});
