/** Asks the address of a check once, and says what came. */

import { Client } from 'undici';
import type { Asked, HttpCheck } from '../core/stages/checks.js';
import { type Fault, faultOf } from './fault.js';
import { type Reach, reach } from './reach.js';
import { firstWords } from './words.js';

/** For everything together: the name, the connection, the answer. */
const PATIENCE_MS = 5_000;
/** Of an answer; nothing after that is read. */
const MOST_BYTES = 65_536;

export interface AskDeps extends Reach {
  /** Calls `over` when the time is over, unless what it returns was called before. Default: after five seconds. */
  readonly deadline?: (over: () => void) => () => void;
}

/** What has come by now. */
interface Seen {
  status: number | null;
  headers: Headers | null;
  bytes: Buffer[];
  length: number;
  fault: Fault | null;
  isLate: boolean;
}

/**
 * Makes one GET request, on a connection of its own, without a body, cookies or a login. Never rejects. An answer counts when
 * its status is the expected one and it is whole within five seconds; of a longer one than 64 KB, that much is enough. A
 * redirect is an answer, and is not followed. `reach.ts` says which addresses may be asked.
 */
export async function askHttp(check: Pick<HttpCheck, 'get' | 'expect'>, deps: AskDeps): Promise<Asked> {
  const { deadline = fiveSeconds } = deps;
  const began = performance.now();
  const seen: Seen = { status: null, headers: null, bytes: [], length: 0, fault: null, isLate: false };
  const end = new AbortController();
  const late = new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()));
  const cancel = deadline(() => {
    seen.isLate = true;
    end.abort();
  });
  const answer = readAnswer(new URL(check.get), deps, seen, end.signal).catch((error: unknown) => {
    seen.fault = faultOf(error);
  });
  await Promise.race([answer, late]);
  cancel();
  const asked = verdict(check.expect, seen, Math.round(performance.now() - began));
  // Closes whatever is still open.
  end.abort();
  return asked;
}

function fiveSeconds(over: () => void): () => void {
  const timer = setTimeout(over, PATIENCE_MS);
  return () => clearTimeout(timer);
}

async function readAnswer(url: URL, deps: Reach, seen: Seen, signal: AbortSignal): Promise<void> {
  const socket = await reach(url, deps, signal);
  let isTaken = false;
  const client = new Client(url.origin, {
    // undici goes on only when this is answered later.
    connect: (_, done) =>
      setImmediate(() => {
        // What broke before somebody listened is told by nobody else, and a second connection would not have been judged.
        if (isTaken || socket.destroyed) return done(socket.errored ?? new Error('the connection broke off'), null);
        isTaken = true;
        done(null, socket);
      }),
    // One request for a connection.
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  signal.addEventListener('abort', () => void client.destroy());
  const { status, headers, body } = await fetch(url, {
    // What it goes through is of undici; that of Node's fetch may be of another version.
    dispatcher: client as unknown as NonNullable<RequestInit['dispatcher']>,
    headers: { 'user-agent': 'Pushbutton', 'accept-encoding': 'identity', 'cache-control': 'no-cache' },
    redirect: 'manual',
    signal,
  });
  seen.status = status;
  seen.headers = headers;
  for await (const chunk of body ?? []) {
    seen.bytes.push(Buffer.from(chunk));
    seen.length += chunk.length;
    if (seen.length >= MOST_BYTES) break;
  }
}

function verdict(expect: number, { status, headers, bytes, fault, isLate }: Seen, ms: number): Asked {
  const failed = { is: 'failed', status, ms } as const;
  if (status !== null && status !== expect) {
    const leadsTo = status >= 300 && status < 400 ? (headers?.get('location') ?? null) : null;
    if (leadsTo !== null) return { ...failed, why: 'redirect', words: firstWords(leadsTo) };
    const isHtml = /\bhtml\b/.test(headers?.get('content-type') ?? '');
    return { ...failed, why: 'status', words: firstWords(Buffer.concat(bytes).toString(), isHtml) };
  }
  if (isLate) return { ...failed, why: 'timeout', words: '' };
  if (fault) return { ...failed, why: fault.why, words: firstWords(fault.words) };
  return { is: 'as expected', status: expect, ms };
}
