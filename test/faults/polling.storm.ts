import { anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/**
 * Two hundred services are polled by two replicas: each list once a turn, and what a replica has read and did not change costs nothing
 * more of GitHub's budget.
 */

const NAMES = Array.from({ length: 200 }, (_, n) => `service-${n}`);
const LISTS = NAMES.length * 2;
const REPLICAS = 2;
const POLL_MS = 12_000;

let team: Team;
beforeAll(async () => {
  team = await startTeam({
    pauses: 'real',
    replicas: 0,
    config: configOf({
      services: NAMES.map((name) => anotherService(name, 'C0RELEASES')).join(''),
    }).replace('poll: 1h', 'poll: 12s'),
  });
  for (const name of NAMES)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  for (let count = 0; count < REPLICAS; count += 1) await team.start();
}, 60_000);
afterAll(() => team.stop());

test('two replicas poll two hundred services: each list is read once per turn, and an unchanged one is free', async () => {
  // The whole list of staging runs, without a branch, is read of every tenth service at a time, by each replica's own count.
  const isWhole = (one: { path: string; query: Record<string, string> }) =>
    one.path.includes('staging.yml') && one.query.branch === undefined;
  const lists = () =>
    team.github.calls({ route: 'workflow-runs' }).filter((one) => !one.path.includes('/shop/') && !isWhole(one));
  const began = performance.now();
  // More than nine hundred in a minute would meet GitHub's secondary limit; at the default of 60 s these are four hundred.
  await until('every list was read twice', () => lists().length >= 2 * LISTS, 60_000);
  const turns = 1 + (performance.now() - began) / POLL_MS;
  const per = (of: readonly { path: string }[]) => {
    const counted = new Map<string, number>();
    for (const { path } of of) counted.set(path, (counted.get(path) ?? 0) + 1);
    return [...counted.values()];
  };
  const whole = team.github.calls({ route: 'workflow-runs' }).filter(isWhole);
  expect(whole.length).toBeLessThanOrEqual(Math.ceil((NAMES.length + 1) / 10) * Math.ceil(turns) * REPLICAS);
  const all = lists();
  expect(per(all)).toHaveLength(LISTS);
  // Over both replicas each list is read once a turn; each of them pays for it once.
  expect(Math.max(...per(all))).toBeLessThanOrEqual(Math.ceil(turns));
  expect(Math.max(...per(all.filter(({ status }) => status !== 304)))).toBeLessThanOrEqual(REPLICAS);
}, 150_000);
