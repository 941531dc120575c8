import { generateKeyPairSync } from 'node:crypto';
import { ConfigProblems, loadConfig } from '../../src/config/config.js';

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};
const smallest = `
channel: C0RELEASES
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
`;
const pem = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
const asApp = { ...env, GITHUB_TOKEN: '', GITHUB_APP_ID: '4711' };

const load = (variables: NodeJS.ProcessEnv = env, file = smallest) => loadConfig(variables, () => file);
function linesOf(variables: NodeJS.ProcessEnv, file = smallest): string[] {
  try {
    load(variables, file);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

test('the smallest environment and file come with every default', () => {
  expect(load()).toEqual({
    slack: {
      botToken: 'xoxb-1234567',
      signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
      apiUrl: 'https://slack.com/api/',
    },
    github: {
      auth: { kind: 'token', token: 'ghp_abcdefghijk' },
      webhookSecret: 'a-webhook-secret',
      apiUrl: 'https://api.github.com',
      webhooks: true,
      pollMs: 60_000,
    },
    database: { kind: 'embedded', folder: '.pushbutton/' },
    connections: 10,
    port: 3000,
    logLevel: 'info',
    proxies: { none: [] },
    checks: { private: false },
    timezone: 'UTC',
    people: {},
    operators: [],
    services: [
      {
        name: 'shop',
        repository: 'acme/shop',
        branch: 'main',
        staging: { workflow: 'staging.yml' },
        production: { workflow: 'production.yml', ref: 'main', inputs: {} },
        channel: 'C0RELEASES',
        deployers: ['U0ALICE'],
        approvals: { required: 0, from: ['U0ALICE'], authors: false, expiresMs: 7_200_000, escalate: [] },
        mode: 'button',
        holdMs: 600_000,
        freezes: [],
        onFailure: 'ask',
        override: [],
        rollback: { approvals: 0, checks: false },
        stages: [],
        notify: {
          stagingFailed: 'mention',
          approvalNeeded: 'mention',
          continueNeeded: 'mention',
          productionFailed: 'mention',
          live: 'thread',
          steps: 'thread',
        },
        cards: 'every',
        timeoutMs: 1_800_000,
        logs: true,
        tickets: [],
      },
    ],
  });
});

test('every variable of the environment arrives', () => {
  const config = load({
    ...env,
    SLACK_APP_TOKEN: 'xapp-1-A0-1-abc',
    SLACK_API_URL: 'http://127.0.0.1:9/api',
    GITHUB_API_URL: 'https://github.acme.test/api/v3/',
    DATABASE_URL: ' postgresql://bot:pw@db/pushbutton?sslmode=require\n',
    PORT: '0',
    METRICS_PORT: '9464',
    DATABASE_CONNECTIONS: '7',
    LOG_LEVEL: 'debug',
  });
  expect(config.slack).toMatchObject({ appToken: 'xapp-1-A0-1-abc', apiUrl: 'http://127.0.0.1:9/api/' });
  expect(config.github.apiUrl).toBe('https://github.acme.test/api/v3');
  expect(config.database).toEqual({ kind: 'url', url: 'postgresql://bot:pw@db/pushbutton?sslmode=require' });
  expect(config).toMatchObject({ port: 0, metricsPort: 9464, connections: 7, logLevel: 'debug' });
  expect(load({ ...env, PUSHBUTTON_DATA: '/data' }).database).toEqual({ kind: 'embedded', folder: '/data' });
  expect(load({ ...env, DATABASE_URL: 'postgres://bot:pw@/db?host=/run/postgresql' }).database.kind).toBe('url');
});

test.each([
  ['real line breaks', pem],
  ['\\n written out', pem.replaceAll('\n', '\\n')],
  ['line breaks of Windows', pem.replaceAll('\n', '\r\n')],
  ['base64', Buffer.from(pem).toString('base64')],
])('the private key of the App is read with %s', (_, written) => {
  const { auth } = load({ ...asApp, GITHUB_PRIVATE_KEY: written }).github;
  expect(auth).toEqual({ kind: 'app', appId: '4711', privateKey: pem });
});

test('an empty environment without a file is told in one go', () => {
  try {
    loadConfig({}, () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    });
  } catch (error) {
    expect((error as ConfigProblems).problems.map(({ setting }) => setting)).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'GITHUB_WEBHOOK_SECRET',
      'GITHUB_APP_ID',
      'PUSHBUTTON_CONFIG',
    ]);
    expect((error as ConfigProblems).lines()[4]).toContain('"pushbutton.yml", which does not exist');
  }
  expect.assertions(2);
});

