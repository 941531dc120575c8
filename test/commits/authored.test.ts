import type pg from 'pg';
import { createReadShipped } from '../../src/commits/authored.js';
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
      readAuthors: async (_, sha) => ({ sha, authors: [{ login, name: 'Some Body', email: 'some@acme.test' }] }),
      people: { octocat: 'U0OCTO' },
      byEmail: async (email) => (email === 'some@acme.test' ? 'U0SOME' : null),
    });
    expect(await readShipped('acme/shop', 'b'.repeat(40), SHA, 'authors too')).toMatchObject({
      authors: [{ user: 'U0SOME', sha: SHA }],
      unmatched: [],
    });
  },
);
