import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, notFound, refusal, suspended } from './answer.js';
import { type Call, matchPath, type Route } from './api.js';
import { type Auth, lacks } from './auth.js';
import { type Fault, type Faults, faultAnswer, waitFor } from './faults.js';
import { installationBehind } from './installations.js';
import type { Limits } from './limits.js';
import type { World } from './world.js';

/** A request that reached the stand-in, whatever became of it. */
export interface RecordedCall {
  at: Date;
  method: string;
  /** Without the base path `/api/v3` and the query. */
  path: string;
  /** The route's short name; null if GitHub has none. */
  route: string | null;
  query: Record<string, string>;
  body: unknown;
  token: string | null;
  apiVersion: string | null;
  headers: Record<string, string>;
  /** The status answered; `lost` if the socket was closed or left hanging; null while under way. */
  status: number | 'lost' | null;
}

export interface ServerParts {
  world: World;
  routes: Route[];
  auth: Auth;
  limits: Limits;
  faults: Faults;
  calls: RecordedCall[];
  onCall: (call: RecordedCall) => void;
}

/** Listens on 127.0.0.1; returns the server and its address. */
export async function listen(parts: ServerParts, port: number): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      if (request.destroyed && request.errored) return;
      process.stderr.write(`GitHub stand-in: ${error instanceof Error ? error.stack : String(error)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, faults, limits, auth } = parts;
  response.once('close', limits.begin(auth.countedUnder(tokenIn(request) ?? '')));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', world.url);
  const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, '') || '/';
  const method = request.method ?? 'GET';
  const { route, params } = find(parts.routes, method, named(world, path));
  const json = parse(text);
  const record = recordOf(world, request, method, path, url.searchParams, json);
  record.route = route?.name ?? null;
  parts.calls.push(record);
  parts.onCall(record);
  const end = (status: number | 'lost') => {
    record.status = status;
    parts.onCall(record);
  };

  const fault = faults.take(route, method, path);
  await waitFor(fault);
  if (fault?.kind === 'refuse' || (fault?.kind === 'hang' && !fault.effect)) return vanish(request, fault, end);
  const instead = fault && faultAnswer(fault, world.now());
  const early = instead && fault.kind !== 'status-after' ? instead : null;
  const real = early ?? decide(parts, request, { method, path, params, query: url.searchParams, json, text }, route);
  const given = instead ?? real;
  if (fault?.kind === 'lost' || fault?.kind === 'hang') return vanish(request, fault, end);
  write(parts, request, response, given, fault?.kind === 'truncated');
  end(given.status);
}

/** Leaves the caller without an answer: at once by a reset, or for as long as it waits. */
function vanish(request: IncomingMessage, fault: Fault, end: (status: 'lost') => void): void {
  if (fault.kind !== 'hang') request.socket.resetAndDestroy();
  end('lost');
}

/** `/repositories/ID/…`, to which GitHub redirects requests for an old name, as the path with the current name. */
function named(world: World, path: string): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = [...world.repositories.values()].find((each) => each.id === Number(id));
  return repository ? `/repos/${repository.fullName}${rest}` : path;
}

/** docs.github.com, using the REST API, best practices: 301 for reads, 307 for what must be sent again unchanged. */
function movedTo(world: World, { id }: { id: number }, { method, path, query }: Asked): Answer {
  const rest = path.split('/').slice(4).join('/');
  const search = query.size > 0 ? `?${query}` : '';
  const location = `${world.url}/repositories/${id}${rest ? `/${rest}` : ''}${search}`;
  const message = 'Moved Permanently';
  return {
    status: method === 'GET' ? 301 : 307,
    headers: { location },
    body: { message, url: location, documentation_url: 'https://docs.github.com/rest' },
  };
}

function find(routes: Route[], method: string, path: string) {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : null;
    if (params) return { route, params };
  }
  return { route: undefined, params: {} };
}

function parse(text: string): { value: unknown } | null {
  if (text === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function recordOf(
  world: World,
  request: IncomingMessage,
  method: string,
  path: string,
  query: URLSearchParams,
  json: { value: unknown } | null,
): RecordedCall {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return {
    at: world.now(),
    method,
    path,
    route: null,
    query: Object.fromEntries(query),
    body: json?.value,
    token: tokenIn(request),
    apiVersion: headers['x-github-api-version'] ?? null,
    headers,
    status: null,
  };
}

function tokenIn(request: IncomingMessage): string | null {
  return request.headers.authorization?.replace(/^\S+\s+/, '') ?? null;
}

interface Asked extends Pick<Call, 'method' | 'path' | 'params' | 'query'> {
  json: { value: unknown } | null;
  text: string;
}

/** What GitHub would answer: its checks in its order, then the route. */
function decide(parts: ServerParts, request: IncomingMessage, asked: Asked, route: Route | undefined): Answer {
  const { world, auth, limits } = parts;
  if (!request.headers['user-agent']) {
    return refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
    );
  }
  const open = route?.access === 'anybody';
  const identity = open ? ({ kind: 'app', login: '' } as const) : auth.identify(request.headers.authorization);
  if ('status' in identity) return identity;
  const version = request.headers['x-github-api-version'] ?? '2022-11-28';
  if (version !== '2022-11-28' && version !== '2026-03-10') {
    return refusal(400, `"${version}" is not a supported value for the X-GitHub-Api-Version header.`);
  }
  const token = tokenIn(request) ?? '';
  const installation = installationBehind(world, identity);
  if (identity.kind === 'installation' && installation?.suspendedAt) return suspended();
  if (!open && route?.name !== 'rate-limit') {
    const over = limits.spend(auth.countedUnder(token), asked.method);
    if (over) return over;
  }
  if (!route) return notFound();
  if (!asked.json) return refusal(400, 'Problems parsing JSON');
  if (route.access === 'app' && identity.kind !== 'app') {
    return refusal(401, 'A JSON web token could not be decoded');
  }
  if (route.access === 'token' && identity.kind === 'app') return refusal(401, 'Bad credentials');
  const called = `${asked.params.owner}/${asked.params.repo}`.toLowerCase();
  const repository = world.repositories.get(called);
  const elsewhere = repository ? undefined : world.moved.get(called);
  if (elsewhere) return movedTo(world, elsewhere, asked);
  // Another organisation's private repository is not there; a public one may be read.
  if (repository && installation && repository.owner !== installation.owner) {
    if (repository.private) return notFound();
    if (asked.method !== 'GET') return refusal(403, 'Resource not accessible by integration');
  }
  const missing = typeof route.access === 'object' ? lacks(identity, route.access, repository?.private ?? true) : null;
  // What does not exist is not found, whatever the token may do.
  if (missing) return repository ? missing : notFound();
  const { method, path, params, query, json } = asked;
  return route.handle(world, { method, path, params, query, body: json.value, apiVersion: version, token, identity });
}

function write(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  given: Answer,
  truncated: boolean,
): void {
  const { world, limits, auth } = parts;
  const token = tokenIn(request) ?? '';
  const payload = given.raw ?? (given.body === undefined ? null : Buffer.from(JSON.stringify(given.body)));
  const headers: Record<string, string> = {
    date: world.now().toUTCString(),
    'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': request.headers['x-github-api-version']?.toString() ?? '2022-11-28',
    ...(world.enterprise?.told && { 'x-github-enterprise-version': `enterprise-server@${world.enterprise.version}` }),
    ...(given.body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
  };
  let status = given.status;
  let content = payload;
  if (request.method === 'GET' && status === 200 && payload && !given.raw) {
    // An ETag holds for one token only. https://github.com/github/docs/issues/34689
    const etag = `W/"${createHash('sha256').update(token).update(payload).digest('hex')}"`;
    headers.etag = etag;
    headers['cache-control'] = 'private, max-age=60, s-maxage=60';
    const known = request.headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, ''));
    if (known?.includes(etag.replace(/^W\//, ''))) {
      status = 304;
      content = null;
      given.status = 304;
      limits.refund(auth.countedUnder(token));
    }
  }
  response.writeHead(status, {
    ...headers,
    ...limits.headers(auth.countedUnder(token)),
    ...auth.headers(request.headers.authorization),
    ...given.headers,
    'content-length': content?.length ?? 0,
  });
  if (!truncated || !content) response.end(content ?? undefined);
  else response.write(content.subarray(0, Math.floor(content.length / 2)), () => request.socket.destroy());
}
