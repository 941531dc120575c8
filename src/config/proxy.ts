import { isLoopback } from './loopback.js';
import type { Problem } from './problems.js';

/** The forward proxies that the environment names, as URLs, and the hosts that are reached without one. */
export interface Proxies {
  /** For `https:` and `wss:`. */
  readonly https?: string;
  /** For `http:` and `ws:`. */
  readonly http?: string;
  readonly none: readonly { readonly host: string; readonly port: string | null }[];
}

type Variable = { readonly name: string; readonly value: string } | undefined;

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as Node itself reads them with NODE_USE_ENV_PROXY (nodejs.org/api/http,
 * "Built-in Proxy Support"): in lower case first, and HTTP_PROXY also for `https:` when there is no other. As with curl,
 * a proxy without a scheme is an `http:` one.
 */
export function readProxies(read: (name: string) => string | undefined, problems: Problem[]): Proxies {
  const variable = (name: string): Variable => {
    for (const spelt of [name.toLowerCase(), name]) {
      const value = read(spelt);
      if (value !== undefined) return { name: spelt, value };
    }
    return undefined;
  };
  const proxy = (of: Variable): string | undefined => {
    if (!of) return undefined;
    const text = of.value.includes('://') ? of.value : `http://${of.value}`;
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
    // A password may stand in it, wherever it is cut.
    const found = `set, ${of.value.length} characters, not an http or https URL`;
    problems.push({
      setting: of.name,
      found,
      expected: 'the URL of a forward proxy, such as http://proxy.internal:3128',
    });
    return undefined;
  };
  const http = proxy(variable('HTTP_PROXY'));
  const https = proxy(variable('HTTPS_PROXY')) ?? http;
  const none = (variable('NO_PROXY')?.value ?? '').split(/[,\s]+/).filter(Boolean);
  return {
    ...(https === undefined ? {} : { https }),
    ...(http === undefined ? {} : { http }),
    none: none.map((entry) => {
      const [, host = entry, port = null] = /^(.+):(\d+)$/.exec(entry) ?? [];
      return { host: host.replace(/^\*?\./, '').toLowerCase(), port };
    }),
  };
}

/** The proxy for an address, as a URL; null when it is reached directly, as this machine always is. */
export function proxyFor({ https, http, none }: Proxies, address: string | URL): string | null {
  const { protocol, hostname, port } = new URL(address);
  const secure = protocol === 'https:' || protocol === 'wss:';
  const proxy = secure ? https : http;
  if (proxy === undefined || isLoopback(hostname)) return null;
  const at = port || (secure ? '443' : '80');
  const direct = none.some(
    (one) =>
      (one.port === null || one.port === at) &&
      (one.host === '*' || one.host === hostname || hostname.endsWith(`.${one.host}`)),
  );
  return direct ? null : proxy;
}

/** How an address is reached, in words without the proxy's password. */
export function wayTo(proxies: Proxies, address: string | URL): string {
  const proxy = proxyFor(proxies, address);
  return proxy === null ? 'directly' : `through ${new URL(proxy).origin}`;
}

/** How Slack's web API and GitHub are reached, in words; null when the environment names no proxy. */
export function waysOf({ proxies, slack, github }: Endpoints): { slack: string; github: string } | null {
  if (proxies.http === undefined && proxies.https === undefined) return null;
  return { slack: wayTo(proxies, slack.apiUrl), github: wayTo(proxies, github.apiUrl) };
}

interface Endpoints {
  readonly proxies: Proxies;
  readonly slack: { readonly apiUrl: string };
  readonly github: { readonly apiUrl: string };
}
