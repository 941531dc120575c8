import path from 'node:path';
import { CONFIG, type Installation, install } from '../support/installation.js';
import { emptyDatabase, ownedDatabase, rowsOf } from '../support/postgres.js';
import { runCommand } from '../support/process.js';

/** Databases that somebody meant well with. The start and the doctor say the same, and nothing is changed. */

let shop: Installation;
beforeAll(async () => {
  shop = await install();
});
afterAll(() => shop.stop());

/** What `npm run migrate` prints in its one line, and the doctor of the same database. */
async function told(id: string, DATABASE_URL: string) {
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
  const env = { ...shop.env, DATABASE_URL, PUSHBUTTON_CONFIG: path.resolve('pushbutton.example.yml') };
  const { code, printed } = await runCommand([process.execPath, program, 'migrate'], {
    env: env as Record<string, string>,
    cwd: process.cwd(),
  });
  const lines = printed.trim().split('\n');
  expect({ code, printed, lines: lines.length }).toEqual({ code: 1, printed, lines: 1 });
  const line: string = JSON.parse(printed).msg;
  return [line, await shop.verdict(`database.${id}`, CONFIG, { DATABASE_URL })];
}

/** Everything that is in a database beside what each one has. */
const inside = (url: string) =>
  rowsOf(
    url,
    `select nspname, relname from pg_class right join pg_namespace n on n.oid = relnamespace
     where nspname !~ '^(pg_|information_schema)' order by 1, 2`,
  );

describe('a database that is empty', () => {
  test('in another encoding than UTF-8: titles with a quote or an emoji could not be saved', async () => {
    const database = await emptyDatabase();
    const name = new URL(database.url).pathname.slice(1);
    const latin = new URL(database.url);
    latin.pathname = `/${name}_latin`;
    await rowsOf(
      database.url,
      `create database ${name}_latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'`,
    );
    const [line, doctor] = await told('server', latin.href);
    const sql = "create database pushbutton owner \\w+ encoding 'UTF8' template template0";
    const found = 'the encoding of the database is LATIN1, which cannot store every title';
    expect(line).toMatch(new RegExp(`^DATABASE_URL: ${found}; expected a database in UTF8: ${sql}$`));
    expect(doctor).toMatch(new RegExp(`^wrong: \\S+: ${found}\\. Use a database in UTF8, in psql: ${sql}$`));
    expect(await inside(latin.href)).toEqual([{ nspname: 'public', relname: null }]);
    await rowsOf(database.url, `drop database ${name}_latin with (force)`);
    await database.drop();
  });

  test('with the tables of another application', async () => {
    const database = await emptyDatabase();
    await rowsOf(database.url, 'create table services (id int)', 'create table changes (id int)');
    const before = await inside(database.url);
    const found = "the schema public has a table changes that is not Pushbutton's";
    const [line, doctor] = await told('migrations', database.url);
    expect(line).toMatch(
      new RegExp(`^DATABASE_URL: ${found}; expected a database of its own: create database pushbutton owner \\w+$`),
    );
    expect(doctor).toMatch(`wrong: ${found}. Use a database of its own, in psql: create database pushbutton owner`);
    expect(await inside(database.url)).toEqual(before);
    await database.drop();
  });

  test('without the schema in which tables are created', async () => {
    const database = await emptyDatabase();
    await rowsOf(database.url, 'drop schema public');
    const [line, doctor] = await told('migrations', database.url);
    const sql = /create schema public authorization \w+$/.exec(line ?? '')?.[0] ?? 'no statement';
    expect(line).toBe(`DATABASE_URL: the schema public is not there; expected a database that has it: ${sql}`);
    expect(doctor).toBe(`wrong: the schema public is not there. Use a database that has it, in psql: ${sql}`);
    await rowsOf(database.url, sql);
    expect(await shop.verdict('database.migrations', CONFIG, { DATABASE_URL: database.url })).toMatch(/^ok/);
    await database.drop();
  });

  test('with the job queue of another program: that one goes on', async () => {
    const database = await emptyDatabase();
    await rowsOf(database.url, 'create schema graphile_worker', 'create table graphile_worker.migrations (id int)');
    const before = await inside(database.url);
    const found = 'the schema graphile_worker belongs to another program';
    const [line, doctor] = await told('migrations', database.url);
    expect(line).toMatch(`DATABASE_URL: ${found}; expected a database of its own: create database`);
    expect(doctor).toMatch(`wrong: ${found}. Use a database of its own`);
    expect(await inside(database.url)).toEqual(before);
    await database.drop();
  });

  test('whose user may create nothing: the first right that lacks, then the next, then it migrates', async () => {
    const database = await ownedDatabase();
    const { role, ownerUrl, url } = database;
    const name = new URL(url).pathname.slice(1);
    await rowsOf(ownerUrl, 'drop schema graphile_worker cascade', 'drop owned by current_user');
    await rowsOf(url, `alter database ${name} owner to current_user`, 'revoke all on schema public from public');
    const first = await told('migrations', ownerUrl);
    const grant = `grant usage, create on schema public to ${role}`;
    expect(first).toEqual([
      `DATABASE_URL: ${role} may not create tables in the schema public; expected a user with that right: ${grant}`,
      `wrong: ${role} may not create tables in the schema public. Use a user with that right, in psql: ${grant}`,
    ]);
    await rowsOf(url, grant);
    const next = await told('migrations', ownerUrl);
    const more = `grant create on database ${name} to ${role}`;
    expect(next[0]).toBe(
      `DATABASE_URL: ${role} may not create a schema in the database ${name}; expected a user with that right: ${more}`,
    );
    await rowsOf(url, more);
    expect(await shop.verdict('database.migrations', CONFIG, { DATABASE_URL: ownerUrl })).toBe(
      'ok: the database has no tables yet: npm start creates them',
    );
    await rowsOf(url, `drop owned by ${role}`);
    await database.drop();
  });
});

