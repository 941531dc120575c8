import os from 'node:os';
import { freePort } from '../support/free-port.js';
import { ownedDatabase } from '../support/postgres.js';
import { problemOfServer } from '../support/set-up/given-server.js';
import { problemOfRoom } from '../support/set-up/room.js';

/** A machine on which the tests cannot run: each problem is one line that says what to do, and no line has a password. */

const PASSWORD = 'sEcret/99%';
const server = () => new URL(process.env.PUSHBUTTON_TEST_SERVER ?? '');
const at = (change: Partial<Record<'port' | 'username' | 'password' | 'hostname', string>>) =>
  Object.assign(server(), change).href;

test('a server that the tests can use', async () => {
  expect(await problemOfServer(server().href)).toBeUndefined();
});

test('nobody listens', async () => {
  const port = String(await freePort());
  const problem = await problemOfServer(at({ port, password: PASSWORD }));
  expect(problem).toBe(`TEST_DATABASE_URL: no PostgreSQL answers at ${server().hostname}:${port} (ECONNREFUSED)`);
});

test('a wrong password', async () => {
  const problem = await problemOfServer(at({ password: PASSWORD }));
  expect(problem).toMatch(/^TEST_DATABASE_URL: the server at \S+ does not accept the password of \w+$/);
});

test('a user who is no superuser', async () => {
  const { ownerUrl, role, drop } = await ownedDatabase();
  const problem = await problemOfServer(ownerUrl);
  await drop();
  expect(problem).toBe(
    `TEST_DATABASE_URL: the user ${role} is not a superuser, and tests create databases and roles; run: alter role ${role} superuser`,
  );
});

test.each([
  ['no address at all', `somewhere ${PASSWORD}`],
  ['an address of something else', `mysql://me:${encodeURIComponent(PASSWORD)}@127.0.0.1/test`],
  ['no user and no password', 'postgres://127.0.0.1:5432/test'],
])('%s', async (_, url) => {
  const problem = await problemOfServer(url);
  expect(problem).toMatch(/^TEST_DATABASE_URL: .+postgres:\/\/user:password@127\.0\.0\.1:5432\/postgres$/);
});

test('a temporary folder with too little room, or that is not there', () => {
  expect(problemOfRoom(1)).toBeUndefined();
  expect(problemOfRoom(1e9)).toMatch(/ has \d+ MB left, and the tests' databases need 1000000000 MB; .+ TMPDIR/);
  expect(problemOfRoom(1e9)).toContain(os.tmpdir());
  expect(problemOfRoom(1, '/no/such/folder')).toBe(
    'the temporary folder /no/such/folder cannot be used (ENOENT); set TMPDIR to another one',
  );
});
