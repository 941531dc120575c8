import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GitHubStandIn, startGitHub } from '../../sandbox/github/github.js';
import type { Serving } from '../../sandbox/github/logs.js';
import { createClients } from '../../src/github/client.js';
import { readJobLog } from '../../src/github/job-log.js';
import { SECRETS } from '../support/secrets.js';
import { PRODUCTION, STAGING } from '../support/team.js';

/** The end of a job's log, however its storage serves it, and nothing where there is none. */

const KB = 1_024;
const GB = 1_024 ** 3;
let github: GitHubStandIn;
let run: number;
let job: number;
const clients = () => createClients({ kind: 'token', token: SECRETS.githubToken }, github.url);
const read = () => readJobLog(clients(), 'acme/shop', job);
/** The text that was read, and whether the log began before it. */
const text = async (): Promise<[string, boolean] | string> => {
  const found = await read();
  return found.is === 'read' ? [Buffer.from(found.tail.bytes).toString(), found.tail.cut] : found.is;
};

beforeEach(async () => {
  github = await startGitHub({ token: SECRETS.githubToken, webhookSecret: SECRETS.webhookSecret });
  github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
  const landed = await github.land('acme/shop', { title: 'Add prices', author }, { conclusion: 'failure' });
  run = landed.runId;
  job = github.run(run).jobs.find(({ name }) => name === 'test')?.id ?? 0;
});
afterEach(() => github.stop());

const SERVINGS: Serving[] = ['ranges', 'from the start', 'whole', 'unmeasured', 'packed'];

test.each(SERVINGS)('a short log is read whole: %s', async (serving) => {
  github.logs.serving = serving;
  github.jobLog(run, 'test', 'it failed\n');
  expect(await text()).toEqual(['it failed\n', false]);
  expect(github.logs.asked.filter(({ authorization }) => authorization)).toEqual([]);
});

test.each(SERVINGS)('of a longer one, the last 64 KB: %s', async (serving) => {
  github.logs.serving = serving;
  github.jobLog(run, 'test', { filler: 300 * KB, end: Buffer.from('it failed\n') });
  const [said, cut] = (await text()) as [string, boolean];
  expect(said).toHaveLength(64 * KB);
  expect(said.endsWith('it failed\n')).toBe(true);
  expect(cut).toBe(true);
});

test.each<[Serving, number]>([
  ['ranges', 1],
  ['from the start', 2],
])('of a gigabyte, no more is sent than its end: %s, in %i requests', async (serving, requests) => {
  github.logs.serving = serving;
  github.jobLog(run, 'test', { filler: GB, end: Buffer.from('it failed\n') });
  expect(((await text()) as [string, boolean])[0].endsWith('it failed\n')).toBe(true);
  expect(github.logs.asked).toHaveLength(requests);
  expect(github.logs.asked.at(-1)?.status).toBe(206);
});

test.each<Serving>(['whole', 'unmeasured', 'packed'])(
  'a gigabyte that has no end to ask for is left alone: %s',
  async (serving) => {
    github.logs.serving = serving;
    github.jobLog(run, 'test', { filler: GB, end: Buffer.from('it failed\n') });
    expect(await text()).toBe('gone');
  },
);

test.each(SERVINGS)('an empty log is empty: %s', async (serving) => {
  github.logs.serving = serving;
  github.jobLog(run, 'test', '');
  expect(await text()).toEqual(['', false]);
});

test('a log that has expired, or is not there, is gone', async () => {
  expect(await text()).toBe('gone');
  github.jobLog(run, 'test', null);
  expect(await text()).toBe('gone');
  expect(github.logs.asked.at(-1)?.status).toBe(404);
  github.jobLog(run, 'test', 'it failed\n');
  github.logs.expired = true;
  expect(await text()).toBe('gone');
});

test('a token that may not read it is told nothing', async () => {
  github.jobLog(run, 'test', 'it failed\n');
  github.permissions(SECRETS.githubToken, { metadata: 'read' });
  expect(await text()).toBe('gone');
});

test('a rate limit says how long to wait, and what answers nothing is asked again later', async () => {
  github.jobLog(run, 'test', 'it failed\n');
  github.fail('job-log', { kind: 'rate-limit', limit: 'secondary', retryAfter: 7 });
  expect(await read()).toEqual({ is: 'no answer', retryAfterMs: 7_000 });
  github.fail('job-log', { kind: 'status', status: 502 });
  expect(await read()).toEqual({ is: 'no answer', retryAfterMs: null });
  github.fail('job-log', { kind: 'refuse' });
  expect(await read()).toEqual({ is: 'no answer', retryAfterMs: null });
  expect(await text()).toEqual(['it failed\n', false]);
});

test('the log of a renamed repository is found', async () => {
  github.jobLog(run, 'test', 'it failed\n');
  github.rename('acme/shop', 'acme/store');
  expect(await text()).toEqual(['it failed\n', false]);
  expect(github.logs.asked.filter(({ authorization }) => authorization)).toEqual([]);
});

test.each([301, 307, 308])(
  'what the API moves elsewhere with %i is not asked for there, with or without the token',
  async (status) => {
    github.jobLog(run, 'test', 'it failed\n');
    const asked: unknown[] = [];
    const elsewhere = createServer(({ headers }, answer) => {
      asked.push(headers.authorization);
      answer.writeHead(302, { location: github.logs.address(job, Date.now() + 60_000) }).end();
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/repositories/1`;
    github.fail('job-log', { kind: 'status', status, headers: { location } });
    try {
      expect(await text()).toBe('gone');
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
    }
  },
);
