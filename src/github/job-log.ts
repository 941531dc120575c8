import type { LogTail } from '../job-logs/lines.js';
import { ask, type ClientFor, split } from './client.js';
import { type Silent, silent } from './silence.js';

/** The most bytes that are read of a log, from its end. */
const MOST_BYTES = 64 * 1024;
/** So much is read where the storage sends the whole log; what is longer is not shown. */
const MOST_STREAMED = 32 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** `gone`: it has expired, may not be read, or is not there; a log may be there some seconds after its job has ended. */
export type ReadLog = { readonly is: 'read'; readonly tail: LogTail } | { readonly is: 'gone' } | Silent;

/**
 * Reads the end of a job's log. GitHub answers with an address that is valid for a minute
 * (docs.github.com/rest/actions/workflow-jobs). The storage refuses a request that also has an Authorization header, and some
 * storages do not know "the last bytes": then the log's length says where they begin, and if nothing helps, the log is read
 * through and its end kept.
 */
export async function readJobLog(clients: ClientFor, repository: string, jobId: number): Promise<ReadLog> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    const of = { ...split(repository), job_id: jobId };
    const request = { redirect: 'manual' as const, parseSuccessResponseBody: false };
    const route = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
    const first = await client.request(route, { ...of, request });
    // A renamed repository: the API itself is elsewhere.
    const moved = [301, 307, 308].includes(Number(first.status)) ? (first.headers.location ?? '') : undefined;
    const api = client.request.endpoint.DEFAULTS.baseUrl;
    const gone = moved !== undefined && !isOf(api, moved);
    const told = moved === undefined || gone ? first : await client.request(`GET ${new URL(moved, api)}`, { request });
    for (const { data } of new Set([first, told])) await (data as ReadableStream | null)?.cancel();
    return { ...told, data: gone ? undefined : told.headers.location };
  });
  if (answer.is === 'refused') return { is: 'gone' };
  if (answer.is !== 'ok') return silent(answer);
  return answer.data === undefined || !URL.canParse(answer.data) ? { is: 'gone' } : readEnd(answer.data);
}

/** Whether an address is the API's own: nobody else gets GitHub's token, and nobody without TLS where the API has it. */
const isOf = (api: string, address: string): boolean =>
  URL.canParse(address, api) && new URL(address, api).origin === new URL(api).origin;

/** The end of what is stored at an address that anybody may read who knows it. */
async function readEnd(address: string): Promise<ReadLog> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const asked = (range: string | null) =>
    fetch(address, { signal, headers: { 'accept-encoding': 'identity', ...(range === null ? {} : { range }) } });
  try {
    let response = await asked(`bytes=-${MOST_BYTES}`);
    // 416: it is empty, or such a range is not known, as 400.
    if (response.status === 416 || response.status === 400) response = await again(response, () => asked(null));
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    if (response.status === 200 && length > MOST_BYTES)
      response = await again(response, () => asked(`bytes=${length - MOST_BYTES}-${length - 1}`));
    if (response.status === 404 || response.status === 410 || response.status === 403) {
      await response.body?.cancel();
      return { is: 'gone' };
    }
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      return { is: 'no answer', retryAfterMs: null };
    }
    const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
    const end = await endOf(response.body);
    if (end === null) return { is: 'gone' };
    return { is: 'read', tail: { bytes: end.bytes, cut: end.cut || Number(from ?? 0) > 0 } };
  } catch {
    return { is: 'no answer', retryAfterMs: null };
  }
}

async function again(response: Response, ask: () => Promise<Response>): Promise<Response> {
  await response.body?.cancel();
  return ask();
}

/** The last bytes of a body, with little more than those in memory; null when it is too long to be read through. */
async function endOf(body: ReadableStream<Uint8Array> | null): Promise<LogTail | null> {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > MOST_STREAMED) return null;
    chunks.push(chunk);
    kept += chunk.length;
    while (chunks[0] && kept - chunks[0].length >= MOST_BYTES) kept -= (chunks.shift() as Uint8Array).length;
  }
  return { bytes: Buffer.concat(chunks).subarray(-MOST_BYTES), cut: size > MOST_BYTES };
}
