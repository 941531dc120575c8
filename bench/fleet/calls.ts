import type { RecordedCall as GitHubCall } from '../../sandbox/github/server.js';
import type { RecordedCall as SlackCall } from '../../sandbox/slack/server.js';
import { CALLS_AN_HOUR } from './company.js';

/** What was called, beside what is allowed. */
export interface Called {
  readonly what: string;
  readonly total: number;
  readonly busiestMinute: number;
  /** What a minute allows; null where nothing names a number. */
  readonly budget: number | null;
  /** Refused because of a limit. */
  readonly limited: number;
}

const MINUTE = 60_000;
/** Slack's limits of a minute for the methods that Pushbutton calls (docs.slack.dev/apis/web-api/rate-limits). */
const SLACK_BUDGETS: Readonly<Record<string, number>> = {
  'chat.postMessage': 600,
  'chat.update': 50,
  'chat.postEphemeral': 100,
  'conversations.info': 50,
  'usergroups.users.list': 20,
  'users.info': 100,
};
/** GitHub counts a read as one point and a write as five. */
const POINTS_A_MINUTE = 900;
const WRITES_A_MINUTE = 80;

const timeOf = (call: { readonly at: Date | number }): number => Number(call.at);

/** The most of these weights within any minute. */
export function busiestMinute(calls: readonly { at: Date | number; weight: number }[]): number {
  const sorted = [...calls].sort((a, b) => timeOf(a) - timeOf(b));
  let most = 0;
  let within = 0;
  let first = 0;
  for (const call of sorted) {
    within += call.weight;
    while (timeOf(sorted[first] as typeof call) <= timeOf(call) - MINUTE) within -= sorted[first++]?.weight ?? 0;
    most = Math.max(most, within);
  }
  return most;
}

/** Slack's methods, those that were limited or called most first. */
export function slackCalls(calls: readonly SlackCall[]): Called[] {
  const methods = [...new Set(calls.map((call) => call.method))].filter((method) => method !== 'response_url');
  return methods
    .map((method) => {
      const own = calls.filter((call) => call.method === method);
      const done = own.filter((call) => call.outcome !== 'ratelimited');
      return {
        what: method,
        total: done.length,
        busiestMinute: busiestMinute(done.map(({ at }) => ({ at, weight: 1 }))),
        budget: SLACK_BUDGETS[method] ?? null,
        limited: own.length - done.length,
      };
    })
    .sort((a, b) => b.total - a.total);
}

/** What was asked of GitHub: by route, and all of it as GitHub counts. */
export function githubCalls(all: readonly GitHubCall[]): Called[] {
  // The stand-in's answers to the App itself are no calls of the installation.
  const calls = all.filter((call) => call.token !== null && !call.token.startsWith('eyJ'));
  const of = (
    what: string,
    own: readonly GitHubCall[],
    budget: number | null,
    weight = (_: GitHubCall) => 1,
  ): Called => ({
    what,
    total: own.length,
    busiestMinute: busiestMinute(own.map((call) => ({ at: call.at, weight: weight(call) }))),
    budget,
    limited: own.filter((call) => call.status === 403 || call.status === 429).length,
  });
  const routes = [...new Set(calls.map((call) => call.route ?? 'unknown'))];
  const isWrite = (call: GitHubCall) => call.method !== 'GET';
  const paid = calls.filter((call) => call.status !== 304);
  return [
    of('points', calls, POINTS_A_MINUTE, (call) => (isWrite(call) ? 5 : 1)),
    { ...of('calls that count towards the hour', paid, Math.floor(CALLS_AN_HOUR / 60)), limited: 0 },
    of('writes', calls.filter(isWrite), WRITES_A_MINUTE),
    ...routes
      .map((route) =>
        of(
          `route ${route}`,
          calls.filter((call) => (call.route ?? 'unknown') === route),
          null,
        ),
      )
      .sort((a, b) => b.total - a.total),
  ];
}
