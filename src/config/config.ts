import { readFileSync } from 'node:fs';
import type { RequiredResult } from '../core/change/results.js';
import type { Asks } from '../core/deployment/asks.js';
import { parseDuration } from '../core/duration.js';
import type { Cards } from '../core/gets-card.js';
import type { Notify } from '../core/notify.js';
import type { StagePlan } from '../core/stages/stage.js';
import { secretsRemover } from '../log/secrets.js';
import type { TicketRule } from '../tickets/find.js';
import { asksOf } from './ask.js';
import { type ChangeTicket, receiverOf, signingKeys } from './change-ticket.js';
import { type Database, type GithubAuth, type LogLevel, readEnvironment } from './environment.js';
import { readConfigFile } from './file.js';
import { logsOf } from './logs.js';
import { notifyOf } from './notify.js';
import { ConfigProblems, type Problem } from './problems.js';
import type { Proxies } from './proxy.js';
import { at } from './raw.js';
import { requiresOf } from './requires.js';
import type { ConfigFile, Freeze } from './schema.js';
import { secretsIn } from './secrets.js';
import { stagesOf } from './stages.js';

export { ConfigProblems } from './problems.js';

/** One service of the config. Durations are in ms, people and groups are Slack ids, names are as on GitHub. */
export type ServiceConfig = {
  name: string;
  /** owner/name */
  repository: string;
  branch: string;
  /** Only commits that touch these are its own. */
  paths?: readonly string[];
  staging: { workflow: string; testReport?: string };
  /** What else must be green. */
  requires?: readonly RequiredResult[];
  withinMs?: number;
  production: { workflow: string; ref: string; inputs: Record<string, string>; asks?: Asks };
  /** In order; none: production is one. */
  stages: readonly StagePlan[];
  onFailure: 'ask' | 'roll back';
  channel: string;
  deployers: string[];
  approvals: { required: number; from: string[]; authors: boolean; expiresMs: number; escalate: string[] };
  mode: 'button' | 'continuous';
  holdMs: number;
  freezes: Freeze[];
  override: string[];
  rollback: { approvals: number; checks: boolean };
  notify: Notify;
  cards: Cards;
  maxChanges?: number;
  /** The least time from one deployment to the next. */
  everyMs?: number;
  timeoutMs: number;
  /** Whether lines of the logs of its jobs may be shown in Slack. */
  logs: boolean;
  /** How its changes name tickets. */
  tickets: readonly TicketRule[];
  /** Who hears of its deployments beside Slack. */
  changeTicket?: ChangeTicket;
};

/** All settings, from the environment and the file: validated, with defaults filled in. */
export type Config = {
  /** apiUrl ends with a slash. */
  slack: { botToken: string; signingSecret: string; appToken?: string; apiUrl: string };
  /** apiUrl ends without a slash. */
  github: { auth: GithubAuth; webhookSecret?: string; apiUrl: string; webhooks: boolean; pollMs: number };
  database: Database;
  /** How many connections to the database this replica may open. */
  connections: number;
  port: number;
  metricsPort?: number;
  logLevel: LogLevel;
  proxies: Proxies;
  /** The file of further certificate authorities; Node itself has read it. */
  extraAuthorities?: string;
  /** Where a collector takes traces; none are made without one. */
  collector?: string;
  /** Whether checks of stages may go to private addresses. */
  checks: { private: boolean };
  /** IANA */
  timezone: string;
  /** cron, in the time zone */
  digest?: string;
  weekly?: string;
  /** GitHub login in lower case -> Slack user id, or `TOOL` */
  people: Record<string, string>;
  operators: string[];
  services: ServiceConfig[];
};

/** The path of the config file. */
export const configFileOf = (env: NodeJS.ProcessEnv): string => env.PUSHBUTTON_CONFIG?.trim() || 'pushbutton.yml';

/**
 * Loads the config from the environment and the file that PUSHBUTTON_CONFIG names.
 * Throws ConfigProblems with every problem of both; the texts contain no secrets.
 */
