import { ERIN, FAYE, startWithLeads, WAITING } from '../support/leads.js';
import { card, counts, deploymentsOf, land, press, quiet } from '../support/releases.js';
import { ALICE, DAVE, SHOP, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Two people press the opposite in one instant, at two replicas: one of them wins, and the other is told who did what. */

let team: Team;
let sha: string;
beforeEach(async () => {
  team = await startWithLeads(1, { replicas: 2 });
  sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
});
afterEach(() => team.stop());

/** Both at once, each at a replica of its own. */
async function atOnce(...acts: (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(
    acts.map((act, index) => {
      team.slack.setEventsUrl(`http://127.0.0.1:${team.running[index]?.port}/slack/events`);
      return act();
    }),
  );
}
const status = async () => (await deploymentsOf(team, sha))[0]?.status;
const settled = (...of: string[]) =>
  until('it is decided', async () => {
    const now = await status();
    if (!of.includes(now ?? '')) throw new Error(`it is ${now}`);
    return now;
  });
const click = (user: string, button: string) => async () => {
  const { channel, ts } = await card(team, sha, ['waiting for approval'], WAITING);
  return team.slack.click({ user, channel, ts, button });
};

test('Approve and Reject at once: one wins, and the other person is told', async () => {
  await card(team, sha, ['waiting for approval'], WAITING);
  await press(team, ERIN, sha, 'Reject');
  const view = await until('the modal', () => team.slack.modals(ERIN)[0]);
  await atOnce(click(FAYE, 'Approve'), () =>
    team.slack.submit({ user: ERIN, viewId: view.id, values: { reason: 'Not before the fair' } }),
  );
  const end = await settled('rejected', 'deploying');
  if (end === 'rejected') await team.told(FAYE, 'Approve is not possible now', 'by erin');
  else await team.told(ERIN, 'Reject is not possible now', 'approved by faye');
  await quiet(team);
  expect(team.production()).toHaveLength(end === 'deploying' ? 1 : 0);
  expect(await counts(team, 'approvals')).toEqual([2]);
});

test('Approve and Withdraw at once: a run starts only if Approve wins', async () => {
  await card(team, sha, ['waiting for approval'], WAITING);
  await atOnce(click(FAYE, 'Approve'), click(DAVE, 'Withdraw'));
  const end = await settled('withdrawn', 'deploying');
  if (end === 'deploying') await team.told(DAVE, 'Withdraw is not possible now');
  await quiet(team);
  expect(team.production()).toHaveLength(end === 'deploying' ? 1 : 0);
});

test('a lock and the last approval at once: no run starts after the lock', async () => {
  await card(team, sha, ['waiting for approval'], WAITING);
  await atOnce(click(FAYE, 'Approve'), () =>
    team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop Fair in town' }),
  );
  await team.told(ALICE, 'shop is locked');
  await settled('queued', 'deploying');
  await quiet(team);
  const [lock] = await team.rows<{ locked: Date }>('select lock_since as locked from services');
  const [sent] = await team.rows<{ sent: Date | null }>('select sent_at as sent from deployments');
  // It was on its way when the lock came, or it waits for it.
  if (sent?.sent) expect(Number(sent.sent)).toBeLessThanOrEqual(Number(lock?.locked));
  else await card(team, sha, ['Waiting since', 'locked by alice: Fair in town'], ['Withdraw']);
});

test('Approve on an outdated card after a Reject is refused, naming who rejected', async () => {
  const { channel, ts, blocks } = await card(team, sha, ['waiting for approval'], WAITING);
  await press(team, ERIN, sha, 'Reject');
  const view = await until('the modal', () => team.slack.modals(ERIN)[0]);
  await team.slack.submit({ user: ERIN, viewId: view.id, values: { reason: 'No' } });
  await settled('rejected');
  await team.slack.clickStale({ user: FAYE, channel, ts, blocks, button: 'Approve' });
  await team.told(FAYE, 'Approve is not possible now', 'rejected', 'by erin');
  await quiet(team);
  expect([await status(), team.production()]).toEqual(['rejected', []]);
});
