import { webApi } from '@slack/bolt';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { outcome, quiet, slackClient } from './slack-client.js';

let slack: SlackStandIn;

beforeEach(async () => {
  slack = await startSlack({ signingSecret: 'secret', botToken: 'xoxb', limits: 'off' });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
  slack.addChannel({ id: 'C0API', name: 'api' });
});
afterEach(() => slack.stop());

const post = (channel = 'C0SHOP') =>
  slackClient(slack.apiUrl, 'xoxb').chat.postMessage({ channel, text: 'A change passed staging.' });
const posted = () => slack.messages('C0SHOP').length;

test('an error comes instead of the effect, once unless more is said', async () => {
  slack.fail('chat.postMessage', { kind: 'error', error: 'internal_error' });
  expect(await outcome(post())).toBe('internal_error');
  expect(posted()).toBe(0);
  expect(await outcome(post())).toBe('ok');
  slack.fail('chat.postMessage', { kind: 'error', error: 'ratelimited', retryAfter: 7 });
  await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
  slack.fail('*', { kind: 'error', error: 'fatal_error' }, Number.POSITIVE_INFINITY);
  expect(await outcome(post())).toBe('fatal_error');
  expect(await outcome(post())).toBe('fatal_error');
  slack.clearFaults();
  expect(await outcome(post())).toBe('ok');
});

test('a fault may hit one channel alone', async () => {
  slack.fail('chat.postMessage', { kind: 'error', error: 'not_in_channel' }, 5, (args) => args.channel === 'C0API');
  expect(await outcome(post('C0API'))).toBe('not_in_channel');
  expect(await outcome(post('C0SHOP'))).toBe('ok');
});

test('an answer can be lost or cut after the effect', async () => {
  slack.fail('chat.postMessage', { kind: 'lost' });
  await expect(post()).rejects.toBeInstanceOf(webApi.WebAPIRequestError);
  expect(posted()).toBe(1);
  slack.fail('chat.postMessage', { kind: 'truncated' });
  await expect(post()).rejects.toThrow();
  expect(posted()).toBe(2);
  slack.fail('chat.postMessage', { kind: 'http', status: 502, effect: true });
  await expect(post()).rejects.toThrow();
  expect(posted()).toBe(3);
  expect(slack.calls('chat.postMessage').map((call) => [call.outcome, call.fault?.kind])).toEqual([
    ['ok', 'lost'],
    ['ok', 'truncated'],
    ['ok', 'http'],
  ]);
});

test('a call can be turned away before the effect', async () => {
  slack.fail('chat.postMessage', { kind: 'refuse' });
  await expect(post()).rejects.toBeInstanceOf(webApi.WebAPIRequestError);
  slack.fail('chat.postMessage', { kind: 'http', status: 503 });
  await expect(post()).rejects.toThrow('503');
  expect(posted()).toBe(0);
  expect(slack.calls('chat.postMessage')[0]?.outcome).toBe('not carried out: refuse');
});

test('a call can hang or be slow', async () => {
  const impatient = new webApi.WebClient('xoxb', {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    // Long enough for a request to arrive on a busy machine.
    timeout: 1_000,
    logger: quiet,
  });
  const try_ = () => impatient.chat.postMessage({ channel: 'C0SHOP', text: 'x' });
  slack.fail('chat.postMessage', { kind: 'hang' });
  await expect(try_()).rejects.toThrow();
  expect(posted()).toBe(0);
  slack.fail('chat.postMessage', { kind: 'hang', effect: true });
  await expect(try_()).rejects.toThrow();
  expect(posted()).toBe(1);
  slack.fail('chat.postMessage', { kind: 'slow', ms: 60_000 });
  await expect(try_()).rejects.toThrow();
  slack.fail('chat.postMessage', { kind: 'slow', ms: 20 });
  await expect(post()).resolves.toMatchObject({ ok: true });
  expect(posted()).toBe(3);
});
