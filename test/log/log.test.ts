import type { LogLevel } from '@slack/bolt';
import { secretsIn } from '../../src/config/secrets.js';
import { boltLogger, workerLogger } from '../../src/log/adapters.js';
import { maxLineBytes } from '../../src/log/fitted.js';
import { createLog } from '../../src/log/log.js';

function logAt(level: string, secrets: string[] = []) {
  const lines: string[] = [];
  const log = createLog({ level, secrets, pretty: false, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

test('a line is JSON with the level as a word and the time', () => {
  const { log, lines, last } = logAt('info');
  log.info({ service: 'shop' }, 'deployed');
  log.debug('not at this level');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('}\n')).toBe(true);
  expect(last()).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    service: 'shop',
    msg: 'deployed',
  });
});

test('an error is its type, message and code, never its stack', () => {
  const { log, lines, last } = logAt('info');
  const refused = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    request: { body: 'whole' },
  });
  log.error({ err: new TypeError('fetch failed', { cause: refused }) }, 'no answer');
  const cause = { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' };
  expect(last().err).toEqual({ type: 'TypeError', message: 'fetch failed', cause });
  log.error(Object.assign(new Error('Not Found'), { name: 'HttpError', status: 404 }));
  expect(last()).toMatchObject({ err: { type: 'HttpError', message: 'Not Found', code: 404 }, msg: 'Not Found' });
  log.warn({ problem: refused }, 'under another key');
  expect(last().problem).toEqual(cause);
  expect(lines.join()).not.toMatch(/stack|log\.test|whole/);
});

const secret = {
  botToken: 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy',
  signing: '8f742231b10e8888abcd99yyyzzz85a5',
  password: 'p4ss/w"rd',
};

test.each([
  ['a bot token', `token=${secret.botToken}.`],
  ['a rotated token', 'xoxe.xoxb-1-Mi0yLTM5'],
  ['an app token', 'xapp-1-A0-1-abcdef'],
  ['a GitHub token', '"ghs_16C7e42F292c6912E7710c838347Ae178B4a"'],
  ['a fine-grained token', 'github_pat_11ABCDEFG0_abcdefghij'],
  ['a secret of change management', `whsec_${'abcdef'.repeat(6)}==`],
  ['the header of a request', 'authorization: Bearer abc.def-123'],
  ['the password of a URL', 'postgres://bot:hunter@2/secret@db/x'],
  ['the password of another URL', 'http://me:hunter2@proxy:3128'],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'],
  ['a private key that was cut', '-----BEGIN PRIVATE KEY-----\nMIIEow'],
  ['a response URL', 'https://hooks.slack.com/actions/T0/1/abcdef'],
])('%s is taken out wherever it stands', (_, text) => {
  const { log, lines, last } = logAt('info');
  log.info({ a: { b: [text] }, [text]: 1, err: new Error(text) }, `said ${text} twice ${JSON.stringify({ text })}`);
  expect(lines[0]).not.toMatch(/pdFZ|xoxb-1|xapp-1|16C7|11ABC|def-123|hunter|MIIEow|abcdef/);
  expect(last().a.b[0]).toContain('[secret]');
});

test('the values of the environment are taken out, also one that looks like nothing, and one that was cut', () => {
  const url = `postgres://bot:${encodeURIComponent(secret.password)}@db/x`;
  const { log, lines, last } = logAt(
    'info',
    secretsIn({ SLACK_SIGNING_SECRET: `${secret.signing}\n`, DATABASE_URL: url, PORT: '3000' }),
  );
  log.info({ port: '3000' }, `${secret.signing} ${secret.password} ${encodeURIComponent(secret.password)}`);
  expect(last()).toMatchObject({ port: '3000', msg: '[secret] [secret] [secret]' });
  log.info(`cut ${secret.signing.slice(0, 20)}…`);
  expect(last().msg).toBe('cut [secret]…');
  expect(lines.join()).not.toContain(secret.signing.slice(0, 8));
});

test('words about a secret stay readable', () => {
  const { log, last } = logAt('info');
  const words = 'does not start with xoxb-; a Bearer of news; https://github.com/acme/shop?x=1; ghost_town postgres://';
  log.info(words.replace('Bearer of', 'Bearer,'));
  expect(last().msg).toBe(words.replace('Bearer of', 'Bearer,'));
});

test.each([
  ['one long text', { body: 'x'.repeat(1_000_000) }],
  ['a text of wide characters', { body: '\u{1F680}"\\\n'.repeat(20_000) }],
  ['many texts', { rows: Array.from({ length: 5_000 }, (_, index) => ({ index, text: 'y'.repeat(500) })) }],
  ['many keys', Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`key${index}`, 'z'.repeat(99)]))],
  ['long keys', { ['k'.repeat(40_000)]: 1 }],
])('%s is cut to a line of at most 16 KB that is still JSON', (_, fields) => {
  const { log, lines, last } = logAt('info');
  log.info(fields, 'kept');
  expect(Buffer.byteLength(lines[0] ?? '')).toBeLessThanOrEqual(maxLineBytes);
  expect(last()).toMatchObject({ level: 'info', msg: 'kept' });
});

test('a secret at the place of the cut does not survive in part', () => {
  const { log, lines } = logAt('info', [secret.signing]);
  for (let before = 7_970; before < 8_000; before += 3)
    log.info('x'.repeat(before) + secret.signing + 'x'.repeat(20_000));
  expect(lines.join()).not.toContain(secret.signing.slice(0, 4));
});

test('on a terminal the lines are for eyes, with the secrets out all the same', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLog({ level: 'info', secrets: [secret.signing], pretty: true, destination }).info(`key ${secret.signing}`);
  expect(lines).toEqual([expect.stringMatching(/INFO.*key \[secret\]/)]);
  expect(lines[0]).not.toMatch(/^\{/);
});

test("Bolt's log keeps no bodies", () => {
  const { log, lines, last } = logAt('debug');
  const bolt = boltLogger(log);
  bolt.debug(`http request body: ${'b'.repeat(5_000)}`);
  expect(last().msg).toHaveLength(200);
  bolt.error('failed', new RangeError('too far'), { response_url: 'https://x', actions: [1] }, undefined);
  expect(last()).toMatchObject({
    level: 'error',
    part: 'slack',
    msg: 'failed RangeError: too far {response_url, actions} undefined',
  });
  bolt.setName('web-api');
  bolt.setLevel('warn' as LogLevel);
  bolt.info('below its level');
  bolt.warn('slow');
  expect(last()).toMatchObject({ level: 'warn', name: 'web-api', msg: 'slow' });
  expect(lines).toHaveLength(3);
  expect(bolt.getLevel()).toBe('warn');
});

test("the queue's log keeps the first line of a message and no meta", () => {
  const { log, lines, last } = logAt('info');
  const worker = workerLogger(log).scope({ taskIdentifier: 'redraw' });
  worker.error('Failed task 5 with error\n  at file.js:1', { payload: { whole: true } });
  expect(last()).toMatchObject({ level: 'error', part: 'queue', msg: 'Failed task 5 with error' });
  worker.warn('slow');
  worker.debug('not at this level');
  expect(last()).toMatchObject({ level: 'warn', msg: 'slow' });
  expect(lines.join()).not.toMatch(/whole|file\.js/);
});
