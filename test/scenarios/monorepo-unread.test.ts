import { landed, offered, startMonorepo, titles } from '../support/monorepo.js';
import { card, quiet, short } from '../support/releases.js';
import type { Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What GitHub does not tell of a commit's files counts as touching the service, and is not asked for without end. */

let team: Team;
afterEach(() => team.stop());

const read = (sha: string) =>
  team.github.calls({ route: 'commit' }).filter(({ path, query }) => path.endsWith(sha) && query.per_page === '100');

test('a change of which GitHub says nothing has its card after a short wait, and the ledger says why', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  team.github.fail('commit', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
  const { sha } = await team.github.land('acme/shop', { title: 'Write a plan', files: ['docs/plan.md'] });
  await offered(team, sha);
  const lines = await team.rows("select service, reason from ledger where kind = 'counts' and sha = $1", [sha]);
  expect(lines.map(({ reason }) => reason)).toEqual(Array(2).fill('GitHub does not tell which files it touches'));
});

test('one that GitHub tells of a moment later stands aside', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  team.github.fail('compare', { kind: 'status', status: 502 }, 2);
  await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  expect(titles(team)).toEqual(['Begin']);
});

test('more files than GitHub lists count as touching, unless one of those listed says so before', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const files = Array.from({ length: 3_100 }, (_, n) => `vendor/${n}.js`);
  const vendored = await landed(team, 'Vendor everything', files);
  await offered(team, vendored);
  const some = await landed(team, 'Vendor less', files.slice(0, 250));
  await quiet(team);
  expect(titles(team)).toEqual(['Begin', 'Vendor everything']);
  expect(read(some)).toHaveLength(3);
});

test('each commit is read once, for all services of the repository', async () => {
  team = await startMonorepo();
  const first = await landed(team, 'Begin', ['lib/money/euro.ts']);
  await offered(team, first);
  const second = await landed(team, 'Write a plan', ['docs/plan.md']);
  const third = await landed(team, 'Add prices', ['shop/prices.ts']);
  await offered(team, third);
  await quiet(team);
  expect([second, third].map((sha) => read(sha).length)).toEqual([1, 1]);
});

test('a history that was rewritten counts as touching', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const gone = await landed(team, 'Write a plan', ['docs/plan.md']);
  await team.rows('update changes set sha = $2 where sha = $1', [gone, 'e'.repeat(40)]);
  const { sha } = await team.github.land('acme/shop', { title: 'Write another', files: ['docs/plan.md'] });
  await offered(team, sha);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
});

test('one that a replica of an earlier version has described is looked at all the same', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const aside = await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  await team.rows("update changes set aside = 'not known' where sha = $1", [aside]);
  await until('it stands aside', async () => {
    const rows = await team.rows('select aside from changes where sha = $1', [aside]);
    return rows.every((row) => row.aside === 'touches nothing');
  });
});

test('without paths every change is one of the service again, also those that stood aside', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const aside = await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  for (const service of team.config.services) delete service.paths;
  await team.start();
  await until(`${short(aside)} has a card`, () => titles(team).includes('Write a plan'), 20_000);
  await offered(team, aside);
});
