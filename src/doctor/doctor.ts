/** Checks all that can be looked at without changing anything, as `start` would use it; builds the parts as main.ts does. */

import path from 'node:path';
import { receiverChecks } from '../change-management/check.js';
import { faultOf } from '../change-management/receiver.js';
import { type Config, ConfigProblems, configFileOf, loadConfig } from '../config/config.js';
import { waysOf, wayTo } from '../config/proxy.js';
import { type Check, ok, skipped, type Verdict, wrong } from '../core/check.js';
import { type DatabaseLook, lookAtDatabase, noDatabase } from '../db/checks.js';
import { startLocalPostgres } from '../db/local-postgres.js';
import { createLook } from '../github/checks/look.js';
import { permissionChecks } from '../github/checks/permissions.js';
import { readServer, serverChecks } from '../github/checks/server.js';
import { serviceChecks } from '../github/checks/service.js';
import { signIn as signInToGithub } from '../github/checks/sign-in.js';
import { webhookChecks } from '../github/checks/webhook.js';
import { createGithub } from '../github/client.js';
import { boltLogger } from '../log/adapters.js';
import { createLog } from '../log/log.js';
import { sendThrough } from '../outbound.js';
import { packageRoot } from '../package-root.js';
import { approversVerdict } from '../slack/checks/approvers.js';
import { channelVerdict } from '../slack/checks/channels.js';
import { manifestScopes } from '../slack/checks/manifest.js';
import { groupVerdict, readGroups, userVerdict } from '../slack/checks/people.js';
import {
  INBOUND,
  scopeChecks,
  signIn as signInToSlack,
  slackCheck,
  socketVerdict,
  workspaceVerdict,
} from '../slack/checks/sign-in.js';
import { createSlackClient } from '../slack/client.js';
import { collectorVerdict } from '../tracing/check.js';
import { clockVerdict, zoneVerdict } from './clock.js';
import { approvalRulesIn, channelsIn, namedIn, receiversIn } from './named.js';
import { problemChecks, settingChecks, withoutSettings } from './settings.js';
import { createWire, type Wire } from './wire.js';

/** Returns all checks, in order. Independent checks run in parallel; no call takes longer than its timeout. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Check[]> {
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return [...problemChecks(error), ...withoutSettings()];
  }
  return examineConfig(config, configFileOf(env));
}

/** The same for a config that was read from `file`. */
export async function examineConfig(config: Config, file: string): Promise<Check[]> {
  sendThrough(config.proxies);
  const slackWire = createWire();
  const githubWire = createWire();
  const database = examineDatabase(config);
  const [inDatabase, inSlack, inGithub, collector] = await Promise.all([
    database,
    examineSlack(config, slackWire),
    examineGithub(config, githubWire, database),
    collectorVerdict(config.collector),
  ]);
  const check = (id: string, name: string, verdict: Verdict): Check => ({
    id: `clock.${id}`,
    group: 'Clock',
    name,
    verdict,
  });
  const clock = (id: string, name: string, whose: string, aheadMs: number | null): Check =>
    check(id, name, clockVerdict(whose, aheadMs));
  return [
    ...settingChecks(config, file, new Date()),
    { id: 'settings.collector', group: 'Settings', name: 'collector', verdict: collector },
    ...inDatabase.checks,
    ...inSlack,
    ...inGithub,
    ...receiverChecks(receiversIn(config), inDatabase.receivers),
    clock('database', 'database', 'the database', inDatabase.aheadMs),
    clock('slack', 'Slack', 'Slack', slackWire.aheadMs()),
    clock('github', 'GitHub', 'GitHub', githubWire.aheadMs()),
    check('timezone', 'time zone', zoneVerdict(config.timezone, inDatabase.zone)),
  ];
}

