import pg from 'pg';
import { createReadShipped } from '../../src/commits/authored.js';
import { countCommits } from '../../src/commits/count.js';
import { createTouching } from '../../src/commits/touching.js';
import type { CommitFiles } from '../../src/github/commit-files.js';
import { change, state } from '../core/given.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 3 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const REPOSITORY = 'acme/mono';
const SHOP = ['shop/**'];
const TILL = ['till/**'];
const shaOf = (n: number) => String(n).padStart(40, '0');
const shas = (count: number) => Array.from({ length: count }, (_, n) => shaOf(n + 1));

/** What GitHub says of each commit: its files, or nothing. */
function gitHub(told: (sha: string) => string[] | null, isAll = true) {
  const read: string[] = [];
  let now = 0;
  let most = 0;
  const filesOf = async (_: string, sha: string): Promise<CommitFiles> => {
    read.push(sha);
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    const files = told(sha);
    if (!files) throw new Error('GitHub does not say');
    return { files, isAll };
  };
  const touching = createTouching({ pool, filesOf, pathsIn: () => [SHOP, TILL] });
  return { touching, read, most: () => most };
}

test('each commit is read once, for the paths of all services and by all who ask at the same time', async () => {
  const { touching, read } = gitHub((sha) => (sha === shaOf(1) ? ['shop/a.ts'] : ['README.md']));
  const asked = await Promise.all([touching(REPOSITORY, SHOP, shas(2)), touching(REPOSITORY, SHOP, shas(2))]);
  const verdicts = new Map([
    [shaOf(1), true],
    [shaOf(2), false],
  ]);
  expect(asked).toEqual([verdicts, verdicts]);
  expect(await touching(REPOSITORY, TILL, shas(2))).toEqual(
    new Map([
      [shaOf(1), false],
      [shaOf(2), false],
    ]),
  );
  expect(read.toSorted()).toEqual(shas(2));
});

test('a commit whose list of files is cut touches what is not on it', async () => {
  const { touching } = gitHub(() => ['shop/a.ts'], false);
  expect(await touching(REPOSITORY, TILL, shas(1))).toEqual(new Map([[shaOf(1), true]]));
});

test('one question reads the newest hundred, five at a time; others ask for the next', async () => {
  const { touching, read, most } = gitHub(() => ['README.md']);
  expect((await touching(REPOSITORY, SHOP, shas(250))).size).toBe(100);
  expect(read).toHaveLength(100);
  expect(read).toContain(shaOf(250));
  expect(read).not.toContain(shaOf(150));
  expect(most()).toBeLessThanOrEqual(5);
  await touching(REPOSITORY, SHOP, shas(250));
  expect((await touching(REPOSITORY, SHOP, shas(250))).size).toBe(250);
  expect(read).toHaveLength(250);
});

test('what GitHub does not tell is left out, and asked for again at once only by who must know', async () => {
  const { touching, read } = gitHub(() => null);
  expect(await touching(REPOSITORY, SHOP, shas(1))).toEqual(new Map());
  expect(await touching(REPOSITORY, SHOP, shas(1))).toEqual(new Map());
  expect(read).toHaveLength(1);
  await touching(REPOSITORY, SHOP, shas(1), true);
  expect(read).toHaveLength(2);
});

describe('what GitHub does not tell counts as touching', () => {
  const commits = shas(3).map((sha) => ({ sha, title: 'Title', author: 'octocat', url: '', pullRequest: null }));
  const compare = async () => ({ status: 'ahead', aheadBy: 3, commits }) as const;
  const silentOfOne = () =>
    gitHub((sha) => (sha === shaOf(1) ? null : sha === shaOf(2) ? ['docs/a'] : ['shop/a'])).touching;

  test('so its author is one', async () => {
    const readShipped = createReadShipped({
      ...{ pool, compare, touching: silentOfOne(), byEmail: async () => null },
      readAuthors: async (_, sha) => ({ sha, authors: [{ login: `l${Number(sha)}`, name: 'Some Body', email: null }] }),
      people: { l1: 'U1', l2: 'U2', l3: 'U3' },
    });
    const shipped = await readShipped(REPOSITORY, 'b'.repeat(40), shaOf(3), 'authors too', 'main', SHOP);
    // The approved set is of all commits.
    expect(shipped).toMatchObject({ shas: shas(3), others: 1, unmatched: [] });
    expect(shipped).toMatchObject({
      authors: [
        { user: 'U1', sha: shaOf(1) },
        { user: 'U3', sha: shaOf(3) },
      ],
    });
    const first = await readShipped(REPOSITORY, null, shaOf(2), 'authors too', 'main', SHOP);
    expect(first).toMatchObject({ shas: [shaOf(2)], authors: [{ user: 'U2', sha: shaOf(2) }] });
  });

  test('so it is counted', async () => {
    const touching = silentOfOne();
    const counted = (paths: string[] | null) =>
      countCommits(
        compare,
        REPOSITORY,
        'u',
        state(),
        change(3),
        'b'.repeat(40),
        paths && ((of) => touching(REPOSITORY, paths, of)),
      );
    expect(await counted(SHOP)).toMatchObject({ count: 2, others: 1, commits: [commits[0], commits[2]] });
    expect(await counted(null)).toEqual({ count: 3, commits, from: 'b'.repeat(40), outside: false });
  });
});
