import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../support/free-port.js';

/** `npm test` as somebody types it, with a few small files. The checks of types and lint are left out. */

async function npmTest(args: string[], { env = {}, shell = '' } = {}) {
  const { PATH = '', TMPDIR } = process.env;
  const child = spawn('sh', ['-c', `${shell} exec "$0" "$@"`, process.execPath, 'scripts/test.js', ...args], {
    env: { PATH, ...(TMPDIR && { TMPDIR }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...printed };
}

const examples = (...names: string[]) => ['--testMatch', `<rootDir>/test/runner/examples/*(${names.join('|')}).ts`];

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

test('a run that is green prints figures, what it left out, and how many passed', async () => {
  const { code, out, err } = await npmTest(['--no-checks', ...examples('passes')]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.trim().split('\n')).toEqual([
    '== summary',
    expect.stringMatching(/^1 file in [\d.]+ s; [\d.]+ s of processor time$/),
    'left out: types, lint and dead code (because of --no-checks)',
    'left out: browser tests (npm run test:browser)',
    'left out: replicas that are killed (npm run test:faults)',
    ...(hasPromtool ? [] : ['left out: whether the alerts fire (needs promtool)']),
    'left out: a real PostgreSQL server (set TEST_DATABASE_URL)',
    'tests: 1 passed, 0 failed, 1 skipped',
  ]);
});

test('what fails is shown, also a file that prints, and a command repeats it', async () => {
  const { code, out } = await npmTest(['--no-checks', ...examples('passes', 'fails', 'prints')]);
  expect(code).toBe(1);
  expect(out).toMatch(/^FAIL test\/runner\/examples\/fails\.ts/m);
  expect(out).toMatch(/Expected: 3\n +Received: 2\n/);
  expect(out).toMatch(/^FAIL test\/runner\/examples\/prints\.ts/m);
  expect(out).toMatch(/stdout, in "a test that prints", test\/runner\/examples\/prints\.ts:2:\d+:\n +a word of mine\n/);
  expect(out).toMatch(/stderr, in "a test that prints", test\/runner\/examples\/prints\.ts:3:\d+:\n +another\n/);
  const repeated = out.split('\n').filter((line) => line.startsWith('failed'));
  expect(repeated.sort()).toEqual([
    String.raw`failed, to repeat: npm test -- test/runner/examples/fails.ts -t '^somebody'\''s tests 1 \+ 1 is 3 \(or so\)$'`,
    'failed, to repeat: npm test -- test/runner/examples/prints.ts',
  ]);
  expect(out.trim().split('\n').at(-1)).toBe('tests: 2 passed, 2 failed, 1 skipped');
});

test('a name that matches no file is told in one line', async () => {
  expect(await npmTest(['NO_SUCH_TEST'])).toEqual({
    code: 1,
    out: '',
    err: 'tests: no test file matches NO_SUCH_TEST\n',
  });
});

test('a server that nobody can reach is told in one line, before anything else', async () => {
  const port = await freePort();
  const env = { TEST_DATABASE_URL: `postgres://me:sEcret99@127.0.0.1:${port}/test` };
  const err = `tests: TEST_DATABASE_URL: no PostgreSQL answers at 127.0.0.1:${port} (ECONNREFUSED)\n`;
  expect(await npmTest(['test/db/ledger'], { env })).toEqual({ code: 1, out: '', err });
});

test('an embedded database that cannot start is told in one line', async () => {
  // No file may have more than a megabyte: PostgreSQL needs longer ones.
  const { code, out, err } = await npmTest(['test/db/ledger', '--no-checks'], { shell: 'ulimit -f 2048;' });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^tests: The embedded PostgreSQL .+\n$/);
});
