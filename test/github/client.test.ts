import nock from 'nock';
import { type Answer, ask, createClients } from '../../src/github/client.js';

const API = 'https://api.github.test';
const clients = createClients({ kind: 'token', token: 'ghp_test' }, API);
const RUN = '/repos/acme/shop/actions/runs/7';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const read = (): Promise<Answer<unknown>> =>
  ask(async () =>
    (await clients('acme/shop')).request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
      owner: 'acme',
      repo: 'shop',
      run_id: 7,
    }),
  );
const start = (): Promise<Answer<unknown>> =>
  ask(async () =>
    (await clients('acme/shop')).request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      owner: 'acme',
      repo: 'shop',
      workflow_id: 'production.yml',
      ref: 'main',
    }),
  );
const DISPATCH = '/repos/acme/shop/actions/workflows/production.yml/dispatches';
const github = () => nock(API);

test('an answer comes with its status, its data and its ETag', async () => {
  github().get(RUN).reply(200, { id: 7 }, { etag: 'W/"a"' });
  expect(await read()).toEqual({ is: 'ok', status: 200, data: { id: 7 }, etag: 'W/"a"' });
  github().get(RUN).reply(200, { id: 7 });
  expect(await read()).toMatchObject({ is: 'ok', etag: null });
  github().get(RUN).reply(304);
  expect(await read()).toEqual({ is: 'unchanged' });
});

test('every call names the version of the API', async () => {
  github().get(RUN).matchHeader('x-github-api-version', '2022-11-28').reply(200, {});
  expect((await read()).is).toBe('ok');
});

test("a refusal carries GitHub's own words", async () => {
  github().get(RUN).reply(404, { message: 'Not Found' });
  expect(await read()).toEqual({ is: 'refused', status: 404, message: 'Not Found' });
  const errors = ['No ref found for: mian', { message: 'second' }];
  github().post(DISPATCH).reply(422, { message: 'Validation Failed', errors });
  expect(await start()).toEqual({
    is: 'refused',
    status: 422,
    message: 'Validation Failed: No ref found for: mian: second',
  });
  github()
    .get(RUN)
    .reply(403, { message: 'Resource not accessible by integration' }, { 'x-ratelimit-remaining': '4999' });
  expect(await read()).toEqual({ is: 'refused', status: 403, message: 'Resource not accessible by integration' });
  github().get(RUN).reply(410, '<html>gone</html>', { 'content-type': 'text/html' });
  expect(await read()).toEqual({ is: 'refused', status: 410, message: 'HTTP 410' });
});

test('a rate limit says when: retry-after, then the reset, then a minute', async () => {
  const limit = { message: 'You have exceeded a secondary rate limit' };
  github().get(RUN).reply(403, limit, { 'retry-after': '7' });
  expect(await read()).toEqual({ is: 'rate limited', retryAfterMs: 7_000 });
  github().get(RUN).reply(429, limit, { 'retry-after': '0' });
  expect(await read()).toEqual({ is: 'rate limited', retryAfterMs: 1_000 });
  github().get(RUN).reply(403, limit);
  expect(await read()).toEqual({ is: 'rate limited', retryAfterMs: 60_000 });
  github().get(RUN).reply(429, {});
  expect(await read()).toEqual({ is: 'rate limited', retryAfterMs: 60_000 });
  const reset = Math.floor(Date.now() / 1_000) + 90;
  github()
    .get(RUN)
    .reply(
      403,
      { message: 'API rate limit exceeded' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
    );
  const answer = await read();
  expect(answer.is === 'rate limited' && answer.retryAfterMs > 85_000 && answer.retryAfterMs <= 90_000).toBe(true);
  // A machine whose clock is ten minutes fast waits as long as GitHub's own clock says.
  const date = new Date((reset - 690) * 1_000).toUTCString();
  github()
    .get(RUN)
    .reply(
      403,
      { message: 'API rate limit exceeded' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset - 600), date },
    );
  expect(await read()).toEqual({ is: 'rate limited', retryAfterMs: 90_000 });
});

test.each([500, 502, 503, 504])(
  'a start that is answered %d is asked once, and nothing is known of it',
  async (status) => {
    let asked = 0;
    github()
      .post(DISPATCH)
      .times(9)
      .reply(() => {
        asked += 1;
        return [status, { message: 'Server Error' }];
      });
    expect(await start()).toEqual({ is: 'no answer', why: `HTTP ${status}`, status });
    expect(asked).toBe(1);
  },
);

test.each([409, 429])('a start that is answered %d is asked once', async (status) => {
  let asked = 0;
  github()
    .post(DISPATCH)
    .times(9)
    .reply(() => {
      asked += 1;
      return [status, { message: 'Conflict' }, { 'retry-after': '1' }];
    });
  expect((await start()).is).not.toBe('ok');
  expect(asked).toBe(1);
});

test('a connection that breaks is no answer, and is made once', async () => {
  let asked = 0;
  const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  const scope = github().post(DISPATCH).times(9).replyWithError(reset);
  scope.on('request', () => {
    asked += 1;
  });
  expect((await start()).is).toBe('no answer');
  expect(asked).toBe(1);
});
