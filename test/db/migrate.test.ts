import fs from 'node:fs/promises';
import { compareMigrations, migrate } from '../../src/db/migrate.js';
import { createPool } from '../../src/db/pool.js';
import { emptyDatabase, freshDatabase } from '../support/postgres.js';

async function names(): Promise<string[]> {
  const files = await fs.readdir('migrations');
  return files.map((file) => file.replace(/\.sql$/, '')).sort();
}

test('two replicas that start at once migrate once', async () => {
  const database = await emptyDatabase();
  expect(await compareMigrations(database.url)).toEqual({ pending: await names(), newer: [], isNew: true });
  const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([await names(), []]);
  expect(await compareMigrations(database.url)).toEqual({ pending: [], newer: [], isNew: false });
  const pool = createPool(database.url);
  const queue = await pool.query('select count(*) as count from graphile_worker.jobs');
  expect(queue.rows).toEqual([{ count: 0 }]);
  await pool.end();
  await database.drop();
});

test('every test gets a database of its own with everything applied', async () => {
  const databases = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);
  expect(new Set(databases.map((database) => database.url)).size).toBe(3);
  for (const database of databases) {
    expect(await compareMigrations(database.url)).toEqual({ pending: [], newer: [], isNew: false });
    await database.drop();
  }
});
