import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { actions, Malformed } from './actions.js';
import type { Feed } from './feed.js';
import { githubPage } from './github-page.js';
import { isOffered, type Scene } from './state.js';
import { stream } from './stream.js';

const bodyBytes = 100_000;
/** The block renderer sets styles on its elements; nothing else is needed from elsewhere. */
const policy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** What the page shows and acts on. */
export interface Stage {
  scene: Scene;
  feed: Feed;
}

interface Reply {
  status: number;
  body: string;
  type?: string;
}

/**
 * The page's server, not yet listening: its files; `GET /api/events?user=ID`, a stream of what that person sees, `GET
 * /api/state?user=ID`, the same once, and `POST /api/ACTION` for what a person does (see actions.ts). Until `open` is called
 * an event stream is silent and everything else below /api/ answers 503.
 */
export function createPage(): { server: Server; open(stage: Stage): void } {
  let stage: Stage | undefined;
  let open: (stage: Stage) => void = () => {};
  const opened = new Promise<Stage>((resolve) => {
    open = resolve;
  });
  const serveFile = sirv(pageFolder(), {
    dev: true,
    etag: true,
    setHeaders: (response) => {
      response.setHeader('content-security-policy', policy);
      response.setHeader('x-content-type-options', 'nosniff');
    },
  });
  const server = createServer((request, response) => {
    const asked = request.url ?? '/';
    // Only somebody who plays with it asks for `//`; it must not end the demo.
    if (!URL.canParse(asked, 'http://page'))
      return send(response, { status: 400, body: 'not an address', type: 'text/plain' });
    const url = new URL(asked, 'http://page');
    if (url.pathname === '/api/events' && request.method === 'GET') {
      const user = url.searchParams.get('user') ?? '';
      if (isOffered(user)) return stream(response, user, opened);
    }
    if (!url.pathname.startsWith('/api/') && url.pathname !== '/github') {
      return serveFile(request, response, () => send(response, { status: 404, body: 'not found', type: 'text/plain' }));
    }
    answer(request, url, stage).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, refusal(error)),
    );
  });
  return {
    server,
    open: (given) => {
      stage = given;
      open(given);
    },
  };
}

async function answer(request: IncomingMessage, url: URL, stage: Stage | undefined): Promise<Reply> {
  const asksForState = request.method === 'GET' && /^\/api\/(state|events)$/.test(url.pathname);
  const user = url.searchParams.get('user') ?? '';
  if (asksForState && !isOffered(user)) return json(409, { error: `there is nobody called ${user}` });
  if (!stage) return json(503, { error: 'the demo is starting' });
  if (request.method === 'GET' && url.pathname === '/github') {
    return text(githubPage(url.searchParams.get('path') ?? '/', stage.scene));
  }
  if (asksForState) return { status: 200, body: await stage.feed.look(user) };
  const name = /^\/api\/([a-z]+)$/.exec(url.pathname)?.[1] ?? '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (request.method !== 'POST' || !action) return json(404, { error: 'not found' });
  // Another site's page cannot send this type without asking first.
  if (!request.headers['content-type']?.startsWith('application/json')) return json(415, { error: 'expected JSON' });
  const done = await action(stage.scene, await readBody(request));
  return json(200, done);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > bodyBytes) throw new Malformed('the body is too large');
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new Malformed('the body is not JSON');
  }
}

const json = (status: number, body: object): Reply => ({ status, body: JSON.stringify(body) });
const text = (body: string): Reply => ({ status: 200, body, type: 'text/plain' });

function refusal(error: unknown): Reply {
  const why = error instanceof Error ? error.message : String(error);
  return json(error instanceof Malformed ? 400 : 409, { error: why });
}

function send(response: ServerResponse, { status, body, type = 'application/json' }: Reply): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** Where the built page is: beside this file, else in dist/ of the package; else the page's sources, which need no build. */
function pageFolder(): string {
  const beside = fileURLToPath(new URL('../page/', import.meta.url));
  let root = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(root, 'package.json'))) {
    const above = path.dirname(root);
    if (above === root) break;
    root = above;
  }
  const places = [beside, path.join(root, 'dist', 'sandbox', 'page'), path.join(root, 'sandbox', 'page')];
  const found = places.find((folder) => existsSync(path.join(folder, 'index.html')));
  if (!found) throw new Error("the page's files are missing: run npm run build");
  return found;
}
