import { setTimeout as sleep } from 'node:timers/promises';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { createPeople } from '../../src/slack/people.js';
import { slackClient } from '../sandbox/slack-client.js';

const ALICE = { user: 'U0ALICE', team: 'T0HOME' };
const OTHERWISE = { rule: 'not a deployer', service: 'shop', deployers: ['S0DEPLOY'] } as const;
const LIMITED = { kind: 'error', error: 'ratelimited', retryAfter: 1 } as const;

let slack: SlackStandIn;
beforeEach(async () => {
  slack = await startSlack({ signingSecret: 'secret', botToken: 'xoxb', limits: 'off' });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deploy', name: 'Deployers', users: ['U0ALICE'] });
});
afterEach(() => slack.stop());

const peopleIn = () =>
  createPeople(
    slackClient(slack.apiUrl, 'xoxb'),
    () => 'T0HOME',
    async () => {},
  );

test('while Slack limits the look-ups of groups, nobody is looked up in vain; a person named in the config still is', async () => {
  const people = peopleIn();
  const inGroup = () => people.isOneOf(ALICE, ['S0DEPLOY'], OTHERWISE);
  slack.fail('usergroups.users.list', LIMITED);
  expect(await inGroup()).toEqual({ is: 'not looked up', retryAfterMs: 1_000 });
  const asked = slack.calls().length;
  expect(await Promise.all([inGroup(), inGroup()])).toEqual([
    { is: 'not looked up', retryAfterMs: expect.any(Number) },
    { is: 'not looked up', retryAfterMs: expect.any(Number) },
  ]);
  expect(slack.calls()).toHaveLength(asked);
  expect(await people.isOneOf(ALICE, ['S0DEPLOY', 'U0ALICE'], OTHERWISE)).toEqual({ is: 'granted' });
  await sleep(1_050);
  expect(await inGroup()).toEqual({ is: 'granted' });
});

test('while it limits those of people, none is asked for', async () => {
  const people = peopleIn();
  slack.fail('users.info', LIMITED);
  expect(await people.isFullMember(ALICE)).toEqual({ is: 'not looked up', retryAfterMs: 1_000 });
  expect(await people.isFullMember({ ...ALICE, user: 'U0BOB' })).toMatchObject({ is: 'not looked up' });
  expect(slack.calls('users.info')).toHaveLength(1);
});

const MANY = Array.from({ length: 40 }, (_, n) => `S0TEAM${n}`);

test('where many groups are named, one call reads all of them, and who is no full member costs none', async () => {
  const people = peopleIn();
  slack.addUser({ id: 'U0GUEST', name: 'guest', guest: 'restricted' });
  slack.addUser({ id: 'U0BOB', name: 'bob' });
  for (const id of MANY)
    slack.addGroup({ id, handle: id.toLowerCase(), name: id, users: id === 'S0TEAM33' ? ['U0ALICE'] : [] });
  const may = (user: string) => people.isOneOf({ ...ALICE, user }, MANY, OTHERWISE);
  expect(await may('U0ALICE')).toEqual({ is: 'granted' });
  expect(await may('U0BOB')).toEqual({ is: 'denied', refusal: OTHERWISE });
  expect(slack.calls('usergroups.list')).toHaveLength(2);
  expect(await may('U0GUEST')).toEqual({ is: 'denied', refusal: { rule: 'not a full member', why: 'guest' } });
  expect(slack.calls('usergroups.list')).toHaveLength(2);
  expect(slack.calls('usergroups.users.list')).toEqual([]);
});

test('where many groups are named, each look-up begins after it is asked for, and one that fails grants and denies nothing', async () => {
  const people = peopleIn();
  for (const id of MANY) slack.addGroup({ id, handle: id.toLowerCase(), name: id, users: ['U0ALICE'] });
  const may = () => people.isOneOf(ALICE, MANY, OTHERWISE);
  expect(await may()).toEqual({ is: 'granted' });
  for (const id of MANY) slack.addGroup({ id, handle: id.toLowerCase(), name: id, users: [] });
  expect(await may()).toEqual({ is: 'denied', refusal: OTHERWISE });
  slack.fail('usergroups.list', LIMITED);
  expect(await may()).toEqual({ is: 'not looked up', retryAfterMs: 1_000 });
});

test('groups that are only shown are read with one call for all people, and what decides is asked all the same', async () => {
  const people = peopleIn();
  slack.addUser({ id: 'U0BOB', name: 'bob' });
  expect(await people.groupsShown('U0ALICE')).toEqual(new Set(['S0DEPLOY']));
  expect(await people.groupsShown('U0BOB')).toEqual(new Set());
  expect(slack.calls('usergroups.list')).toHaveLength(1);
  slack.setGroupUsers('S0DEPLOY', []);
  expect(await people.groupsShown('U0ALICE')).toEqual(new Set(['S0DEPLOY']));
  expect(await people.isOneOf(ALICE, ['S0DEPLOY'], OTHERWISE)).toEqual({ is: 'denied', refusal: OTHERWISE });
});

test('while Slack does not say them, they are not asked for with each drawing, and no press is kept away', async () => {
  const people = peopleIn();
  slack.fail('usergroups.list', LIMITED, Number.POSITIVE_INFINITY);
  for (const user of ['U0ALICE', 'U0BOB', 'U0ALICE']) expect(await people.groupsShown(user)).toBeNull();
  expect(slack.calls('usergroups.list')).toHaveLength(1);
  expect(await people.isOneOf(ALICE, ['S0DEPLOY'], OTHERWISE)).toEqual({ is: 'granted' });
});
