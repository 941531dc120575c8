import type { Fault as GitHubFault } from '../../sandbox/github/faults.js';
import type { Fault as SlackFault } from '../../sandbox/slack/faults.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { deploymentsOf, hurry, quiet, short } from '../support/releases.js';
import { ALICE, anotherService, configOf, OPS, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/**
 * Every write to GitHub and to Slack is carried out and its answer lost, in each way in which an answer can be: nothing is done twice,
 * and everything goes on. One service, repository and channel for each way, all at once.
 */

const HISTORY =
  'chat:write commands users:read users:read.email usergroups:read channels:read groups:read channels:history'.split(
    ' ',
  );
interface Way {
  readonly name: string;
  readonly channel: string;
  readonly slack: SlackFault;
  readonly github: GitHubFault;
}
const WAYS: readonly Way[] = [
  { name: 'reset', channel: 'C0RESET', slack: { kind: 'lost' }, github: { kind: 'lost' } },
  { name: 'cut', channel: 'C0CUT', slack: { kind: 'truncated' }, github: { kind: 'truncated' } },
  {
    ...{ name: 'error', channel: 'C0ERROR' },
    slack: { kind: 'http', status: 503, effect: true },
    github: { kind: 'status-after', status: 502 },
  },
  {
    ...{ name: 'hanging', channel: 'C0HANGING' },
    slack: { kind: 'hang', effect: true },
    github: { kind: 'hang', effect: true },
  },
];

let team: Team;
const changes = new Map<string, string>();
beforeAll(async () => {
  const minute = new Date(Date.now() - 5 * 60_000).getUTCMinutes();
  team = await startTeam({
    pauses: 'real',
    replicas: 0,
    scopes: HISTORY,
    config: configOf({
      top: `timezone: Etc/UTC\ndigest: "${minute} * * * *"`,
      services: WAYS.map(({ name, channel }) => anotherService(name, channel, 'override: [U0ALICE]')).join(''),
    }),
  });
  for (const { name, channel } of WAYS) {
    team.slack.addChannel({ id: channel, name });
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  }
  team.point(await team.start());
}, 60_000);
afterAll(() => team.stop());

const each = <T>(act: (way: Way) => Promise<T>): Promise<T[]> => Promise.all(WAYS.map(act));
const shaOf = ({ name }: Way): string => changes.get(name) ?? '';
const answersAreLost = (method: string, what?: string): void => {
  for (const { channel, slack } of WAYS)
    team.slack.fail(method, slack, 1, (args) => {
      const { event_type } = (args.metadata ?? {}) as { event_type?: string };
      return args.channel === channel && (what === undefined || event_type === what);
    });
};
const gitHubLoses = (route: string): void => {
  for (const { name, github } of WAYS) team.github.fail(`POST /repos/acme/${name}/${route}`, github);
};
const says = ({ name, channel }: Way, ...words: string[]) =>
  until(
    `the card of ${name} says ${words.join(', ')}`,
    () => {
      const own = team.cards(channel).filter((one) => one.words.includes(short(changes.get(name) ?? '')));
      const found = own.find((one) => words.every((word) => one.words.includes(word)));
      if (!found) throw new Error(JSON.stringify(own.map((one) => one.words)));
      return found;
    },
    60_000,
  );
const stands = (way: Way, status: string) =>
  until(
    `${way.name} is ${status}`,
    async () => {
      const row = (await deploymentsOf(team, shaOf(way))).at(-1);
      if (row?.status !== status) throw new Error(`it is ${row?.status}`);
      return row;
    },
    60_000,
  );
const messagesOf = (type: string, channel: string) =>
  team.slack
    .messages(channel)
    .filter((one) => (one.metadata as { event_type?: string } | undefined)?.event_type === type);
const land = async (way: Way, conclusion?: 'failure') => {
  const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
  const { sha, runId } = await team.github.land(
    `acme/${way.name}`,
    { title: `Of ${way.name}`, author },
    conclusion && { conclusion },
  );
  changes.set(way.name, sha);
  return runId;
};
const press = async (way: Way, button: string) => {
  const on = await until(
    `${button} on the card of ${way.name}`,
    () => team.cards(way.channel).find((one) => one.words.includes(short(shaOf(way))) && one.buttons.includes(button)),
    30_000,
  );
  await team.slack.click({ user: ALICE, channel: on.channel, ts: on.ts, button });
};

test('lost answers to a digest: it is found by its metadata and posted once', async () => {
  answersAreLost('chat.postMessage', 'pushbutton_digest');
  await until(
    'its time has passed',
    async () => (await team.rows("update digest_times set since = now() - interval '2 hours' returning 1")).length > 0,
    30_000,
  );
  await each(({ channel }) => until('a digest', () => messagesOf('pushbutton_digest', channel).length > 0, 60_000));
  await until(
    'all are known to be posted',
    async () => (await team.rows('select 1 from digests where ts is null')).length === 0,
    60_000,
  );
  await each(async ({ channel }) => expect(messagesOf('pushbutton_digest', channel)).toHaveLength(1));
}, 150_000);

test('lost answers to a card, its updates and a start: there is one card and one run', async () => {
  answersAreLost('chat.postMessage', 'pushbutton_card');
  await each((way) => land(way));
  await each((way) => says(way, 'passed staging'));
  answersAreLost('chat.update');
  gitHubLoses('actions/workflows/:workflow/dispatches');
  await each((way) => press(way, 'Deploy'));
  await each((way) => stands(way, 'deploying'));
  await each((way) => says(way, 'deploying'));
  await each(async ({ name, channel }) => {
    expect(team.github.runs(`acme/${name}`, 'production.yml')).toHaveLength(1);
    expect(messagesOf('pushbutton_card', channel)).toHaveLength(1);
  });
}, 150_000);

test('lost answers to a Cancel: the deployment is cancelled, and its card says so', async () => {
  gitHubLoses('actions/runs/:run/cancel');
  await each((way) => press(way, 'Cancel'));
  await each((way) => stands(way, 'cancelled'));
  await each((way) => says(way, 'cancelled by'));
}, 150_000);

test('lost answers to a break-glass announcement: it is posted once', async () => {
  answersAreLost('chat.postMessage', 'pushbutton_break_glass');
  await each((way) =>
    team.slack.command({
      ...{ user: ALICE, channel: way.channel },
      text: `deploy ${way.name} ${short(shaOf(way))} --override Fire`,
    }),
  );
  await each((way) => stands(way, 'deploying'));
  await until(
    'all are known to be posted',
    async () => (await team.rows('select 1 from announcements where ts is not null')).length === WAYS.length,
    90_000,
  );
  await each(async (way) => {
    expect(messagesOf('pushbutton_break_glass', way.channel)).toHaveLength(1);
    await team.github.completeRun(Number((await stands(way, 'deploying')).run_id), { conclusion: 'success' });
    await says(way, 'live since');
  });
}, 150_000);

test('lost answers to a Re-run: staging runs again once', async () => {
  const runs = new Map(await each(async (way) => [way.name, await land(way, 'failure')] as const));
  await each((way) => says(way, 'failed staging'));
  gitHubLoses('actions/runs/:run/rerun-failed-jobs');
  await each((way) => press(way, 'Re-run'));
  await each(({ name }) =>
    until(`${name} runs again`, () => team.github.run(Number(runs.get(name))).attempt === 2, 30_000),
  );
  // Where no delivery tells it, the run itself is asked a minute later.
  await until(
    'no Re-run is open',
    async () => {
      await team.rows(
        "update changes set rerun_sent_at = now() - interval '61 seconds' where rerun_sent_at is not null",
      );
      await hurry(team, 're-run staging');
      return (await team.rows('select 1 from changes where rerun_attempt is not null')).length === 0;
    },
    60_000,
  );
  await each((way) => says(way, 'staging runs again'));
  await quiet(team, 60_000);
  await each(async ({ name }) => expect(team.github.run(Number(runs.get(name))).attempt).toBe(2));
}, 150_000);

test('lost answers to a private message: the person gets it, perhaps twice, and nobody else does', async () => {
  const before = team.slack.workspace.ephemerals.length;
  for (const method of ['chat.postEphemeral', 'response_url'])
    for (const { slack } of WAYS) team.slack.fail(method, slack, 1);
  await each((way) => team.slack.command({ user: 'U0BOB', channel: way.channel, text: `rollback ${way.name}` }));
  await each(({ name }) =>
    until(
      'Bob is told',
      () => team.slack.ephemerals('U0BOB').some((one) => plainText(one).includes(`not a deployer of ${name}`)),
      60_000,
    ),
  );
  await quiet(team, 60_000);
  expect(new Set(team.slack.workspace.ephemerals.slice(before).map(({ user }) => user))).toEqual(new Set(['U0BOB']));
}, 150_000);

test('lost answers to messages to operators: each arrives, perhaps twice', async () => {
  const before = team.slack.dms(OPS).length;
  await each((way) => land(way));
  await each((way) => says(way, 'passed staging'));
  await each((way) => press(way, 'Deploy'));
  await each((way) => stands(way, 'deploying'));
  for (const { slack } of WAYS) team.slack.fail('chat.postMessage', slack, 1, (args) => args.channel === OPS);
  await team.rows("update deployments set run_started_at = now() - interval '2 days' where status = 'deploying'");
  await until(
    'they are told of each',
    async () => {
      await hurry(team, 'follow');
      const told = team.slack.dms(OPS).slice(before).map(plainText);
      return WAYS.every(({ name }) => told.some((one) => one.includes(name) && one.includes('hung')));
    },
    90_000,
  );
}, 150_000);
