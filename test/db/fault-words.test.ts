import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lineOfFault } from '../../src/db/fault-mend.js';
import { runCommand } from '../support/process.js';
import { CERTIFICATE } from '../support/tls-postgres.js';

/** A fault as PostgreSQL reports it. */
const answered = (code: string, words: string) => Object.assign(new Error(words), { code, severity: 'ERROR' });

describe('the words fit the cause', () => {
  test.each([
    ['55P03', 'canceling statement due to lock timeout', 'nobody holds locks on its tables'],
    ['57014', 'canceling statement due to statement timeout', 'nothing ends its statements'],
    ['42P07', 'relation "changes" already exists', 'expected a database of its own'],
    ['42501', 'permission denied for schema public', 'expected a user with that right'],
    ['53300', 'too many connections for role "bot"', 'expected more connections'],
    ['28P01', 'password authentication failed for user "bot"', 'expected a user and password that the server accepts'],
    ['3D000', 'database "nowhere" does not exist', 'expected a database that is there'],
    ['42601', 'syntax error at or near "x"', 'the log of the server says more'],
    ['57P03', 'the database system is starting up', 'expected a PostgreSQL server, version 14 or later, that can be'],
  ])('%s', (code, words, expected) => {
    const line = lineOfFault(answered(code, words));
    expect(line).toContain(`${words}; expected `);
    expect(line).toContain(expected);
    // The same within a migration that failed.
    const within = new Error(`Migration 0001 failed and was rolled back: ${words}`, { cause: answered(code, words) });
    expect(lineOfFault(within)).toContain(expected);
    if (code !== '57P03') expect(line).not.toContain('version 14');
  });

  test('a server that does not answer', () => {
    const refused = [4, 6].map((n) => Object.assign(new Error(`connect ECONNREFUSED ${n}`), { code: 'ECONNREFUSED' }));
    expect(lineOfFault(new AggregateError(refused))).toBe(
      'connect ECONNREFUSED 4, connect ECONNREFUSED 6; expected a PostgreSQL server, version 14 or later, that can be reached',
    );
  });
});

describe('files of the address that cannot be used end the command, and are named', () => {
  let folder: string;
  let server: net.Server;
  let url: (query: string) => string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-keys-'));
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'of-a-person-at-a-keyboard',
      },
    });
    writeFileSync(path.join(folder, 'encrypted.key'), privateKey);
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    writeFileSync(path.join(folder, 'other.key'), other.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(path.join(folder, 'garbage.key'), 'no key at all');
    // It offers TLS, and waits for the client to begin, as long as it takes.
    server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write('S'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    url = (query) => `postgres://bot:secret@127.0.0.1:${port}/bot?sslmode=verify-full&${query}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['encrypted.key', 'expected in sslkey a key without a passphrase: openssl pkey -in ENCRYPTED.key -out PLAIN.key'],
    ['other.key', 'expected in sslkey the private key of the certificate in sslcert'],
    ['garbage.key', 'expected in sslkey, sslcert and sslrootcert files in PEM form'],
    ['nowhere.key', 'expected in sslkey, sslcert and sslrootcert files that are there and that this account may read'],
  ])('%s', async (file, expected) => {
    const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
    const env = {
      ...{ PATH: process.env.PATH ?? '', PUSHBUTTON_CONFIG: path.resolve('pushbutton.example.yml') },
      ...{ SLACK_BOT_TOKEN: 'xoxb-1-2-three', SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef' },
      ...{ GITHUB_TOKEN: 'ghp_of-nobody-at-all', GITHUB_WEBHOOK_SECRET: 'of-a-test-and-long-enough' },
      DATABASE_URL: url(`sslcert=${CERTIFICATE}&sslkey=${path.join(folder, file)}`),
    };
    const { code, printed } = await runCommand([process.execPath, program, 'migrate'], { env, cwd: folder });
    expect(printed.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(printed).msg).toContain(expected);
    expect(code).toBe(1);
  });
});
