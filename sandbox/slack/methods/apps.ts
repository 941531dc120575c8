import type { Method } from '../call.js';

/** The address of a socket, good for one connection. */
const open: Method = {
  token: 'app',
  tier: 'special',
  run: ({ workspace }) => ({ url: workspace.openSocket() }),
};

export const appMethods: Record<string, Method> = { 'apps.connections.open': open };