async function examineDatabase(config: Config): Promise<DatabaseLook> {
  const { database, timezone, connections } = config;
  const receivers = receiversIn(config).map(({ service }) => ({ service, fault: faultOf(service) }));
  const lookAt = (url: string, place: string) => lookAtDatabase(url, place, timezone, connections, receivers);
  if (database.kind === 'url') return lookAt(database.url, placeOf(database.url));
  const lines: string[] = [];
  const folder = (verdict: Check['verdict']): Check => ({
    id: 'database.folder',
    group: 'Database',
    name: 'folder',
    verdict,
  });
  try {
    const local = await startLocalPostgres(database.folder, (line) => lines.push(line));
    const state = local.adopted ? 'running' : 'started now; it keeps running, and npm start uses it';
    const look = await lookAt(local.url, 'embedded');
    return { ...look, checks: [folder(ok([`${local.folder}, ${state}`, ...lines].join('; '))), ...look.checks] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const verdict = wrong(
      why.replace(/\.$/, ''),
      'Set PUSHBUTTON_DATA to a folder that this account can write to, or DATABASE_URL to a server.',
    );
    const look = noDatabase('the embedded database did not start');
    return { ...look, checks: [folder(verdict), ...look.checks] };
  }
}

/** Host and name of a database, without user and password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL';
  const { host, pathname, search, hash } = new URL(url);
  // The password has a character that is not percent-encoded, so it is not clear where the password ends.
  if (/@/.test(pathname + search + hash)) return 'DATABASE_URL';
  return host ? `${host}${pathname}` : 'DATABASE_URL';
}

async function examineSlack(config: Config, wire: Wire): Promise<Check[]> {
  const { botToken, appToken, apiUrl } = config.slack;
  const logger = boltLogger(createLog({ level: 'silent', secrets: [] }));
  const client = (token: string) =>
    createSlackClient({ botToken: token, apiUrl }, logger, { fetch: wire.fetch, maxRequestConcurrency: 8 });
  const [{ session, verdict }, socket] = await Promise.all([
    signInToSlack(client(botToken), wire.trouble),
    appToken ? socketVerdict(client(appToken), waysOf(config) && ((address) => wayTo(config.proxies, address))) : null,
  ]);
  const refused = skipped('could not sign in to Slack (see token)');
  const [scopes, optional] = session
    ? scopeChecks(session.scopes, manifestScopes(path.join(packageRoot(), 'manifest.yml')))
    : [refused, refused];
  const named = namedIn(config);
  const users = named.filter(({ id }) => !id.startsWith('S'));
  const groups = named.filter(({ id }) => id.startsWith('S'));
  const groupsThere = session && groups.length > 0 ? readGroups(session) : null;
  const people = await Promise.all([
    ...channelsIn(config).map(async ([channel, of]) =>
      slackCheck(
        `channel.${channel}`,
        `channel ${channel}`,
        session ? await channelVerdict(session, channel, of) : refused,
      ),
    ),
    ...users.map(async (user) =>
      slackCheck(`user.${user.id}`, `user ${user.id}`, session ? await userVerdict(session, user) : refused),
    ),
    ...groups.map(async (group) =>
      slackCheck(
        `group.${group.id}`,
        `group ${group.id}`,
        groupsThere ? groupVerdict(await groupsThere, group) : refused,
      ),
    ),
    ...approvalRulesIn(config).map(async (rule) =>
      slackCheck(
        `approvers.${rule.service}`,
        `approvers of ${rule.service}`,
        session ? approversVerdict(rule, groupsThere && (await groupsThere)) : refused,
      ),
    ),
  ]);
  return [
    slackCheck('token', 'token', verdict),
    slackCheck('workspace', 'workspace', session ? workspaceVerdict(session) : refused),
    slackCheck('scopes', 'scopes', scopes),
    slackCheck('optional-scopes', 'optional scopes', optional),
    socket ? slackCheck('socket', 'socket mode', socket) : slackCheck('inbound', 'signing secret', INBOUND),
    ...people,
  ];
}

async function examineGithub(config: Config, wire: Wire, database: Promise<DatabaseLook>): Promise<Check[]> {
  const { auth, apiUrl, webhooks, pollMs } = config.github;
  const look = createLook(createGithub(auth, apiUrl, { send: wire.fetch, queued: true }), wire.trouble);
  const now = Date.now();
  const { identity, verdict } = await signInToGithub(look, auth.kind, now);
  const polledEveryMs = webhooks ? null : pollMs;
  const server = identity && (await readServer(look, auth.kind, apiUrl, config.services[0]?.repository ?? ''));
  const [permissions, hooks, services] = await Promise.all([
    permissionChecks(look, identity, config.services),
    database.then(({ replicas }) => webhookChecks(look, identity, config.services, { polledEveryMs, replicas, now })),
    Promise.all(config.services.map((service) => serviceChecks(look, identity, service, config.people, server))),
  ]);
  return [
    { id: 'github.sign-in', group: 'GitHub', name: 'sign-in', verdict },
    ...serverChecks(server),
    ...permissions,
    ...hooks,
    ...services.flat(),
  ];
}
