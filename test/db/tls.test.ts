import { once } from 'node:events';
import net from 'node:net';
import pg from 'pg';
import { migrate } from '../../src/db/migrate.js';
import { tlsMend } from '../../src/db/tls-fault.js';
import { CERTIFICATE, startTlsPostgres, type TlsPostgres } from '../support/tls-postgres.js';

let server: TlsPostgres;
beforeAll(async () => {
  server = await startTlsPostgres();
});
afterAll(() => server.stop());

const { emitWarning } = process;
let warned: string[] = [];
beforeEach(() => {
  warned = [];
  process.emitWarning = (warning: string | Error) => void warned.push(String(warning));
});
afterEach(() => {
  process.emitWarning = emitWarning;
  delete process.env.PGSSLMODE;
  // node-postgres says once in a process that it will read `require` as libpq does.
  expect(
    warned.filter((one) => !one.includes("If you want the current behavior, explicitly use 'sslmode=verify-full'")),
  ).toEqual([]);
});

const withQuery = (query: string) => `${server.url}?${query}`;

/** How the start's first statement ends: `connected`, or the error. */
async function outcome(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0].ssl ? 'connected' : 'connected without TLS';
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => {});
  }
}

describe('a server that takes TLS alone, with a certificate that nobody trusts', () => {
  test('an address that says nothing of TLS is refused, and the mend names the setting', async () => {
    const error = await outcome(server.url);
    expect(String(error)).toContain('no encryption');
    expect(tlsMend(error)).toContain('PGSSLMODE=no-verify');
  });

  test('PGSSLMODE=no-verify is taken as it is, for the migrations of both kinds too', async () => {
    process.env.PGSSLMODE = 'no-verify';
    expect(await outcome(server.url)).toBe('connected');
    expect((await migrate(server.url)).length).toBeGreaterThan(2);
  });

  test.each(['sslmode=no-verify', 'sslmode=require&uselibpqcompat=true'])(
    '%s in the address is taken',
    async (query) => {
      expect(await outcome(withQuery(query))).toBe('connected');
      await migrate(withQuery(query));
    },
  );

  // node-postgres 8 reads all of these as verify-full; libpq does not.
  test.each(['require', 'verify-full'])(
    'sslmode=%s asks for a certificate that is trusted, and the mend says how',
    async (mode) => {
      const error = await outcome(withQuery(`sslmode=${mode}`));
      expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(tlsMend(error)).toContain('sslrootcert=FILE');
    },
  );

  test('sslmode=verify-full with its certificate at hand is taken, under the name that is in it', async () => {
    const checked = withQuery(`sslmode=verify-full&sslrootcert=${CERTIFICATE}`);
    expect(await outcome(checked)).toBe('connected');
    const error = await outcome(checked.replace('@127.0.0.1:', '@localhost:'));
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(tlsMend(error)).toContain("the host name from the server's certificate");
  });
});

test('a server without TLS that was asked for it: the mend is to ask for none', async () => {
  // Its whole answer to the question for TLS, by the protocol.
  const without = net.createServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1');
  await once(without, 'listening');
  const { port } = without.address() as net.AddressInfo;
  const error = await outcome(`postgres://pushbutton:secret@127.0.0.1:${port}/pushbutton?sslmode=no-verify`);
  expect(tlsMend(error)).toContain('sslmode=disable');
  without.close();
});

test('other faults are none of TLS', () => {
  expect(tlsMend(new Error('password authentication failed for user "pushbutton"'))).toBeNull();
  expect(tlsMend(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))).toBeNull();
  expect(tlsMend('odd')).toBeNull();
});
