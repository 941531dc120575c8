import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  stands,
  start,
  whoWasTold,
  withButton,
} from '../support/releases.js';
import { ALICE, DAVE, DEPLOYERS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam({ replicas: 2 });
});
afterEach(() => team.stop());

const address = (replica: number) => `http://127.0.0.1:${team.running[replica]?.port}/slack/events`;

test('both replicas receive the same click at once, and one run starts', async () => {
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  // Keeps the signed bytes and hands them to nobody.
  const nobody = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await until('it listens', () => nobody.listening);
  team.slack.setEventsUrl(`http://127.0.0.1:${(nobody.address() as AddressInfo).port}`);
  const { request } = await team.slack.click({ user: ALICE, channel, ts, button: 'Deploy' });
  nobody.close();
  nobody.closeAllConnections();
  const answers = await Promise.all([0, 1, 0, 1].map((one) => team.slack.replay({ ...request, url: address(one) })));
  expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200]);
  await stands(team, sha, 'deploying');
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(await team.rows("select 1 from inbox where command->>'type' = 'deploy'")).toHaveLength(1);
  expect(team.production()).toHaveLength(1);
  expect(whoWasTold(team)).toEqual([]);
});

test('twelve people press at two replicas at once, and one run starts', async () => {
  const people = Array.from({ length: 12 }, (_, n) => `U0TWELVE${n}`);
  for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
  team.slack.setGroupUsers(DEPLOYERS, people);
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  const answers = await Promise.all(
    people.map((user, n) => {
      team.slack.setEventsUrl(address(n % 2));
      return team.slack.click({ user, channel, ts, button: 'Deploy' });
    }),
  );
  expect(answers.map((one) => one.status)).toEqual(Array(12).fill(200));
  await stands(team, sha, 'deploying');
  await until('eleven are told', () => whoWasTold(team).length === 11);
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('two people deploy different changes at two replicas: one runs, and the other is decided when it ends', async () => {
  const first = await land(team);
  const second = await land(team, 'Add a basket');
  await withButton(team, second, 'Deploy');
  const type = (replica: number, user: string, sha: string) => {
    team.slack.setEventsUrl(address(replica));
    return team.slack.command({ user, channel: SHOP, text: `deploy shop ${sha}` });
  };
  await Promise.all([type(0, ALICE, first), type(1, DAVE, second)]);
  const run = await until('a run', () => team.production()[0]);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  const other = run.inputs.sha === first ? second : first;
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await until('the other is decided', async () => {
    const status = (await deploymentsOf(team, other)).at(-1)?.status;
    // What was queued behind a newer one is behind what is live by then.
    return other === second ? status === 'deploying' : status === 'rejected';
  });
});

test('another replica continues what a stopped one began', async () => {
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const [first, second] = team.running;
  if (!first || !second) throw new Error('there are two');
  team.point(second);
  const run = await start(team, ALICE, sha);
  await second.stop();
  team.running.pop();
  team.point(first);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  const next = await land(team, 'Add a basket');
  await press(team, ALICE, next, 'Deploy');
  await stands(team, next, 'deploying');
  expect(team.production()).toHaveLength(2);
});
