import { readPrivateKey } from './private-key.js';

const names = [
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_APP_TOKEN',
  'GITHUB_TOKEN',
  'GITHUB_PRIVATE_KEY',
  'GITHUB_WEBHOOK_SECRET',
  'CHANGE_TICKET_SECRET',
  'DATABASE_URL',
];

/**
 * The secret values of the environment, to be removed from logs before the config has been validated.
 * Includes the private key in each form that could be printed, and the database password by itself, and the passwords of proxies.
 */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  const values = names.flatMap((name) => env[name]?.trim() || []);
  const pem = env.GITHUB_PRIVATE_KEY && readPrivateKey(env.GITHUB_PRIVATE_KEY.trim());
  if (pem) values.push(pem.trim());
  // A list of name=value; the key of whoever takes the traces is in one of the values.
  for (const header of (env.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',')) {
    const value = header.slice(header.indexOf('=') + 1).trim();
    values.push(value, decoded(value));
  }
  const url = env.DATABASE_URL?.trim();
  if (url && URL.canParse(url)) {
    const { password, searchParams } = new URL(url);
    values.push(password, decoded(password), searchParams.get('password') ?? '');
  }
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
    const proxy = env[name]?.trim() ?? '';
    const password = /^(?:.*?:\/\/)?[^@]*?:([^@]*)@/.exec(proxy)?.[1] ?? '';
    values.push(password, decoded(password));
  }
  // The config names the variables of these, and each may have several.
  for (const value of Object.values(env)) {
    if (value?.includes('whsec_')) values.push(...value.split(/\s+/));
  }
  return [...new Set(values)].filter((value) => value !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
