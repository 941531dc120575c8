import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions, type Shown } from './actions.js';
import { stateFor } from './state.js';

const files: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/base.css': 'base.css',
  '/page.css': 'page.css',
  '/page.js': 'page.js',
  '/blocks.js': 'blocks.js',
  '/dialogs.js': 'dialogs.js',
  '/draw.js': 'draw.js',
};
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const bodyBytes = 100_000;

/**
 * The page's server, not yet listening: its files; `GET /api/state?user=ID`, what that person sees; and `POST
 * /api/ACTION` for what a person does (see actions.ts). Answers 503 until `show` gives it something to show.
 */
export function createPage(): { server: Server; show(what: Shown): void } {
  let shown: Shown | undefined;
  const server = createServer((request, response) => {
    handle(request, response, shown).catch((error: unknown) => {
      send(response, 409, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  return {
    server,
    show: (what) => {
      shown = what;
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, shown: Shown | undefined): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page');
  const file = files[url.pathname];
  if (request.method === 'GET' && file) return sendFile(response, file);
  if (request.method === 'GET' && url.pathname === '/github') {
    const about = url.searchParams.get('path') ?? '/';
    return sendText(response, `The demo's GitHub has no pages. On GitHub this link shows ${about}`);
  }
  if (!shown) return send(response, 503, { error: 'the demo is starting' });
  if (request.method === 'GET' && url.pathname === '/api/state') {
    return send(response, 200, await stateFor(shown, url.searchParams.get('user') ?? ''));
  }
  const name = /^\/api\/([a-z]+)$/.exec(url.pathname)?.[1] ?? '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (request.method !== 'POST' || !action) return send(response, 404, { error: 'not found' });
  // Another site's page cannot send this type without asking first.
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return send(response, 415, { error: 'expected JSON' });
  }
  return send(response, 200, await action(shown, await readBody(request)));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > bodyBytes) throw new Error('the body is too large');
  }
  return JSON.parse(text);
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const content = await fs.readFile(path.join(pageFolder(), name));
  response.writeHead(200, {
    'content-type': types[path.extname(name)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  });
  response.end(content);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(`${text}\n`);
}

/** sandbox/page of the package, seen from the source and from wherever the compiler put this file. */
function pageFolder(): string {
  let at = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(at, 'package.json'))) {
    const above = path.dirname(at);
    if (above === at) throw new Error('the folder sandbox/page of pushbutton is missing');
    at = above;
  }
  return path.join(at, 'sandbox', 'page');
}
