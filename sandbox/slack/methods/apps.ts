import type { Method } from '../call.js';

/** The address of a socket; nobody listens there. Slack's is good for one connection within half a minute. */
const open: Method = {
  token: 'app',
  tier: 'special',
  run: ({ workspace }) => ({ url: `wss://${workspace.domain}.slack.test/link/?ticket=${workspace.nextId('k')}` }),
};

export const appMethods: Record<string, Method> = { 'apps.connections.open': open };
