import type pg from 'pg';
import { createReadShipped } from '../../src/commits/authored.js';
import type { SavedAuthor } from '../../src/db/authors.js';
import { createPool } from '../../src/db/pool.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const SHA = 'a'.repeat(40);
const commit = { sha: SHA, title: 'Change 1', author: 'octocat', url: '', pullRequest: null };

test.each(['constructor', '__proto__', 'toString'])(
  'an author whose login is %s is matched by e-mail, as anybody',
  async (login) => {
    const readShipped = createReadShipped({
      pool,
      compare: async () => ({ status: 'ahead', aheadBy: 1, commits: [commit] }),
      touching: async () => new Map(),
      readAuthors: async (_, sha) => ({ sha, authors: [{ login, name: 'Some Body', email: 'some@acme.test' }] }),
      people: { octocat: 'U0OCTO' },
      byEmail: async (email) => (email === 'some@acme.test' ? 'U0SOME' : null),
    });
    expect(await readShipped('acme/shop', 'b'.repeat(40), SHA, 'authors too', 'main')).toMatchObject({
      authors: [{ user: 'U0SOME', sha: SHA }],
      unmatched: [],
    });
  },
);

describe('of those who opened a pull request with a commit', () => {
  const opened = (login: string | null, base: string, head: string, merged: boolean) => ({
    ...{ login, name: login ?? 'unknown', email: null, as: 'opener' as const },
    opened: { base, head, merged, made: false },
  });
  const read = (...authors: SavedAuthor[]) => {
    const all = [{ login: 'octocat', name: 'Octo Cat', email: null, as: 'author' as const }, ...authors];
    let asked = 0;
    const readShipped = createReadShipped({
      pool,
      compare: async () => ({ status: 'ahead', aheadBy: 1, commits: [commit] }),
      touching: async () => new Map(),
      readAuthors: async (_, sha) => {
        asked += 1;
        return { sha, authors: all };
      },
      people: { octocat: 'U0OCTO', mona: 'U0MONA', zed: 'U0ZED' },
      byEmail: async () => null,
    });
    return {
      on: async (branch: string) => {
        const shipped = await readShipped('acme/shop', 'b'.repeat(40), SHA, 'authors too', branch);
        if (typeof shipped !== 'object' || !('authors' in shipped) || shipped.authors === 'not looked up')
          return shipped;
        return [...shipped.authors.map(({ user }) => user), ...shipped.unmatched];
      },
      asked: () => asked,
    };
  };

  test('the one counts who brought it to the branch of the service, from the same answer for each branch', async () => {
    const { on, asked } = read(opened('zed', 'main', 'develop', false), opened('mona', 'develop', 'till', true));
    expect(await on('develop')).toEqual(['U0OCTO', 'U0MONA']);
    expect(await on('main')).toEqual(['U0OCTO', 'U0ZED']);
    expect(await on('develop')).toEqual(['U0OCTO', 'U0MONA']);
    expect(asked()).toBe(1);
  });

  test('one who brought it to a branch after another service had asked counts', async () => {
    expect(await read(opened('zed', 'main', 'till', true)).on('main')).toEqual(['U0OCTO', 'U0ZED']);
    const later = read(opened('zed', 'main', 'till', true), opened('mona', 'prod', 'main', true));
    expect(await later.on('prod')).toEqual(['U0OCTO', 'U0MONA']);
    expect(await later.on('main')).toEqual(['U0OCTO', 'U0ZED']);
    expect(later.asked()).toBe(1);
  });

  test('a deleted account is nobody to name, and who wrote it counts once', async () => {
    expect(await read(opened(null, 'main', 'till', true)).on('main')).toEqual(['U0OCTO']);
    await pool.query('delete from commit_authors');
    expect(await read(opened('OctoCat', 'main', 'till', true)).on('main')).toEqual(['U0OCTO']);
  });

  test('one whom an earlier version stored, without where it led, still counts', async () => {
    expect(await read({ login: 'zed', name: 'zed', email: null }).on('main')).toEqual(['U0OCTO', 'U0ZED']);
  });
});
