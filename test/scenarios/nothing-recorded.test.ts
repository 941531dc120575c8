import { plainText } from '../../sandbox/slack/reading.js';
import { timed } from '../support/own-time.js';
import {
  counts,
  land,
  press,
  quiet,
  stands,
  told,
  whileInboxLocked,
  whoWasTold,
  withButton,
} from '../support/releases.js';
import { ALICE, DEPLOYERS, SHOP, startTeam, type Team } from '../support/team.js';
import { wayTo } from '../support/way.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam({ pauses: 'real' });
});
afterEach(() => team.stop());

describe('while the database cannot save', () => {
  test('a press is answered 503, and the person is told privately within three seconds that nothing was recorded', async () => {
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    await quiet(team);
    const before = await counts(team, 'inbox', 'ledger');
    await whileInboxLocked(team, async () => {
      const { tookMs } = await timed(async () => {
        const answer = await press(team, ALICE, sha, 'Deploy');
        expect(answer.status).toBe(503);
        await told(team, ALICE, 'nothing was recorded', 'nothing will happen');
      });
      expect(tookMs).toBeLessThan(3_000);
    });
    await quiet(team);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([0, 0]);
    expect(await counts(team, 'inbox', 'ledger')).toEqual(before);
    expect(whoWasTold(team)).toEqual([ALICE]);
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'deploying');
    expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  });

  test('a command is answered the same way, and a GitHub delivery is answered 503', async () => {
    const sha = await land(team);
    await withButton(team, sha, 'Deploy');
    await quiet(team);
    const before = await counts(team, 'inbox');
    await whileInboxLocked(team, async () => {
      const typed = team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha}` });
      const landed = team.github.push('acme/shop', { title: 'Lost' });
      expect((await typed).status).toBe(503);
      await told(team, ALICE, 'nothing was recorded');
      await landed;
      const runs = team.github.deliveries.filter((one) => one.event === 'workflow_run' && one.body.includes('Lost'));
      expect(runs.map((one) => one.status)).toEqual([503]);
    });
    await quiet(team);
    expect(await counts(team, 'inbox')).toEqual(before);
    expect(await counts(team, 'deployments')).toEqual([0]);
  });

  test('twenty people who press are all told, and nothing is recorded', async () => {
    const people = Array.from({ length: 20 }, (_, n) => `U0MANY${n}`);
    for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
    team.slack.setGroupUsers(DEPLOYERS, people);
    const sha = await land(team);
    const { channel, ts } = await withButton(team, sha, 'Deploy');
    await quiet(team);
    const before = await counts(team, 'inbox');
    await whileInboxLocked(team, async () => {
      const { result: answers, tookMs } = await timed(() =>
        Promise.all(people.map((user) => team.slack.click({ user, channel, ts, button: 'Deploy' }))),
      );
      expect(answers.map((one) => one.status)).toEqual(Array(20).fill(503));
      expect(tookMs).toBeLessThan(3_000);
    });
    const unlocked = people.filter((user) =>
      team.slack.ephemerals(user).every((one) => !plainText(one).includes('nothing was recorded')),
    );
    expect(unlocked).toEqual([]);
    await quiet(team);
    expect(await counts(team, 'inbox')).toEqual(before);
    expect(await counts(team, 'deployments')).toEqual([0]);
  });
});

test('when a press is saved but the database answer is lost, the person is told that it is not certain', async () => {
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const way = await wayTo(team.databaseUrl);
  try {
    team.point(await team.start(way.url));
    // A connection that is open already: the press is sent, and its answer is lost.
    await press(team, 'U0BOB', sha, 'Deploy');
    await told(team, 'U0BOB', 'not a deployer');
    await quiet(team);
    way.set('deaf');
    const { tookMs } = await timed(async () => {
      expect((await press(team, ALICE, sha, 'Deploy')).status).toBe(503);
      await told(team, ALICE, 'nothing was recorded', 'not certain', 'look at the card');
    });
    expect(tookMs).toBeLessThan(3_000);
    await stands(team, sha, 'deploying', 20_000);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  } finally {
    await way.stop();
  }
}, 60_000);
