import { asked, hears, minutes } from '../support/polling.js';
import { anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';

/**
 * A thousand services in three hundred repositories are polled by two replicas: each repository once a turn, and what a replica has
 * read and did not change costs nothing more of GitHub's budget. While webhooks arrive it is a fraction of that.
 */

const REPOSITORIES = Array.from({ length: 300 }, (_, n) => `acme/mono-${n}`);
const SERVICES = Array.from({ length: 999 }, (_, n) => ({
  name: `service-${n}`,
  repository: `mono-${n % REPOSITORIES.length}`,
  place: Math.floor(n / REPOSITORIES.length),
}));
const PLACES = [0, 1, 2, 3];
const REPLICAS = 2;

let team: Team;
beforeAll(async () => {
  const services = SERVICES.map(({ name, repository, place }) =>
    anotherService(name, 'C0RELEASES')
      .replace(`acme/${name}`, `acme/${repository}`)
      .replace('staging.yml', `staging-${place}.yml`)
      .replace('production.yml', `production-${place}.yml`),
  );
  team = await startTeam({
    replicas: 0,
    movableClock: true,
    config: configOf({ services: services.join('') }).replace('poll: 1h', 'poll: 60s'),
  });
  const workflows = PLACES.flatMap((place) => [
    { ...STAGING, file: `staging-${place}.yml` },
    { ...PRODUCTION, file: `production-${place}.yml` },
  ]);
  for (const fullName of REPOSITORIES) team.github.addRepository({ fullName, defaultBranch: 'main', workflows });
  for (let count = 0; count < REPLICAS; count += 1) await team.start();
  if (team.running[0]) team.point(team.running[0]);
}, 60_000);
afterAll(() => team.stop());

const lists = () => asked(team).filter((call) => call.route === 'runs');

test('while nothing is known of webhooks, each repository is read once a minute, and an unchanged list is free', async () => {
  await minutes(team, 2);
  const from = lists().length;
  const each = await minutes(team, 3, /\/actions\/runs$/);
  // With the one of every team.
  expect(Math.max(...each)).toBeLessThanOrEqual(REPOSITORIES.length + 10);
  expect(Math.min(...each)).toBeGreaterThanOrEqual(REPOSITORIES.length - 20);
  const paid = new Map<string, number>();
  for (const { path, status } of lists()) if (status === 200) paid.set(path, (paid.get(path) ?? 0) + 1);
  expect(Math.max(...paid.values())).toBeLessThanOrEqual(REPLICAS);
  expect(
    new Set(
      lists()
        .slice(from)
        .map((call) => call.path),
    ).size,
  ).toBe(REPOSITORIES.length + 1);
}, 200_000);

test('while webhooks arrive, all of it costs at most 90 calls a minute', async () => {
  await hears(team, 'acme/shop', ...REPOSITORIES);
  await minutes(team, 12);
  const each = await minutes(team, 20);
  expect(Math.max(...each)).toBeLessThanOrEqual(90);
  expect(new Set(lists().map((call) => call.path)).size).toBe(REPOSITORIES.length + 1);
}, 200_000);