export function loadConfig(env: NodeJS.ProcessEnv, readFile: (path: string) => string = readText): Config {
  const fileName = configFileOf(env);
  const { raw, file, problems: inFile } = open(fileName, readFile);
  const webhooks = at(raw, 'github', 'webhooks') !== false;
  const { environment, problems: inEnvironment } = readEnvironment(env, { webhooks });
  const keys = signingKeys(raw, env, inEnvironment);
  const problems = [...inEnvironment, ...inFile];
  const { auth } = environment.github;
  if (problems.length > 0 || !file || !auth) throw withoutSecrets(problems, env);

  const { slack, github, database, connections, port, metricsPort, logLevel, proxies } = environment;
  const { extraAuthorities, collector } = environment;
  return {
    slack: {
      botToken: slack.botToken,
      signingSecret: slack.signingSecret,
      apiUrl: slack.apiUrl,
      ...(slack.appToken === undefined ? {} : { appToken: slack.appToken }),
    },
    github: {
      auth,
      apiUrl: github.apiUrl,
      webhooks,
      pollMs: ms(file.github.poll),
      ...(github.webhookSecret === undefined ? {} : { webhookSecret: github.webhookSecret }),
    },
    database,
    connections,
    port,
    ...(metricsPort === undefined ? {} : { metricsPort }),
    logLevel,
    proxies,
    ...(extraAuthorities === undefined ? {} : { extraAuthorities }),
    ...(collector === undefined ? {} : { collector }),
    checks: file.checks,
    timezone: file.timezone,
    ...(file.digest === undefined ? {} : { digest: file.digest }),
    ...(file.weekly === undefined ? {} : { weekly: file.weekly }),
    people: Object.fromEntries(Object.entries(file.people).map(([login, id]) => [login.toLowerCase(), id])),
    operators: file.operators,
    services: file.services.map((service) => serviceConfig(service, file, keys)),
  };
}

function serviceConfig(
  service: ConfigFile['services'][number],
  file: ConfigFile,
  keys: ReadonlyMap<string, readonly Buffer[]>,
): ServiceConfig {
  const { staging, production, approvals } = service;
  return {
    name: service.name,
    repository: service.repository,
    branch: service.branch,
    ...(service.paths === undefined ? {} : { paths: service.paths }),
    staging: {
      workflow: staging.workflow,
      ...(staging.test_report === undefined ? {} : { testReport: staging.test_report }),
    },
    ...requiresOf(staging),
    production: {
      workflow: production.workflow,
      ref: production.ref ?? service.branch,
      inputs: Object.fromEntries(Object.entries(production.inputs).map(([name, value]) => [name, String(value)])),
      ...(production.ask === undefined ? {} : { asks: asksOf(production.ask) }),
    },
    stages: stagesOf(production),
    onFailure: production.on_failure,
    channel: service.channel ?? file.channel ?? '',
    deployers: service.deployers,
    approvals: {
      required: approvals.required,
      from: approvals.from ?? service.deployers,
      authors: approvals.authors,
      expiresMs: ms(approvals.expires),
      escalate: approvals.escalate,
    },
    mode: service.mode,
    holdMs: ms(service.hold),
    freezes: service.freezes,
    override: service.override,
    rollback: service.rollback,
    notify: notifyOf(service.notify),
    cards: service.cards ?? file.cards,
    ...(service.max_changes === undefined ? {} : { maxChanges: service.max_changes }),
    ...(service.every === undefined ? {} : { everyMs: ms(service.every) }),
    timeoutMs: ms(service.timeout),
    logs: logsOf(service.logs, file.logs),
    tickets: [service.tickets ?? file.tickets ?? []].flat(),
    ...receiverOf(service.change_ticket ?? file.change_ticket, keys),
  };
}

function open(name: string, readFile: (path: string) => string): ReturnType<typeof readConfigFile> {
  let text: string;
  try {
    text = readFile(name);
  } catch (error) {
    const code = at(error, 'code');
    const found = `${JSON.stringify(name)}, which ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`;
    const expected = 'the path of the config file; pushbutton.example.yml shows every key';
    return { raw: undefined, problems: [{ setting: 'PUSHBUTTON_CONFIG', found, expected }] };
  }
  return readConfigFile(text, name);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The schema has already rejected every invalid duration. */
function ms(duration: string): number {
  return parseDuration(duration) ?? 0;
}

/** A token pasted into the wrong setting must not be printed as the value found there. */
function withoutSecrets(problems: Problem[], env: NodeJS.ProcessEnv): ConfigProblems {
  // Short secrets, such as the password "postgres", also occur in our own texts.
  const clean = secretsRemover(secretsIn(env).filter((value) => value.length >= 12));
  return new ConfigProblems(
    problems.map(({ setting, found, expected }) => ({ setting: clean(setting), found: clean(found), expected })),
  );
}
