import { type Receiver, startReceiver } from '../support/receiver.js';
import { land, quiet, stands, withButton } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, configOf, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** How many statements a press costs the database, so that they do not creep back. `at-rest.test.ts` counts those at rest. */

let team: Team;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await team.stop();
  await receiver.stop();
});

/** What goes on beside it, the more of it the slower the machine is: cards are drawn, the queue is looked at, replicas report. */
const BESIDE = /card|channel|twin|outage|_job|due-jobs|replicas|report|free-jobs|next-in-inbox|turns|poll|faults/;

/** From now on. */
function count(): () => number {
  const sent = statementsSent();
  return () => sent.stop().filter((one) => !BESIDE.test(one) && !TOLD.test(one)).length;
}

/** What is told to change management is told beside it. */
const TOLD = /change_tickets|from ledger l join deployments/;

test.each([
  ['alone', false],
  ['while change management hears of it', true],
])('from a press to the request that starts its run, %s', async (_, hears) => {
  const env = { CHANGE_TICKET_SECRET: SECRETS.changeTicketSecret };
  const config = configOf({ top: hears ? `change_ticket: { url: "${receiver.url}" }` : '' });
  team = await startTeam({ pauses: 'real', config, env });
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
  await until('all of it is heard', () => receiver.taken().length === (hears ? 6 : 0));
});

test('a press that merges into a deployment under way, with the answer to the person', async () => {
  team = await startTeam({ pauses: 'real' });
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
