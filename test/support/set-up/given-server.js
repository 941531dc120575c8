// Checks that the tests can use the server in TEST_DATABASE_URL. No message contains the password.
import pg from 'pg';

const EXAMPLE = 'postgres://user:password@127.0.0.1:5432/postgres';

/** What is wrong with the server at this address, in one line; undefined if the tests can use it. */
export async function problemOfServer(text) {
  const problem = await find(text);
  return problem && `TEST_DATABASE_URL: ${problem}`;
}

async function find(text) {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)) {
    return `this is not the address of a PostgreSQL server, such as ${EXAMPLE}`;
  }
  const url = new URL(text);
  if (!url.username || !url.password) return `the address needs a user and a password, as in ${EXAMPLE}`;
  const user = decoded(url.username);
  try {
    const [found] = await ask(url.href, 'select rolsuper from pg_roles where rolname = current_user');
    if (!found?.rolsuper)
      return `the user ${user} is not a superuser, and tests create databases and roles; run: alter role ${user} superuser`;
  } catch (error) {
    return reasonOf(error, url, user);
  }
  url.password = `no-${url.password}`;
  const open = await ask(url.href, 'select 1').catch(() => undefined);
  return (
    open &&
    `the server accepts any password of ${user}, and some tests use a wrong one; set scram-sha-256 in its pg_hba.conf`
  );
}

function reasonOf(error, url, user) {
  const at = `${url.hostname}:${url.port || 5432}`;
  const said = withoutPassword(error.message, url.password);
  if (error.code === '28P01') return `the server at ${at} does not accept the password of ${user}`;
  if (error instanceof pg.DatabaseError) return `the server at ${at} says: ${said}`;
  return `no PostgreSQL answers at ${at} (${error.code ?? said})`;
}

async function ask(connectionString, statement) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function withoutPassword(line, password) {
  return [password, decoded(password)].reduce((told, secret) => told.replaceAll(secret, '***'), line);
}

/** Text that is not an escape stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
