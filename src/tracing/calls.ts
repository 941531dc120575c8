/** Records what Slack and GitHub were asked, by method or route alone: no address, which may hold a secret, and no answer. */

import type { Attributes, Tracing } from './tracing.js';

type Result = 'ok' | 'unchanged' | 'refused' | 'rate limited' | 'no answer';
type Called<Detail> = (call: string, result: Result, seconds: number, detail: Detail) => void;
type Counted = (call: string, result: Result, seconds: number) => void;

/** Counts and records each call. */
export const tracedCalls = (tracing: Tracing, counted: (to: 'slack' | 'github') => Counted) => ({
  slack: slackCall(tracing, counted('slack')),
  github: gitHubCall(tracing, counted('github')),
});

/** The detail is Slack's word for a refusal. */
const slackCall = (tracing: Tracing, counted: Counted): Called<string | null> =>
  both(tracing, 'Slack', counted, (method, refusal) => [{ 'rpc.system': 'slack', 'rpc.method': method }, refusal]);

/** The detail is the HTTP status. */
const gitHubCall = (tracing: Tracing, counted: Counted): Called<number | null> =>
  both(tracing, 'GitHub', counted, (route, status) => {
    const [method = '', template = ''] = route.split(' ');
    const about: Attributes = {
      'http.request.method': method,
      ...(template.startsWith('/') ? { 'url.template': template } : {}),
      ...(status === null ? {} : { 'http.response.status_code': status }),
    };
    return [about, null];
  });

function both<Detail>(
  tracing: Tracing,
  vendor: string,
  counted: Counted,
  told: (call: string, detail: Detail) => [about: Attributes, why: string | null],
): Called<Detail> {
  if (!tracing.on) return counted;
  return (call, result, seconds, detail) => {
    counted(call, result, seconds);
    const [about, why] = told(call, detail);
    const failed = result === 'ok' || result === 'unchanged' ? null : (why ?? result);
    tracing.ended(`${vendor} ${call}`, seconds, { ...about, 'pushbutton.result': result }, { outside: true, failed });
  };
}
