import { type Logger, webApi } from '@slack/bolt';

/** What Slack's answer means to us. After `no answer`, the effect of the call is unknown. */
export type SlackAnswer<T> =
  | { readonly is: 'ok'; readonly data: T }
  | { readonly is: 'refused'; readonly error: string }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'no answer'; readonly why: string };

export type SlackClient = InstanceType<typeof webApi.WebClient>;

/** Called after each call, with its method, its result, how long it took, and Slack's word if it was refused. */
export type SlackCalled = (
  method: string,
  result: SlackAnswer<unknown>['is'],
  seconds: number,
  refusal: string | null,
) => void;

/**
 * A client that sends each call once. By default, web-api 8 has no time-out and repeats a call for half an hour, even
 * after a 5xx: a card would be posted twice. The caller decides whether to try again.
 */
export function createSlackClient(
  { botToken: token, apiUrl }: { readonly botToken: string; readonly apiUrl: string },
  logger: Logger,
  { called, ...more }: { fetch?: typeof fetch; maxRequestConcurrency?: number; called?: SlackCalled } = {},
): SlackClient {
  class Told extends webApi.WebClient {
    override async apiCall(...[method, options]: Parameters<SlackClient['apiCall']>) {
      const since = performance.now();
      const tell = (answer: SlackAnswer<unknown>) =>
        called?.(method, answer.is, (performance.now() - since) / 1_000, answer.is === 'refused' ? answer.error : null);
      try {
        const data = await super.apiCall(method, options);
        tell({ is: 'ok', data });
        return data;
      } catch (error) {
        tell(translate(error));
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

/** Makes a call and translates its result; never throws. */
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

/** Slack's errors that mean "not now"; nobody has to fix them. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'ratelimited',
]);

/** Slack's errors for a token that is no longer valid: every call fails (docs.slack.dev, errors of any method). */
const NO_TOKEN = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);

/** Whether Slack takes no calls at all for now. Waiting calls are then tried one at a time. */
export const takesNoCalls = (answer: SlackAnswer<unknown>): boolean =>
  answer.is === 'no answer' || (answer.is === 'refused' && NO_TOKEN.has(answer.error));

export const isPassing = (error: string): boolean => PASSING.has(error);

/** Whether Slack does not take the blocks of a message: some workspaces and apps do not get the newest ones. */
export const refusesBlocks = (answer: SlackAnswer<unknown>): boolean =>
  answer.is === 'refused' && ['invalid_blocks', 'invalid_blocks_format', 'invalid_arguments'].includes(answer.error);

/** Slack's errors that concern one message alone (chat.postMessage, chat.update). */
export const isAboutTheMessage = (error: string): boolean =>
  [
    'invalid_blocks',
    'invalid_blocks_format',
    'msg_blocks_too_long',
    'msg_too_long',
    'no_text',
    'invalid_arguments',
    'cant_update_message',
    'edit_window_closed',
  ].includes(error);
