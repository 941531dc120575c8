import { ERIN, FAYE, startWithLeads, WAITING } from '../support/leads.js';
import {
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  short,
  stands,
  whileInboxLocked,
} from '../support/releases.js';
import { DAVE, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
let sha = '';
beforeEach(async () => {
  team = await startWithLeads(1, { deadlines: 'real' });
  sha = await land(team);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
});
afterEach(() => team.stop());

/** Presses Reject; gives the modal that asks why. */
async function asked(user: string) {
  await press(team, user, sha, 'Reject');
  return until('a modal that asks why', () => team.slack.modals(user)[0]);
}

test('Reject asks for a reason, the requester is told, the card says who and why, and Deploy is back', async () => {
  const view = await asked(FAYE);
  await quiet(team);
  expect((await deploymentsOf(team, sha))[0]?.status).toBe('waiting');
  const empty = await team.slack.submit({ user: FAYE, viewId: view.id, values: { reason: '   ' } });
  expect(empty).toMatchObject({ status: 200 });
  expect(team.slack.modals(FAYE)).toHaveLength(1);
  const reason = `Not before the fair ${'x'.repeat(2_900)}`;
  await team.slack.submit({ user: FAYE, viewId: view.id, values: { reason } });
  await stands(team, sha, 'rejected');
  expect(team.slack.modals(FAYE)).toEqual([]);
  await card(team, sha, ['passed staging', 'rejected by faye: Not before the fair'], ['Deploy', 'What ships']);
  await until('Dave is told', () => JSON.stringify(team.slack.dms(DAVE)).includes('Not before the fair'));
  expect(await team.rows('select slack_user_id, decision, reason from approvals order by id')).toEqual([
    { slack_user_id: DAVE, decision: 'requested', reason: null },
    { slack_user_id: FAYE, decision: 'rejected', reason },
  ]);
});

test('a reason that cannot be saved stays in the modal, which says that nothing was recorded, and can be sent again', async () => {
  const view = await asked(FAYE);
  const send = () => team.slack.submit({ user: FAYE, viewId: view.id, values: { reason: 'Not before the fair' } });
  await quiet(team);
  await whileInboxLocked(team, async () => {
    expect(await send()).toMatchObject({ status: 200 });
    expect(team.slack.modals(FAYE)[0]?.errors).toEqual({ reason: expect.stringContaining('nothing was recorded') });
  });
  await quiet(team);
  expect([await counts(team, 'approvals'), (await deploymentsOf(team, sha))[0]?.status]).toEqual([[1], 'waiting']);
  await send();
  await stands(team, sha, 'rejected');
  expect([await counts(team, 'approvals'), team.slack.modals(FAYE)]).toEqual([[2], []]);
});

test('when Approve and Reject come at once one wins, and the other person is told', async () => {
  const view = await asked(ERIN);
  await Promise.all([
    press(team, FAYE, sha, 'Approve'),
    team.slack.submit({ user: ERIN, viewId: view.id, values: { reason: 'No' } }),
  ]);
  const row = await until('it is decided', async () => {
    const [one] = await deploymentsOf(team, sha);
    return one && ['rejected', 'deploying'].includes(one.status) ? one : null;
  });
  if (row.status === 'rejected') await team.told(FAYE, 'is not possible now', 'rejected', 'by erin');
  else await team.told(ERIN, 'is not possible now', short(sha));
  await quiet(team);
  expect(team.production()).toHaveLength(row.status === 'deploying' ? 1 : 0);
});
