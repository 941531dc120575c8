import { type Check, ok } from '../../core/check.js';
import { MOST_INPUTS } from './dispatch-inputs.js';
import type { Look } from './look.js';

/** A GitHub Enterprise Server. */
export interface Server {
  /** As it says it, such as 3.19.0. */
  readonly version: string;
  /** The second number of its version; null when it cannot be read. */
  readonly minor: number | null;
}

/**
 * Asks which GitHub Enterprise Server this is: the header x-github-enterprise-version of an answer, or GET /meta where
 * something on the way drops the header, as for one of the repositories. null on github.com, and when it does not say.
 */
export async function readServer(
  look: Look,
  kind: 'app' | 'token',
  apiUrl: string,
  repository: string,
): Promise<Server | null> {
  const { hostname } = new URL(apiUrl);
  if (hostname === 'api.github.com' || hostname.endsWith('.ghe.com')) return null;
  const signedIn = await (kind === 'app' ? look.app() : look.user());
  const header = signedIn.is === 'seen' ? signedIn.headers['x-github-enterprise-version'] : undefined;
  if (typeof header === 'string') return serverOf(header.replace(/^enterprise-server@/, ''));
  const meta = await look.meta(repository);
  return meta.is === 'seen' && meta.data.installed_version ? serverOf(meta.data.installed_version) : null;
}

function serverOf(version: string): Server {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return { version, minor: major === '3' && minor !== undefined ? Number(minor) : null };
}

/** How many inputs a start takes (@octokit/openapi, ghes-3.17 to 3.19: `maxProperties: 10`). */
export const mostInputs = (server: Server | null): number =>
  server?.minor != null && server.minor <= 19 ? 10 : MOST_INPUTS;

/** What the version of a server means here; no check on github.com. */
export function serverChecks(server: Server | null): Check[] {
  if (!server) return [];
  const own = mostInputs(server) - 3;
  const answer =
    server.minor === null || server.minor > 20
      ? ''
      : '; it answers a start without the id of the run, which is then looked up by its name';
  const verdict = ok(`GitHub Enterprise Server ${server.version}: up to ${own} inputs of your own${answer}`);
  return [{ id: 'github.server', group: 'GitHub', name: 'server', verdict }];
}
