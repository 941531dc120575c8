import type pg from 'pg';
import {
  forgetHome,
  homeStillStale,
  keepHome,
  markHomes,
  noteHomeDrawn,
  noteHomeOpened,
  noteHomeOvertaken,
  takeStaleHomes,
} from '../../src/db/home-viewers.js';
import { createPool } from '../../src/db/pool.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** Whose Home tab is kept up to date, and no longer than said. */

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url, { max: 3 });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const MINUTE = 60_000;
const opened = (user: string, forMs = MINUTE, hash: string | null = null) =>
  noteHomeOpened(pool, { user, page: 1, hash }, forMs);
const taken = async (most = 5) => (await takeStaleHomes(pool, most)).map(({ user }) => user).sort();

test('what changed marks each open page once; who was waiting longest is taken first', async () => {
  expect(await markHomes(pool)).toBe(false);
  for (const user of ['U1', 'U2', 'U3']) await opened(user);
  expect(await taken()).toEqual([]);
  expect(await markHomes(pool)).toBe(true);
  expect(await taken(2)).toEqual(['U1', 'U2']);
  // What changes meanwhile marks them again.
  expect(await markHomes(pool)).toBe(true);
  expect(await taken(1)).toEqual(['U3']);
  expect(await taken()).toEqual(['U1', 'U2']);
  await homeStillStale(pool, 'U2');
  expect(await taken()).toEqual(['U2']);
});

test('a page that is not looked at any more is left alone, and one that is used stays open', async () => {
  await opened('U1', -1);
  await opened('U3');
  // What changed while nobody marked it may be missing there; also where nothing is noted any more.
  const pressed = (user: string) => keepHome(pool, { user, page: 3, hash: 'seen' }, MINUTE);
  await pool.query("insert into home_viewers (slack_user_id, page, until, hash) values ('U2', 2, now(), 'h2')");
  expect([await pressed('U2'), await pressed('U9'), await pressed('U3')]).toEqual([true, true, false]);
  expect((await takeStaleHomes(pool, 5)).sort((one, other) => (one.user < other.user ? -1 : 1))).toEqual([
    { user: 'U2', page: 2, hash: 'h2', drawn: null },
    { user: 'U9', page: 3, hash: 'seen', drawn: null },
  ]);
  expect(await markHomes(pool)).toBe(true);
  expect(await taken()).toEqual(['U2', 'U3', 'U9']);
  for (const user of ['U2', 'U3', 'U9']) await forgetHome(pool, user);
  expect(await markHomes(pool)).toBe(false);
});

test('it remembers what was drawn, and an update does not keep it open for longer', async () => {
  await opened('U1');
  await markHomes(pool);
  // It was read before that; what is marked meanwhile is drawn once more.
  await noteHomeDrawn(pool, { user: 'U1', hash: 'h2', drawn: 'd2' });
  expect(await takeStaleHomes(pool, 5)).toEqual([{ user: 'U1', page: 1, hash: 'h2', drawn: 'd2' }]);
  const { rows } = await pool.query(
    "select until < clock_timestamp() + interval '1 minute' as unchanged from home_viewers",
  );
  expect(rows).toEqual([{ unchanged: true }]);
});

test('a hash that Slack has refused is used once more, or the one that is noted by then; after that none is known', async () => {
  await opened('U1', MINUTE, 'h1');
  await noteHomeDrawn(pool, { user: 'U1', hash: 'h2', drawn: 'd2' });
  // What somebody saw may be older than what is noted.
  await opened('U1', MINUTE, 'h1');
  const refused = async (hash: string) => {
    await noteHomeOvertaken(pool, { user: 'U1', hash });
    return (await takeStaleHomes(pool, 5)).map((one) => [one.hash, one.drawn]);
  };
  expect(await refused('h1')).toEqual([['h2', 'd2']]);
  expect(await refused('h2')).toEqual([['h2', '']]);
  await noteHomeDrawn(pool, { user: 'U1', hash: 'h3', drawn: 'd3' });
  expect(await refused('h2')).toEqual([['h3', 'd3']]);
  expect(await refused('h3')).toEqual([['h3', '']]);
  expect(await refused('h3')).toEqual([[null, '']]);
});

test('there are never more than two hundred, those who opened it last', async () => {
  await pool.query(
    `insert into home_viewers (slack_user_id, page, until)
     select 'U' || n, 1, clock_timestamp() + n * interval '1 second' from generate_series(1, 300) n`,
  );
  await keepHome(pool, { user: 'U0OLD', page: 1, hash: null }, 999 * MINUTE);
  await opened('U0NEW', 1_000 * MINUTE);
  const { rows } = await pool.query<{ user: string }>(
    'select slack_user_id as user from home_viewers order by until desc',
  );
  expect(rows).toHaveLength(200);
  expect(rows.slice(0, 2).map(({ user }) => user)).toEqual(['U0NEW', 'U0OLD']);
});
