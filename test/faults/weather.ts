import type { Fault as GitHubFault } from '../../sandbox/github/faults.js';
import type { Fault as SlackFault } from '../../sandbox/slack/faults.js';

/** What a storm is made of: chance that can be repeated, clocks that are off, and calls that fail in every way. */

/** Numbers from 0 to 1, the same for the same seed (a linear congruence; nothing rests on their quality). */
export function randomFrom(seed: number) {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return {
    random,
    chance: (of: number): boolean => random() < of,
    oneOf: <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T,
  };
}

/** The environment of a process whose clock is off by so many seconds. */
export function clockOff(seconds: number): Record<string, string> {
  const shift = `
    const now = Date.now;
    globalThis.Date = class extends Date {
      constructor(...given) { if (given.length > 0) super(...given); else super(now() + ${seconds * 1_000}); }
      static now() { return now() + ${seconds * 1_000}; }
    };`;
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(shift)}"` };
}

const GITHUB_ROUTES = ['dispatch', 'dispatch', 'dispatch', 'cancel', 'run', 'compare', 'workflow-runs', 'commit-pulls'];
const GITHUB_FAULTS: readonly GitHubFault[] = [
  { kind: 'lost' },
  { kind: 'truncated' },
  { kind: 'refuse' },
  { kind: 'status', status: 502 },
  { kind: 'status-after', status: 500 },
  { kind: 'slow', ms: 400 },
  { kind: 'rate-limit', limit: 'secondary', retryAfter: 2 },
];
const SLACK_METHODS = ['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'users.info', 'usergroups.users.list'];
const SLACK_FAULTS: readonly SlackFault[] = [
  { kind: 'lost' },
  { kind: 'truncated' },
  { kind: 'refuse' },
  { kind: 'http', status: 500 },
  { kind: 'http', status: 503, effect: true },
  { kind: 'slow', ms: 400 },
  { kind: 'error', error: 'ratelimited', retryAfter: 1 },
  { kind: 'error', error: 'internal_error' },
];

/** One of each side. */
export function faultsOf(oneOf: <T>(all: readonly T[]) => T) {
  return {
    github: { route: oneOf(GITHUB_ROUTES), fault: oneOf(GITHUB_FAULTS) },
    slack: { method: oneOf(SLACK_METHODS), fault: oneOf(SLACK_FAULTS) },
  };
}
