import { plainText } from '../../sandbox/slack/reading.js';
import { card, deploymentsOf, land, press, quiet, refusals, release, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A deployment for a time that a person names. */

let team: Team;
afterEach(() => team.stop());
const MINUTE = 60_000;
const ZONE = 'Europe/Berlin';
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const startWith = async (service = '', replicas = 2) => {
  const config = configOf({ top: `timezone: ${ZONE}`, service: `    override: [U0BOB]\n${service}` });
  team = await startTeam({ replicas, config, movableClock: true });
  const first = await land(team);
  await release(team, first);
  return first;
};
/** The wall time in the config's zone, so many minutes from now. */
const inMinutes = (minutes: number) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' }).format(
    team.now() + minutes * MINUTE,
  );
const WAITS = ['Withdraw', 'Deploy now'];
const APPROVED = configOf({ service: '    approvals: { required: 1, from: [U0BOB], expires: 4h }\n' });

test('a deployment for a time waits for it, blocks nobody, and starts by itself then', async () => {
  const first = await startWith();
  const second = await land(team, 'Add a till');
  const third = await land(team, 'Add a basket');
  await type(ALICE, `deploy shop ${short(third)} at ${inMinutes(30)}`);
  await team.told(ALICE, short(third), 'is recorded: queued for', 'It starts ', `(${ZONE})`, 'Withdraw');
  await card(team, third, ['queued for', 'Every rule is checked then'], WAITS);
  await until('the thread tells it', () =>
    team.slack.workspace.messages.some((one) => plainText(one).includes('alice requested a deployment for')),
  );
  await type(BOB, 'status shop');
  await team.told(BOB, 'queued for', short(third));
  // The older one is requested later, and goes first.
  await type(DAVE, `deploy shop ${short(second)}`);
  const row = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, second, 'live');
  await team.moveClock(28 * MINUTE);
  await quiet(team);
  await stands(team, third, 'queued');
  expect(team.production().map(({ inputs }) => inputs.sha)).toEqual([first, second]);
  await team.moveClock(2 * MINUTE);
  await stands(team, third, 'deploying', 30_000);
  const [sent] = await team.rows<{ early: boolean }>('select bool_or(sent_at < start_at) as early from deployments');
  expect(sent?.early).toBe(false);
}, 120_000);

test('it says what goes before it at its time, and waits for a lock as any other', async () => {
  await startWith();
  const second = await land(team, 'Add a till');
  const third = await land(team, 'Add a basket');
  await type(ALICE, `deploy shop ${short(third)} in 20m`);
  await card(team, third, ['queued for'], WAITS);
  await type(DAVE, `deploy shop ${short(second)}`);
  const row = await stands(team, second, 'deploying');
  await team.moveClock(21 * MINUTE);
  await card(team, third, ['queued, place 2', short(second)], ['Withdraw'], 30_000);
  await type(ALICE, 'lock shop The fair is on');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, third, ['queued, place 1', 'locked by alice'], ['Withdraw'], 30_000);
  // However long: it was there at its time.
  await team.moveClock(3 * 60 * MINUTE);
  await type(ALICE, 'unlock shop');
  await stands(team, third, 'deploying', 30_000);
  const lines = await team.rows<{ kind: string; reason: string }>(
    `select kind, reason from ledger where sha = $1 and kind in ('time came', 'waits') order by seq`,
    [third],
  );
  expect(lines).toEqual([
    { kind: 'time came', reason: null },
    { kind: 'waits', reason: `its turn, after ${short(second)}` },
    { kind: 'waits', reason: 'locked: The fair is on' },
  ]);
}, 120_000);

test('one that is older than what went live meanwhile is rejected at its time, and its requester is told why', async () => {
  await startWith();
  const second = await land(team, 'Add a till');
  await type(ALICE, `deploy shop ${short(second)} at ${inMinutes(30)}`);
  await card(team, second, ['queued for'], WAITS);
  const third = await land(team, 'Add a basket');
  await card(team, second, ['queued for'], ['Withdraw']);
  await release(team, third, DAVE);
  await team.moveClock(31 * MINUTE);
  await stands(team, second, 'rejected', 30_000);
  await until('alice is told', () =>
    team.slack.dms(ALICE).some((one) => plainText(one).includes(`${short(second)} is older than what is live`)),
  );
}, 60_000);