describe('a database that another user has migrated', () => {
  test('with every right on its tables: the queue would hide its jobs from all but their owner', async () => {
    const database = await ownedDatabase();
    const { role, ownerUrl, url } = database;
    const reader = `${role}_reader`;
    const readerUrl = new URL(ownerUrl);
    readerUrl.username = reader;
    await rowsOf(url, `create role ${reader} login password '${readerUrl.password}'`);
    const expected = `a user with the rights of its owner: grant ${role} to ${reader}`;
    expect(await told('migrations', readerUrl.href)).toEqual([
      `DATABASE_URL: ${reader} may not select rows of the table pushbutton_migrations, which belongs to ${role}; expected ${expected}`,
      expect.stringMatching(`^wrong: ${reader} may not select rows of the table pushbutton_migrations`),
    ]);
    await rowsOf(
      url,
      ...['public', 'graphile_worker'].flatMap((schema) => [
        `grant usage on schema ${schema} to ${reader}`,
        `grant all on all tables in schema ${schema} to ${reader}`,
      ]),
    );
    const [line, doctor] = await told('migrations', readerUrl.href);
    const found = `${reader} may not use the table graphile_worker._private_job_queues, which belongs to ${role}`;
    expect(line).toBe(
      `DATABASE_URL: ${found}; expected a user with the rights of its owner: grant ${role} to ${reader}`,
    );
    expect(doctor).toBe(
      `wrong: ${found}. Use a user with the rights of its owner, in psql: grant ${role} to ${reader}`,
    );
    await rowsOf(url, `grant ${role} to ${reader}`);
    expect(await shop.verdict('database.migrations', CONFIG, { DATABASE_URL: readerUrl.href })).toBe(
      'ok: none pending',
    );
    await rowsOf(
      url,
      `revoke ${role} from ${reader}`,
      `alter role ${reader} bypassrls`,
      `revoke update on changes from ${reader}`,
    );
    expect(await shop.verdict('database.migrations', CONFIG, { DATABASE_URL: readerUrl.href })).toMatch(
      `wrong: ${reader} may not update rows of the table changes, which belongs to ${role}.`,
    );
    await rowsOf(url, `drop owned by ${reader}`, `drop role ${reader}`);
    await database.drop();
  });
});

test('a user who may open fewer connections than a replica', async () => {
  const database = await ownedDatabase();
  const { role, ownerUrl, url } = database;
  await rowsOf(url, `alter role ${role} connection limit 8`);
  const found = `${role} may open 8 connections at once, by its own limit, the database's or the server's`;
  const expected = 'room for the 10 connections of each replica, or DATABASE_CONNECTIONS=8';
  const [line, doctor] = await told('server', ownerUrl);
  expect(line).toBe(`DATABASE_URL: ${found}; expected ${expected}`);
  expect(doctor).toMatch(/^wrong: /);
  expect(doctor).toContain(`${found}. Use ${expected}.`);
  const fewer = { DATABASE_URL: ownerUrl, DATABASE_CONNECTIONS: '8' };
  expect(await shop.verdict('database.server', CONFIG, fewer)).toMatch(/^ok: .*, up to 8 of 8 connections/);
  await database.drop();
});

test('a user whose sessions are read-only is told so, with the statement that changes it', async () => {
  const database = await ownedDatabase();
  const { role, ownerUrl, url } = database;
  const name = new URL(url).pathname.slice(1);
  await rowsOf(url, `alter role ${role} set default_transaction_read_only = on`);
  const [line, doctor] = await told('server', ownerUrl);
  const sql = `alter role ${role} in database ${name} set default_transaction_read_only = off`;
  expect(line).toBe(
    `DATABASE_URL: its sessions are read-only (default_transaction_read_only is on); expected a user whose sessions may write: ${sql}`,
  );
  expect(doctor).toContain(`Use a user whose sessions may write, in psql: ${sql}`);
  await rowsOf(url, sql);
  expect(await shop.verdict('database.server', CONFIG, { DATABASE_URL: ownerUrl })).toMatch(/^ok/);
  await database.drop();
});
