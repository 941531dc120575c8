import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { JobLog, Logs } from './logs.js';

/** The storage of logs, on a port of its own. Its refusals are in the words of Azure's. */
export async function startStorage(logs: Logs, now: () => Date): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', logs.storage);
    const job = Number(/^\/actions-results\/(\d+)\//.exec(url.pathname)?.[1]);
    const asked = {
      ...{ job, range: request.headers.range ?? null },
      ...{ authorization: request.headers.authorization !== undefined, status: 0 },
    };
    logs.asked.push(asked);
    response.once('finish', () => Object.assign(asked, { status: response.statusCode }));
    // docs of Azure Storage: a request is authorized by its signature or by this header, never by both.
    if (asked.authorization) return refuse(response, 400, 'InvalidAuthenticationInfo');
    if (!logs.isValid(url, now().getTime())) return refuse(response, 403, 'AuthenticationFailed');
    const log = logs.kept.get(job);
    if (!log) return refuse(response, 404, 'BlobNotFound');
    serve(logs, log, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  logs.storage = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code });
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`);
}

function serve({ serving }: Logs, log: JobLog, request: IncomingMessage, response: ServerResponse): void {
  const size = sizeOf(log);
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isSuffix = first === '' && last !== '';
  const known = serving === 'ranges' || (serving === 'from the start' && !isSuffix);
  const headers = { 'content-type': 'text/plain' };
  if (!known || (first === '' && last === '')) {
    const packed = serving === 'packed';
    response.writeHead(200, {
      ...headers,
      ...(packed ? { 'content-encoding': 'gzip' } : serving === 'unmeasured' ? {} : { 'content-length': size }),
    });
    const body = Readable.from(bytesFrom(log, 0));
    (packed ? body.pipe(createGzip()) : body).on('error', () => {}).pipe(response);
    return;
  }
  const from = isSuffix ? Math.max(0, size - Number(last)) : Number(first);
  const to = isSuffix || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` });
    return void response.end();
  }
  response.writeHead(206, {
    ...headers,
    'content-length': to - from + 1,
    'content-range': `bytes ${from}-${to}/${size}`,
  });
  Readable.from(bytesFrom(log, from)).pipe(response);
}

const sizeOf = (log: JobLog): number => ('filler' in log ? log.filler + log.end.length : log.length);

const FILLER = Buffer.from(`2026-11-30T09:00:00.0000000Z ${'and so on '.repeat(10)}\n`.repeat(512));

function* bytesFrom(log: JobLog, from: number): Generator<Uint8Array> {
  if (!('filler' in log)) {
    yield log.subarray(from);
    return;
  }
  for (let at = from; at < log.filler; at += FILLER.length) yield FILLER.subarray(0, log.filler - at);
  yield log.end.subarray(Math.max(0, from - log.filler));
}
