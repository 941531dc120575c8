import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** The soak of the bench in little, on the tests' own server: a minute that .ci/run does not take. See docs/performance.md. */

test('a quick soak ends with no duplicate run and no unfinished deployment', async () => {
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'bench/bench.js');
  const env = { ...process.env, TEST_DATABASE_URL: process.env.PUSHBUTTON_TEST_SERVER, NODE_OPTIONS: '' };
  // Exit code 1 where something was doubled or left.
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--quick', '--only', 'soak'], { env });
  const cells = stdout.split('\n').flatMap((line) => (line.startsWith('| soak') ? [line.split('|')] : []));
  const value = (what: string) => Number(cells.find(([, name]) => name?.includes(what))?.[2]);
  expect(value('production runs at GitHub')).toBeGreaterThan(0);
  expect(value('runs with the id of another')).toBe(0);
  expect(value('deployments without an end')).toBe(0);
}, 180_000);
