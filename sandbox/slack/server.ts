import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isJson, type Json } from './block-kit/check.js';
import { type Method, readArguments, refuse, requireScope, SlackRefusal } from './call.js';
import { createFaults, type Fault, takesEffect } from './faults.js';
import { appMethods } from './methods/apps.js';
import { chatMethods } from './methods/chat.js';
import { conversationMethods } from './methods/conversations.js';
import { peopleMethods } from './methods/people.js';
import { viewMethods } from './methods/views.js';
import { createRateLimits, type Tier } from './rate-limits.js';
import type { createResponseUrls } from './response-urls.js';
import type { Workspace } from './workspace.js';

const methods: Record<string, Method> = {
  ...appMethods,
  ...peopleMethods,
  ...chatMethods,
  ...conversationMethods,
  ...viewMethods,
};

/** A call as it came in. `method` is `response_url` for posts to one. */
export interface RecordedCall {
  method: string;
  /** Milliseconds on the workspace's clock. */
  at: number;
  args: Json;
  token: string | undefined;
  /** `under way`, `ok`, the error's name, or `http 404`; what really happened, whatever a fault did to the answer. */
  outcome: string;
  fault: Fault | undefined;
}

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface ServerParts {
  workspace: Workspace;
  responseUrls: ReturnType<typeof createResponseUrls>;
  botToken: string;
  /** The app-level token with the scope connections:write, and whether Socket Mode is on. */
  appToken: string | undefined;
  scopes: () => string[];
  limits: 'real' | 'off';
  url: () => string;
}

/** The stand-in's HTTP side: Web API under /api/ and the response_urls. */
export function createSlackServer(parts: ServerParts) {
  const { workspace } = parts;
  const calls: RecordedCall[] = [];
  const faults = createFaults();
  const limits = createRateLimits(workspace.now);
  const waits = new Set<NodeJS.Timeout>();

  function refusal(error: string, more: Json = {}, retryAfter?: number): Reply {
    const wait: Record<string, string> = error === 'ratelimited' ? { 'retry-after': String(retryAfter ?? 1) } : {};
    return json(error === 'ratelimited' ? 429 : 200, { ok: false, error, ...more }, wait);
  }

  /** The seconds that a call has to wait; 0 if it may go. */
  const mustWait = (key: string, tier: Tier): number =>
    limits.take(key, tier) || (tier === 'channel' ? limits.take('workspace', 'workspace') : 0);

  const isKnown = (token: string | undefined) => token === parts.botToken || token === parts.appToken;

  function perform(recorded: RecordedCall): Reply {
    const method = Object.hasOwn(methods, recorded.method) ? methods[recorded.method] : undefined;
    const scopes = parts.scopes();
    const headers = { 'x-oauth-scopes': scopes.join(','), 'x-accepted-oauth-scopes': method?.scope ?? '' };
    try {
      if (!method) return refuse('unknown_method');
      if (!recorded.token) refuse('not_authed');
      const right = method.token === 'app' ? parts.appToken : parts.botToken;
      if (recorded.token !== right) refuse(isKnown(recorded.token) ? 'not_allowed_token_type' : 'invalid_auth');
      if (method.scope) requireScope(scopes, method.scope);
      const key = method.tier === 'channel' ? `${recorded.method} ${String(recorded.args.channel)}` : recorded.method;
      const wait = parts.limits === 'real' ? mustWait(key, method.tier) : 0;
      if (wait > 0) {
        recorded.outcome = 'ratelimited';
        return refusal('ratelimited', {}, wait);
      }
      recorded.args = readArguments(method, recorded.args);
      const result = method.run({ args: recorded.args, scopes, workspace });
      recorded.outcome = 'ok';
      return json(200, { ok: true, ...result }, headers);
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      recorded.outcome = error.message;
      return json(200, { ok: false, error: error.message, ...error.more }, headers);
    }
  }

  function carryOut(recorded: RecordedCall, path: string): Reply {
    if (recorded.method !== 'response_url') return perform(recorded);
    const { status, body } = parts.responseUrls.post(path, recorded.args);
    recorded.outcome = status === 200 ? 'ok' : `http ${status}`;
    return { status, headers: { 'content-type': 'text/html' }, body };
  }

  function deliver(response: ServerResponse, fault: Fault | undefined, reply: Reply | undefined): void {
    const date = new Date(workspace.now()).toUTCString();
    const write = (one: Reply) => response.writeHead(one.status, { date, ...one.headers }).end(one.body);
    switch (fault?.kind) {
      case undefined:
        if (reply) write(reply);
        return;
      case 'error':
        write(refusal(fault.error, {}, fault.retryAfter));
        return;
      case 'http':
        write({ status: fault.status, headers: { 'content-type': 'text/html' }, body: '<html>Slack is unwell</html>' });
        return;
      case 'lost':
      case 'refuse':
        response.socket?.resetAndDestroy();
        return;
      case 'hang':
        return;
      case 'truncated':
        if (!reply) return;
        response.writeHead(reply.status, { ...reply.headers, 'content-length': String(Buffer.byteLength(reply.body)) });
        response.write(reply.body.slice(0, Math.floor(reply.body.length / 2)), () => response.socket?.destroy());
        return;
      case 'slow': {
        const timer = setTimeout(() => {
          waits.delete(timer);
          if (reply) write(reply);
        }, fault.ms);
        waits.add(timer);
        return;
      }
      case 'held':
        void fault.until.then(() => reply && !response.destroyed && write(reply));
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', parts.url());
    const answersUrl = parts.responseUrls.knows(pathname);
    if (!answersUrl && !pathname.startsWith('/api/')) {
      response.writeHead(404).end();
      return;
    }
    const args = { ...Object.fromEntries(searchParams), ...(await readBody(request)) };
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const inForm = isForm(request) && typeof args.token === 'string' ? args.token : undefined;
    const method = answersUrl ? 'response_url' : pathname.slice('/api/'.length);
    const fault = faults.next(method, args);
    const token = bearer ?? inForm;
    const recorded: RecordedCall = { method, at: workspace.now(), args, token, outcome: 'under way', fault };
    calls.push(recorded);
    if (fault?.kind === 'held' && fault.late) await fault.until;
    const reply = takesEffect(fault) ? carryOut(recorded, pathname) : undefined;
    if (!reply) recorded.outcome = fault?.kind === 'error' ? fault.error : `not carried out: ${fault?.kind}`;
    workspace.changed();
    deliver(response, fault, reply);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`the stand-in itself failed: ${String(error)}`);
    });
  });

  // Longer than any client keeps an idle connection: a reset on reuse would look like a fault that nobody asked for.
  server.keepAliveTimeout = 60_000;

  return {
    server,
    calls,
    faults,
    async close(): Promise<void> {
      for (const timer of waits) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function json(status: number, body: Json, headers: Record<string, string>): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

function isForm(request: IncomingMessage): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  if (body === '') return {};
  if (isForm(request)) {
    const form = Object.fromEntries(new URLSearchParams(body));
    return typeof form.payload === 'string' && Object.keys(form).length === 1 ? parse(form.payload) : form;
  }
  return parse(body);
}

function parse(body: string): Json {
  try {
    const read: unknown = JSON.parse(body);
    return isJson(read) ? read : { invalid_json: body };
  } catch {
    return { invalid_json: body };
  }
}
