import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// A process of its own: what is tested is everything that a process prints, and how it ends.
const log = (file: string) =>
  JSON.stringify(pathToFileURL(path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/log', file)));

type Line = { level: string; msg: string; err?: { type: string; message: string } };

function run(script: string): { code: number | null; lines: Line[]; stderr: string } {
  const start = `
    import { createLog } from ${log('log.js')};
    import { takeOverStreams } from ${log('streams.js')};
    const log = createLog({ level: 'debug', secrets: ['a-signing-secret'] });
    const undo = takeOverStreams(log);
  `;
  const program = ['--input-type=module', '--eval', `${start}\n${script}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { code: status, lines, stderr };
}
const said = (lines: Line[]) => lines.map(({ level, msg }) => `${level} ${msg}`);

test('what is printed anywhere comes out as lines of JSON on stdout', () => {
  const { code, lines, stderr } = run(`
    console.log('one %s', 'two', { three: 3 });
    console.error('failed', new TypeError('bad'));
    console.debug('a-signing-secret');
    process.stdout.write('first\\nsecond\\n');
    await new Promise((done) => process.stderr.write(Buffer.from('loud'), done));
    console.warn('x'.repeat(100_000));
  `);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(said(lines.slice(0, -1))).toEqual([
    'info one two { three: 3 }',
    'error failed TypeError: bad',
    'debug [secret]',
    'info first',
    'info second',
    'warn loud',
  ]);
  expect(lines.at(-1)?.msg).toHaveLength(2_000);
});

test('a warning of Node is a line, without its stack', () => {
  const { lines, stderr } = run(`process.emitWarning('going away', 'DeprecationWarning', 'DEP0');`);
  expect(stderr).toBe('');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      err: { type: 'DeprecationWarning', message: 'going away', code: 'DEP0' },
    }),
  ]);
});

test.each([
  ['an error that nothing caught', `setTimeout(() => { throw new RangeError('too far'); });`],
  ['a rejection that nothing handled', `Promise.reject(new RangeError('too far')); setTimeout(() => {}, 60_000);`],
])('%s is the last line, and the exit code is 1', (_, script) => {
  const { code, lines, stderr } = run(script);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(lines).toEqual([expect.objectContaining({ level: 'fatal', err: { type: 'RangeError', message: 'too far' } })]);
});

test('undone, the console is the console again', () => {
  const { code, stderr } = run(`undo(); console.error('plain');`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'plain\n' });
});
