import { timed } from '../support/own-time.js';
import { quiet } from '../support/releases.js';
import { ALICE, anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** GitHub takes seconds for each look at a run, and many runs go on: a press does not wait for them. */

const NAMES = Array.from({ length: 12 }, (_, n) => `service-${n}`);
const CHANNELS = ['C0ONE', 'C0TWO', 'C0THREE'];
const channelOf = (name: string) => CHANNELS[NAMES.indexOf(name) % CHANNELS.length] as string;
let team: Team;
beforeAll(async () => {
  team = await startTeam({
    config: configOf({
      services: NAMES.map((name) => anotherService(name, channelOf(name))).join(''),
    }),
  });
  for (const id of CHANNELS) team.slack.addChannel({ id, name: id.toLowerCase() });
  for (const name of NAMES)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
}, 60_000);
afterAll(() => team.stop());

const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const deployOf = (name: string, sha: string) =>
  until(
    `Deploy of ${name}`,
    () => {
      const all = team.cards(channelOf(name));
      return all.find((one) => one.words.includes(sha.slice(0, 7)) && one.buttons.includes('Deploy'));
    },
    20_000,
  );
const running = async () => (await team.rows("select 1 from deployments where status = 'deploying'")).length;

test('while eleven runs are followed on a slow GitHub, the twelfth starts within five seconds of its press, before GitHub has answered', async () => {
  const changes = await Promise.all(
    NAMES.map(async (name) => ({ name, sha: (await team.github.land(`acme/${name}`, { title: 'One', author })).sha })),
  );
  const [last, ...others] = changes as [(typeof changes)[0], ...typeof changes];
  for (const { name, sha } of others) {
    const { ts } = await deployOf(name, sha);
    await team.slack.click({ user: ALICE, channel: channelOf(name), ts, button: 'Deploy' });
  }
  await until('eleven runs go on', async () => (await running()) === others.length, 20_000);
  const { ts } = await deployOf(last.name, last.sha);
  await quiet(team);
  for (const route of ['run', 'attempt-jobs']) team.github.fail(route, { kind: 'slow', ms: 9_000 }, 1_000);
  const looks = () => team.github.calls({ route: 'run' }).filter((call) => call.status === null);
  await team.rows(
    "select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker.jobs where task_identifier = 'follow'",
  );
  const asked = await until('all who look at runs wait for GitHub', () => looks().length >= 8 && looks());
  await team.slack.click({ user: ALICE, channel: channelOf(last.name), ts, button: 'Deploy' });
  const { tookMs } = await timed(() =>
    until('its run starts', () => team.github.runs(`acme/${last.name}`, 'production.yml').length === 1),
  );
  expect(tookMs).toBeLessThan(5_000);
  expect(asked.filter((call) => call.status === null)).toEqual(asked);
  team.github.heal();
}, 120_000);