test('the real file system is read when no reader is given', () => {
  expect(() => loadConfig({ ...env, PUSHBUTTON_CONFIG: 'no/such/file.yml' })).toThrow(
    /^PUSHBUTTON_CONFIG: "no\/such\/file.yml", which does not exist; expected /,
  );
});

test('no secret stands in a problem, nor the inside of the program', () => {
  const wrong = {
    SLACK_BOT_TOKEN: 'xoxp-verysecret-user-token',
    SLACK_SIGNING_SECRET: 'signing secret with blanks',
    SLACK_APP_TOKEN: 'verysecret-app-token',
    GITHUB_APP_ID: 'ghp_verysecretpasted',
    GITHUB_PRIVATE_KEY: 'verysecret-private-key',
    DATABASE_URL: 'mysql://bot:verysecret@db/x',
    PORT: 'verysecret-app-token',
    GITHUB_API_URL: 'ftp://bot:verysecret@host',
  };
  const file = `channel: xoxb-verysecret-in-file\nservices: [verysecret-app-token]\n`;
  const lines = linesOf(wrong, file);
  expect(lines.join('\n')).not.toMatch(/verysecret|with blanks/);
  expect(lines).toContainEqual(
    'SLACK_BOT_TOKEN: set, 26 characters, does not start with xoxb-; expected the bot token of the Slack app ' +
      '(OAuth & Permissions), which starts with xoxb-',
  );
  expect(lines.find((line) => line.startsWith('DATABASE_URL'))).toContain('set, 27 characters, does not start with');
  expect(lines.every((line) => /^[\w.[\]]+: .+; expected .+$/.test(line))).toBe(true);
  try {
    load(wrong, file);
  } catch (error) {
    expect((error as Error).stack).toBe(lines.join('\n'));
  }
  expect.assertions(5);
});

test.each([
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80a'],
  ['METRICS_PORT', '3000'],
  ['LOG_LEVEL', 'loud'],
  ['DATABASE_CONNECTIONS', '4'],
  ['DATABASE_CONNECTIONS', 'many'],
  ['SLACK_API_URL', 'slack.com'],
  ['GITHUB_API_URL', 'file:///etc'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector.internal:4318'],
  ['DATABASE_URL', 'localhost:5432'],
  ['DATABASE_URL', 'postgres://bot:p#w/d@db:x/y'],
])('%s=%s is refused by name', (name, value) => {
  expect(linesOf({ ...env, [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
});

test('the collector is named as the standard has it, and is sent protobuf over HTTP', () => {
  const at = (OTEL_EXPORTER_OTLP_ENDPOINT: string, more: Record<string, string> = {}) => ({
    ...{ ...env, OTEL_EXPORTER_OTLP_ENDPOINT, ...more },
  });
  expect(load(env)).not.toHaveProperty('collector');
  expect(load(at('http://collector:4318')).collector).toBe('http://collector:4318/v1/traces');
  expect(load(at('https://traces.acme.test/otlp/')).collector).toBe('https://traces.acme.test/otlp/v1/traces');
  expect(load(at('http://collector:4318', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })).collector).toBeDefined();
  expect(linesOf(at('http://collector:4317', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }))).toEqual([
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL: "grpc"; expected http\/protobuf/),
  ]);
  const secret = at('collector:verysecret-key', { OTEL_EXPORTER_OTLP_HEADERS: 'a=b,x-key=verysecret-key' });
  expect(linesOf(secret).join()).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT: "collector:\[secret\]"; expected an http/);
});

test('one way of signing in at GitHub, and whole', () => {
  expect(linesOf({ ...env, GITHUB_APP_ID: '4711' })).toEqual([expect.stringContaining('not both')]);
  expect(linesOf(asApp)).toEqual([expect.stringMatching(/^GITHUB_PRIVATE_KEY: missing/)]);
  expect(linesOf({ ...env, GITHUB_TOKEN: '', GITHUB_PRIVATE_KEY: pem })).toEqual([
    expect.stringMatching(/^GITHUB_APP_ID: missing/),
  ]);
});

test('without webhooks their secret is not needed', () => {
  const variables = { ...env, GITHUB_WEBHOOK_SECRET: undefined };
  expect(linesOf(variables)).toEqual([expect.stringMatching(/^GITHUB_WEBHOOK_SECRET: missing/)]);
  const { github } = load(variables, `github: { webhooks: false, poll: 5s }\n${smallest}`);
  expect(github).toMatchObject({ webhooks: false, pollMs: 5_000 });
  expect(github).not.toHaveProperty('webhookSecret');
});
