import { LEAST_CONNECTIONS, USUAL_CONNECTIONS } from '../core/connections.js';
import { readPrivateKey } from './private-key.js';
import type { Problem } from './problems.js';
import { readProxies } from './proxy.js';

/** How Pushbutton signs in to GitHub: as an App (recommended) or with a token. */
export type GithubAuth = { kind: 'app'; appId: string; privateKey: string } | { kind: 'token'; token: string };

/** Where the database is: the URL of a server, or a folder for the embedded one. */
export type Database = { kind: 'url'; url: string } | { kind: 'embedded'; folder: string };

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Reads the environment variables. Values are trimmed; an empty variable counts as unset.
 * Returns what it could read and every problem; use the values only when there are no problems.
 * `webhooks`: whether the config enables webhooks, which makes their secret required.
 */
export function readEnvironment(env: NodeJS.ProcessEnv, { webhooks }: { webhooks: boolean }) {
  const problems: Problem[] = [];
  const report = (setting: string, found: string, expected: string) => problems.push({ setting, found, expected });
  const read = (name: string) => env[name]?.trim() || undefined;

  const secret = (name: string, { prefix, expected }: { prefix?: string; expected: string }) => {
    const value = read(name);
    if (value === undefined) return undefined;
    if (prefix && !value.startsWith(prefix))
      report(name, secretFound(value, `does not start with ${prefix}`), expected);
    else if (/\s/.test(value)) report(name, secretFound(value, 'contains a space or line break'), expected);
    return value;
  };
  const requiredSecret = (name: string, form: { prefix?: string; expected: string }) => {
    const value = secret(name, form);
    if (value === undefined) report(name, 'missing', form.expected);
    return value ?? '';
  };

  const url = (name: string, preset: string) => {
    const value = read(name) ?? preset;
    if (!isHttp(value)) report(name, urlFound(value), `an http or https URL; leave it unset for ${preset}`);
    return value;
  };

  const connections = () => {
    const value = read('DATABASE_CONNECTIONS');
    if (value === undefined) return USUAL_CONNECTIONS;
    if (/^\d{1,3}$/.test(value) && Number(value) >= LEAST_CONNECTIONS) return Number(value);
    report('DATABASE_CONNECTIONS', JSON.stringify(value), `a number from ${LEAST_CONNECTIONS} to 999`);
    return USUAL_CONNECTIONS;
  };

  /** As the standard has it: the path of traces is added, and what is sent is protobuf over HTTP. */
  const collector = () => {
    const value = read('OTEL_EXPORTER_OTLP_ENDPOINT');
    const protocol = read('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf';
    if (value === undefined) return undefined;
    if (!isHttp(value))
      report('OTEL_EXPORTER_OTLP_ENDPOINT', urlFound(value), 'an http or https URL, such as http://localhost:4318');
    if (protocol !== 'http/protobuf')
      report(
        'OTEL_EXPORTER_OTLP_PROTOCOL',
        JSON.stringify(protocol),
        "http/protobuf, the only one that is spoken, with the collector's port for it, mostly 4318",
      );
    return `${value.replace(/\/+$/, '')}/v1/traces`;
  };

  const port = (name: string) => {
    const value = read(name);
    if (value === undefined) return undefined;
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
    report(name, JSON.stringify(value), 'a port from 0 to 65535');
    return undefined;
  };

  const slack = {
    botToken: requiredSecret('SLACK_BOT_TOKEN', {
      prefix: 'xoxb-',
      expected: 'the bot token of the Slack app (OAuth & Permissions), which starts with xoxb-',
    }),
    signingSecret: requiredSecret('SLACK_SIGNING_SECRET', {
      expected: 'the signing secret of the Slack app (Basic Information)',
    }),
    appToken: secret('SLACK_APP_TOKEN', {
      prefix: 'xapp-',
      expected: 'an app-level token for Socket Mode, which starts with xapp-; leave it unset to use HTTP',
    }),
    apiUrl: url('SLACK_API_URL', 'https://slack.com/api/').replace(/\/*$/, '/'),
  };

  const auth = (): GithubAuth | undefined => {
    const token = secret('GITHUB_TOKEN', { expected: 'a GitHub token' });
    const appId = read('GITHUB_APP_ID');
    const key = read('GITHUB_PRIVATE_KEY');
    const oneOfTwo = 'either GITHUB_APP_ID and GITHUB_PRIVATE_KEY, or GITHUB_TOKEN';
    if (token !== undefined) {
      if (appId !== undefined) report('GITHUB_APP_ID', 'set together with GITHUB_TOKEN', `${oneOfTwo}, not both`);
      if (key !== undefined) report('GITHUB_PRIVATE_KEY', 'set together with GITHUB_TOKEN', `${oneOfTwo}, not both`);
      return { kind: 'token', token };
    }
    if (appId === undefined && key === undefined) {
      report('GITHUB_APP_ID', 'missing, and GITHUB_TOKEN is not set', oneOfTwo);
      return undefined;
    }
    const privateKey = key === undefined ? undefined : readPrivateKey(key);
    if (appId === undefined)
      report('GITHUB_APP_ID', 'missing', 'the id of the GitHub App, together with GITHUB_PRIVATE_KEY');
    else if (!/^(\d+|Iv[\w.]+)$/.test(appId))
      report(
        'GITHUB_APP_ID',
        secretFound(appId, 'not a number'),
        'the id of the GitHub App (a number) or its client id',
      );
    if (key === undefined) report('GITHUB_PRIVATE_KEY', 'missing', 'the private key of the GitHub App');
    else if (privateKey === undefined)
      report(
        'GITHUB_PRIVATE_KEY',
        secretFound(key, 'not readable as an RSA private key'),
        'the PEM file of the GitHub App, with line breaks, with \\n instead of them, or in base64',
      );
    return appId && privateKey ? { kind: 'app', appId, privateKey } : undefined;
  };

  const database = (): Database => {
    const value = read('DATABASE_URL');
    if (value === undefined) return { kind: 'embedded', folder: read('PUSHBUTTON_DATA') ?? '.pushbutton/' };
    const expected = 'postgres://user:password@host:5432/name (or postgresql://)';
    if (!/^postgres(ql)?:\/\//.test(value))
      report('DATABASE_URL', secretFound(value, 'does not start with postgres:// or postgresql://'), expected);
    else if (!isPostgresUrl(value))
      report(
        'DATABASE_URL',
        secretFound(value, 'not a readable URL'),
        `${expected}, with special characters percent-encoded`,
      );
    return { kind: 'url', url: value };
  };

  const webhookSecret = secret('GITHUB_WEBHOOK_SECRET', { expected: 'the secret of the GitHub webhook' });
  if (webhooks && webhookSecret === undefined)
    report(
      'GITHUB_WEBHOOK_SECRET',
      'missing',
      'the secret of the GitHub webhook, or github.webhooks: false in the config',
    );

  const logLevel = (read('LOG_LEVEL') ?? 'info').toLowerCase();
  if (!isLogLevel(logLevel)) report('LOG_LEVEL', JSON.stringify(logLevel), `one of ${logLevels.join(', ')}`);

  const github = {
    auth: auth(),
    webhookSecret,
    apiUrl: url('GITHUB_API_URL', 'https://api.github.com').replace(/\/+$/, ''),
  };
  const environment = {
    slack,
    github,
    database: database(),
    connections: connections(),
    port: port('PORT') ?? 3000,
    metricsPort: port('METRICS_PORT'),
    logLevel: isLogLevel(logLevel) ? logLevel : 'info',
    proxies: readProxies(read, problems),
    extraAuthorities: read('NODE_EXTRA_CA_CERTS'),
    collector: collector(),
  };
  if (environment.metricsPort === environment.port && environment.port !== 0)
    report('METRICS_PORT', String(environment.port), `a port other than PORT (${environment.port})`);
  return { environment, problems };
}

function secretFound(value: string, fault: string): string {
  return `set, ${value.length} characters, ${fault}`;
}

function isLogLevel(text: string): text is LogLevel {
  return (logLevels as readonly string[]).includes(text);
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function urlFound(value: string): string {
  return JSON.stringify(value.replace(/\/\/[^/@]*@/, '//[secret]@'));
}

/** As pg-connection-string 2 reads it: it also accepts a URL whose host is in the query (the folder of a socket). */
function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) || URL.canParse(text.replace('@/', '@host/'));
}