test('Withdraw takes it back, Deploy now brings it forward, and another time moves it', async () => {
  await startWith();
  const second = await land(team, 'Add a till');
  await type(ALICE, `deploy shop ${short(second)} in 1h`);
  await press(team, DAVE, second, 'Withdraw');
  await team.told(DAVE, 'Only the requester', 'alice');
  await press(team, ALICE, second, 'Withdraw');
  await stands(team, second, 'withdrawn');
  await type(ALICE, `deploy shop ${short(second)} in 1h`);
  await stands(team, second, 'queued');
  await type(DAVE, `deploy shop ${short(second)} in 2h`);
  await team.told(DAVE, short(second), 'is moved: queued for', 'It starts ');
  await team.moveClock(70 * MINUTE);
  await quiet(team);
  await stands(team, second, 'queued');
  await press(team, BOB, second, 'Deploy now');
  await team.told(BOB, 'not a deployer');
  await press(team, DAVE, second, 'Deploy now');
  await stands(team, second, 'deploying', 30_000);
  expect(await deploymentsOf(team, second)).toHaveLength(2);
  expect(team.production()).toHaveLength(2);
  const kinds = await team.rows<{ kind: string; actor: string }>(
    "select kind, actor from ledger where kind in ('time changed', 'brought forward') order by seq",
  );
  expect(kinds).toEqual([
    { kind: 'time changed', actor: DAVE },
    { kind: 'brought forward', actor: DAVE },
  ]);
}, 120_000);

test.each([
  ['before it', 5],
  ['after it, and then it starts', 15],
])(
  'approvals are given %s',
  async (_, minutes) => {
    team = await startTeam({ replicas: 2, config: APPROVED, movableClock: true });
    const sha = await land(team);
    await type(ALICE, `deploy shop ${short(sha)} in 10m`);
    await card(
      team,
      sha,
      ['waiting for approval', 'To start ', 'or once it is approved'],
      ['Approve', 'Reject', 'Withdraw'],
    );
    await team.moveClock(minutes * MINUTE);
    await press(team, BOB, sha, 'Approve');
    if (minutes < 10) {
      await card(team, sha, ['queued for', 'Approved by bob'], WAITS);
      await quiet(team);
      expect(team.production()).toEqual([]);
      await team.moveClock(6 * MINUTE);
    }
    await stands(team, sha, 'deploying', 30_000);
  },
  60_000,
);

describe('when nothing runs at its time', () => {
  const down = async (minutes: number): Promise<string> => {
    await startWith('', 1);
    const second = await land(team, 'Add a till');
    await type(ALICE, `deploy shop ${short(second)} in 10m`);
    await card(team, second, ['queued for'], WAITS);
    await quiet(team);
    await Promise.all(team.running.splice(0).map((one) => one.stop()));
    await team.moveClock(minutes * MINUTE);
    team.point(await team.start());
    return second;
  };
  test('it starts up to an hour later', async () => {
    const second = await down(65);
    await stands(team, second, 'deploying', 30_000);
  }, 60_000);
  test('after that it does not come out of the blue, and its requester is told', async () => {
    const second = await down(75);
    await stands(team, second, 'expired', 30_000);
    await until('alice is told', () =>
      team.slack.dms(ALICE).some((one) => plainText(one).includes('nothing ran at its time')),
    );
    await card(team, second, ['passed staging', 'expired: nothing ran at its time'], ['Deploy', 'What ships']);
    expect(team.production()).toHaveLength(1);
  }, 60_000);
});

test('what a person types is understood, or answered with what can be typed', async () => {
  await startWith();
  const second = await land(team, 'Add a till');
  await type(ALICE, `deploy shop at ${inMinutes(30)}`);
  await team.told(
    ALICE,
    'Deploy shop',
    short(second),
    'Add a till',
    'That is ',
    ZONE,
    `/release deploy shop ${short(second)} at `,
  );
  await type(BOB, `deploy shop ${short(second)} at noon`);
  await team.told(BOB, 'at noon', 'is not a time', 'at 14:00', 'in 2h');
  await type(DAVE, `deploy shop ${short(second)} at 2026-01-01 09:30`);
  await team.told(DAVE, 'at 2026-01-01 09:30', 'is over');
  await type(DAVE, `deploy shop ${short(second)} in 2h --override Fire`);
  await team.told(DAVE, 'Break glass starts at once');
  await type(DAVE, `deploy shop ${short(second)} in 8d`);
  await team.told(DAVE, short(second), 'cannot be requested for', 'more than 7 d ahead');
  await type(BOB, `deploy shop ${short(second)} in 2h`);
  await team.told(BOB, 'not a deployer of shop');
  expect(await deploymentsOf(team, second)).toEqual([]);
  expect(await refusals(team)).toEqual([`${DAVE}: too far ahead`, `${BOB}: not a deployer`]);
  // As a phone writes it.
  await type(ALICE, `Deploy shop ${short(second)} \u201cat ${inMinutes(30)}\u201d`);
  await card(team, second, ['queued for'], WAITS);
}, 60_000);

test('the database itself sends nothing before its time', async () => {
  await startWith();
  const second = await land(team, 'Add a till');
  await type(ALICE, `deploy shop ${short(second)} in 1h`);
  await stands(team, second, 'queued');
  await expect(team.rows('update deployments set sent_at = now() where start_at is not null')).rejects.toMatchObject({
    constraint: 'not_sent_before_its_time',
  });
}, 60_000);
