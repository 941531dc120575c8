import { startCollector } from '../support/collector/collector.js';
import { land, quiet, withButton } from '../support/releases.js';
import { ALICE, SHOP, startTeam } from '../support/team.js';

/** While Slack is away, drawings are tried again and again. Traces have those that asked Slack for something. */

const SOON = { OTEL_BSP_SCHEDULE_DELAY: '50' };
beforeAll(() => void Object.assign(process.env, SOON));
afterAll(() => {
  for (const name of Object.keys(SOON)) delete process.env[name];
});

let stop = async () => {};
afterEach(() => stop());

test('a drawing that asks Slack for nothing is in no trace', async () => {
  const collector = await startCollector();
  const team = await startTeam({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
  let stopped = false;
  const end = async () => {
    if (!stopped) await team.stop();
    stopped = true;
  };
  stop = async () => {
    await end();
    await collector.stop();
  };
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  team.slack.fail('chat.update', { kind: 'http', status: 503 }, 2);
  // As another replica has noted it.
  const away = "since = clock_timestamp(), next_try_at = clock_timestamp() + interval '1 second'";
  await team.pool.query(`update slack_outage set ${away}`);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop Stock-taking' });
  await team.card(sha, 'locked');
  await quiet(team);
  await end();

  const spans = collector.spans();
  expect(spans.filter(({ name, failed }) => name === 'Slack chat.update' && failed)).toHaveLength(2);
  // Of a drawing that several traces share, one has the calls.
  const asks = (id: string) => spans.some(({ parent }) => parent === id);
  const drawings = spans.filter(({ name }) => name === 'card');
  expect(drawings.filter(({ id, links }) => !asks(id) && !links.some((one) => asks(one.id)))).toEqual([]);
}, 60_000);
