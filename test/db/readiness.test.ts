import { connectionsOf } from '../../src/core/connections.js';
import { openPools, type Pools } from '../../src/db/pools.js';
import { databaseProblem } from '../../src/db/readiness.js';
import { ownedDatabase } from '../support/postgres.js';

/** A pool whose statements are all refused with this code of PostgreSQL's. */
const refusing = (code: string) =>
  ({ query: () => Promise.reject(Object.assign(new Error(code), { code })) }) as unknown as Pools['pool'];
const well = { query: () => Promise.resolve({ rows: [] }) } as unknown as Pools['pool'];

test.each([
  ['57P03', 'is starting, stopping or recovering'],
  ['28P01', 'refuses the password'],
  ['3D000', 'is not there'],
  ['XX000', 'does not answer'],
])('%s of one pool alone is said: it %s', async (code, words) => {
  for (const name of ['pool', 'intake', 'claims'])
    expect(await databaseProblem({ pool: well, intake: well, claims: well, [name]: refusing(code) })).toBe(words);
});

test('of several problems the one with a reason is said', async () => {
  const pools = { pool: refusing('ECONNRESET'), intake: refusing('53300'), claims: well };
  expect(await databaseProblem(pools)).toBe('takes no more connections');
});

test('a role that may keep nothing in temporary files is ready all the same', async () => {
  const database = await ownedDatabase();
  const owner = openPools(database.ownerUrl, connectionsOf(10), 1_000, () => {});
  const other = openPools(database.url, connectionsOf(10), 1_000, () => {});
  try {
    await other.pool.query(`alter role ${database.role} set temp_file_limit = 0`);
    expect(await databaseProblem(owner)).toBeNull();
    await expect(
      owner.intake.query("set local work_mem = '64kB'; select count(*) from generate_series(1, 4000)"),
    ).rejects.toThrow('temp_file_limit');
  } finally {
    await Promise.all([owner.close(), other.close()]);
    await database.drop();
  }
});
