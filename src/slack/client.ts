import { type Logger, webApi } from '@slack/bolt';

/** What Slack's answer means to us. `no answer` is everything after which the effect is unknown. */
export type SlackAnswer<T> =
  | { readonly is: 'ok'; readonly data: T }
  | { readonly is: 'refused'; readonly error: string }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'no answer'; readonly why: string };

export type SlackClient = InstanceType<typeof webApi.WebClient>;

/** Hears of each call: its method, what came of it, and how long that took. */
export type SlackCalled = (method: string, result: SlackAnswer<unknown>['is'], seconds: number) => void;

/**
 * A client that sends each call once. web-api 8 has no time-out by default and repeats a call for half an hour, 5xx
 * included: a card would be posted twice. Whoever calls decides whether to ask again.
 */
export function createSlackClient(
  token: string,
  apiUrl: string,
  logger: Logger,
  { called, ...more }: { fetch?: typeof fetch; maxRequestConcurrency?: number; called?: SlackCalled } = {},
): SlackClient {
  class Told extends webApi.WebClient {
    override async apiCall(...[method, options]: Parameters<SlackClient['apiCall']>) {
      const since = performance.now();
      const tell = (result: SlackAnswer<unknown>['is']) =>
        called?.(method, result, (performance.now() - since) / 1_000);
      try {
        const data = await super.apiCall(method, options);
        tell('ok');
        return data;
      } catch (error) {
        tell(translate(error).is);
        throw error;
      }
    }
  }
  return new Told(token, {
    slackApiUrl: apiUrl,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger,
    ...more,
  });
}

/** Makes a call and translates what comes of it; never throws. */
export async function askSlack<T>(call: () => Promise<T>): Promise<SlackAnswer<T>> {
  try {
    return { is: 'ok', data: await call() };
  } catch (error) {
    return translate(error);
  }
}

function translate(error: unknown): Exclude<SlackAnswer<never>, { is: 'ok' }> {
  if (error instanceof webApi.WebAPIPlatformError) return { is: 'refused', error: error.data.error };
  if (error instanceof webApi.WebAPIRateLimitedError)
    return { is: 'rate limited', retryAfterMs: Math.max(1, error.retryAfter) * 1_000 };
  return { is: 'no answer', why: error instanceof Error ? error.name : 'unknown fault' };
}

/** Words of Slack's for "not now", which are no one's to mend. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'ratelimited',
]);

/** Words for a token that is not taken any more: no call is, whoever makes it (docs.slack.dev, any method's errors). */
const NO_TOKEN = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);

/** Whether Slack takes no calls at all for now: those that wait are tried one at a time. */
export const takesNoCalls = (answer: SlackAnswer<unknown>): boolean =>
  answer.is === 'no answer' || (answer.is === 'refused' && NO_TOKEN.has(answer.error));

export const isPassing = (error: string): boolean => PASSING.has(error);

/** Slack's words for what is wrong with one message alone (chat.postMessage, chat.update). */
export const isAboutTheMessage = (error: string): boolean =>
  [
    'invalid_blocks',
    'msg_too_long',
    'no_text',
    'invalid_arguments',
    'cant_update_message',
    'edit_window_closed',
  ].includes(error);
