import { configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Two hundred services are polled by two replicas: each list once a turn, and what has not changed costs nothing of GitHub's budget. */

const NAMES = Array.from({ length: 200 }, (_, n) => `service-${n}`);
const LISTS = NAMES.length * 2;

let team: Team;
beforeAll(async () => {
  team = await startTeam({
    replicas: 0,
    config: configOf({
      services: NAMES.map(
        (name) => `
  - name: ${name}
    repository: acme/${name}
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]`,
      ).join(''),
    }).replace('poll: 1h', 'poll: 12s'),
  });
  for (const name of NAMES)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  await team.start();
  await team.start();
}, 60_000);
afterAll(() => team.stop());

test('two hundred services', async () => {
  const lists = () => team.github.calls({ route: 'workflow-runs' }).filter((one) => !one.path.includes('/shop/'));
  await until('every list was read once', () => new Set(lists().map(({ path }) => path)).size >= LISTS, 60_000);
  const first = lists();
  await until('and twice', () => lists().length >= first.length + LISTS, 60_000);
  const second = lists().slice(first.length);
  expect(second.filter(({ status }) => status !== 304)).toEqual([]);
  // Over both replicas each list is read once a turn.
  const perList = new Map<string, number>();
  for (const { path } of first) perList.set(path, (perList.get(path) ?? 0) + 1);
  expect(Math.max(...perList.values())).toBeLessThanOrEqual(2);
}, 150_000);
