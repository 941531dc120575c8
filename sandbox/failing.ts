import type { Fault as GitHubFault } from './github/faults.js';
import type { Fault as SlackFault } from './slack/faults.js';

/** Calls that fail in every possible way, for storms and soaks to draw from. */

/** The start of a run three times, since that must not happen twice. */
export const GITHUB_ROUTES = [
  'dispatch',
  'dispatch',
  'dispatch',
  'cancel',
  'run',
  'compare',
  'workflow-runs',
  'commit-pulls',
];
export const GITHUB_FAULTS: readonly GitHubFault[] = [
  { kind: 'lost' },
  { kind: 'truncated' },
  { kind: 'refuse' },
  { kind: 'status', status: 502 },
  { kind: 'status-after', status: 500 },
  { kind: 'slow', ms: 400 },
  { kind: 'rate-limit', limit: 'secondary', retryAfter: 2 },
];
export const SLACK_METHODS = [
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'users.info',
  'usergroups.users.list',
];
export const SLACK_FAULTS: readonly SlackFault[] = [
  { kind: 'lost' },
  { kind: 'truncated' },
  { kind: 'refuse' },
  { kind: 'http', status: 500 },
  { kind: 'http', status: 503, effect: true },
  { kind: 'slow', ms: 400 },
  { kind: 'error', error: 'ratelimited', retryAfter: 1 },
  { kind: 'error', error: 'internal_error' },
];
