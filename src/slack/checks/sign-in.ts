import { type Check, inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { askSlack, type SlackClient } from '../client.js';

/** What a valid token gives access to. */
export interface SlackSession {
  readonly client: SlackClient;
  readonly team: string;
  readonly name: string;
  /** Whether it is a workspace of its own, one of an Enterprise Grid organisation, or the token is a whole organisation's. */
  readonly workspace: 'of its own' | 'one of an organisation' | 'a whole organisation';
  /** The bot's name, as in `/invite @name`. */
  readonly bot: string;
  /** null when Slack does not list them. */
  readonly scopes: readonly string[] | null;
}

/** Scopes of the manifest; `optional` are those that a team may leave out. */
export interface ManifestScopes {
  readonly bot: readonly string[];
  readonly optional: readonly string[];
}

const REINSTALL = 'then Install App, Reinstall to Workspace';

/**
 * Asks Slack who the token belongs to (auth.test, which needs no scope). `trouble` says why no answer came, if known.
 * Slack sends the scopes in the header x-oauth-scopes (docs.slack.dev/authentication/installing-with-oauth).
 */
export async function signIn(
  client: SlackClient,
  trouble: () => string | null,
): Promise<{ session: SlackSession | null; verdict: Verdict }> {
  const answer = await askSlack(() => client.auth.test());
  switch (answer.is) {
    case 'no answer':
      return {
        session: null,
        verdict: wrong(
          `Slack does not answer: ${trouble() ?? answer.why}`,
          'Make sure that this machine can reach SLACK_API_URL (default https://slack.com/api/) over HTTPS.',
        ),
      };
    case 'rate limited':
      return { session: null, verdict: skipped(limited(answer.retryAfterMs)) };
    case 'refused':
      return {
        session: null,
        verdict: wrong(
          `Slack refuses SLACK_BOT_TOKEN: ${answer.error.slice(0, 80)}`,
          'Copy the Bot User OAuth Token (api.slack.com/apps, your app, OAuth & Permissions) into SLACK_BOT_TOKEN.',
        ),
      };
    case 'ok': {
      const { team_id, team, user, bot_id, enterprise_id, is_enterprise_install, response_metadata } = answer.data;
      if (!team_id || !bot_id || !user) {
        return {
          session: null,
          verdict: wrong(
            'SLACK_BOT_TOKEN is not a bot token',
            'Use the Bot User OAuth Token (xoxb-), not a user token.',
          ),
        };
      }
      const scopes = response_metadata?.scopes?.filter(Boolean) ?? null;
      return {
        session: {
          client,
          team: team_id,
          name: team ?? team_id,
          workspace: is_enterprise_install
            ? 'a whole organisation'
            : enterprise_id
              ? 'one of an organisation'
              : 'of its own',
          bot: user,
          scopes,
        },
        verdict: ok(`@${user} in the workspace ${team ?? team_id}`),
      };
    }
  }
}

export const limited = (ms: number): string => `Slack's rate limit: run again in ${Math.ceil(ms / 1_000)} s`;

/**
 * Says what kind of workspace the token is for, which decides who is a full member of it. Slack names the organisation
 * in auth.test (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
 */
export function workspaceVerdict({ name, workspace }: SlackSession): Verdict {
  switch (workspace) {
    case 'of its own':
      return ok(`${name}, a workspace of its own`);
    case 'one of an organisation':
      return ok(
        `${name}, one of an Enterprise Grid organisation: whoever has ${name} among their workspaces is a member`,
      );
    case 'a whole organisation':
      return wrong(
        'the app is installed to a whole Enterprise Grid organisation, so nobody is a member of its workspace',
        'Install it to one workspace (api.slack.com/apps, Install App; org_deploy_enabled is false in the manifest), and use the Bot User OAuth Token of that.',
      );
  }
}

/** Compares the token's scopes with the manifest: first the required scopes, then those that a team may leave out. */
export function scopeChecks(scopes: readonly string[] | null, manifest: ManifestScopes | null): [Verdict, Verdict] {
  if (scopes === null) return both(skipped('Slack does not list the scopes of the token'));
  if (manifest === null) return both(skipped('manifest.yml, to compare with, is missing'));
  const required = manifest.bot.filter((scope) => !manifest.optional.includes(scope));
  const missing = required.filter((scope) => !scopes.includes(scope));
  const left = manifest.optional.filter((scope) => !scopes.includes(scope));
  return [
    missing.length === 0
      ? ok(`all ${required.length} of the manifest`)
      : wrong(
          `${inWords(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`,
          `Add ${missing.length === 1 ? 'it' : 'them'} at api.slack.com/apps, OAuth & Permissions, Bot Token Scopes; ${REINSTALL}.`,
        ),
    left.length === 0
      ? ok(inWords(manifest.optional))
      : ok(`without ${inWords(left)}: a card may appear twice when Slack does not confirm a post`),
  ];
}

const both = (verdict: Verdict): [Verdict, Verdict] => [verdict, verdict];

/**
 * Checks that the app-level token can open a socket; does not connect. `way` says in words how the address that Slack
 * returns is reached, null when there is no proxy.
 */
export async function socketVerdict(client: SlackClient, way: ((address: string) => string) | null): Promise<Verdict> {
  const answer = await askSlack(() => client.apps.connections.open({}));
  switch (answer.is) {
    case 'ok': {
      const { url } = answer.data;
      const how = way && url !== undefined && URL.canParse(url) ? `, at ${new URL(url).host} ${way(url)}` : '';
      return ok(`Slack opens a socket for SLACK_APP_TOKEN${how}`);
    }
    case 'refused':
      return wrong(
        `Slack does not open a socket for SLACK_APP_TOKEN: ${answer.error.slice(0, 80)}`,
        answer.error === 'missing_scope'
          ? 'Create a new app-level token with the scope connections:write (Basic Information, App-Level Tokens).'
          : 'Turn Socket Mode on (socket_mode_enabled in the manifest), and copy an app-level token with the scope connections:write (Basic Information, App-Level Tokens).',
      );
    case 'rate limited':
      return skipped(limited(answer.retryAfterMs));
    case 'no answer':
      return skipped('Slack did not answer; run the doctor again');
  }
}

/** What cannot be checked from here, and how to check it by hand. */
export const INBOUND: Verdict = skipped(
  'Slack shows neither the signing secret nor the request URLs. When /release help answers, all are right.',
);

export const slackCheck = (id: string, name: string, verdict: Verdict): Check => ({
  id: `slack.${id}`,
  group: 'Slack',
  name,
  verdict,
});
