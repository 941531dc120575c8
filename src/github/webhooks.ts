import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { RequiredResult } from '../core/change/results.js';
import type { Seen } from '../core/command.js';
import type { Receive } from '../flow/receive.js';
import { withTimeout } from '../waits/timeout.js';
import { seenInCheck, seenInRun } from './deliveries-of-results.js';
import { isStagingRun, productionRunOf, runShape, stagingRunOf, workflowFile } from './shapes.js';

/** What a delivery can be about: a service's repository, branch and workflow files, as GitHub names them. */
export interface Watched {
  readonly name: string;
  readonly repository: string;
  readonly branch: string;
  readonly staging: string;
  readonly production: string;
  /** The further workflows of its stages. */
  readonly stages: readonly string[];
  /** What else than the push run must be green. */
  readonly requires?: readonly RequiredResult[];
}

/** GitHub sends nothing larger (docs: webhook events and payloads, payload cap). */
const MOST_BYTES = 25 * 1024 * 1024;
/** The limit for all bodies being read at once, so that unverified senders cannot fill the memory. */
const MOST_HELD = 3 * MOST_BYTES;
let held = 0;

/** Returns the services that started a run. */
export type WhoseRun = (runId: number) => Promise<readonly string[]>;

/** What a delivery needs besides being saved. */
interface Aside {
  readonly whoseRun: WhoseRun;
  /** How long looking that up may take. */
  readonly whoseMs: number;
  /** A delivery about a run was accepted, or could not be saved. Its repository is as GitHub names it. */
  readonly heard: (repository: string) => void;
  readonly lost: (repository: string) => void;
}

/**
 * Answers one delivery: 401 for a bad signature, 413 when too large, 400 when not JSON, 503 when it could not be saved,
 * else 202, after the commit: GitHub never redelivers by itself. It waits ten seconds, so looking up whose run a job
 * belongs to takes at most `whoseMs`.
 */
export async function acceptDelivery(
  request: IncomingMessage,
  secret: string,
  services: readonly Watched[],
  receive: Receive,
  { whoseRun, whoseMs, heard, lost }: Aside,
): Promise<{ status: number; text: string }> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return { status: 413, text: 'too large' };
  // A body is read only when there is a signature, and all bodies together stay within a limit.
  const signature = request.headers['x-hub-signature-256'];
  if (typeof signature !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(signature))
    return { status: 401, text: 'bad signature' };
  const body = await readBody(request);
  if (body === 'too large') return { status: 413, text: 'too large' };
  if (body === 'too much') return { status: 503, text: 'nothing was recorded' };
  if (!isSigned(body, signature, secret)) return { status: 401, text: 'bad signature' };
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    return { status: 400, text: 'not JSON' };
  }
  const event = String(request.headers['x-github-event'] ?? '');
  const delivery = String(request.headers['x-github-delivery'] ?? '').slice(0, 100);
  // Only what the poll would look for: a webhook that sends other events alone does not spare it.
  const about = event === 'workflow_run' ? delivered.safeParse(payload) : null;
  try {
    const commands = await ofOurRuns(recognise(event, payload, services), whoseRun, whoseMs);
    // The GUID belongs to the event: a redelivery and a second webhook carry the same one.
    await Promise.all(
      commands.map((command) =>
        receive({ key: `github:${delivery || digest(body)}:${command.service}`, command, reply: null }),
      ),
    );
  } catch {
    // GitHub does not send it again.
    if (about?.success) lost(about.data.repository.full_name);
    return { status: 503, text: 'nothing was recorded' };
  }
  if (about?.success) heard(about.data.repository.full_name);
  return { status: 202, text: 'accepted' };
}

const delivered = z.object({ repository: z.object({ id: z.number(), full_name: z.string() }) });
const workflowRun = delivered.extend({ workflow_run: runShape, workflow: z.object({ path: z.string() }).nullish() });
const workflowJob = delivered.extend({ workflow_job: z.object({ run_id: z.number().int() }) });

/** The commands that a delivery means. Most mean none, including those of another shape or repository. */
export function recognise(event: string, payload: unknown, services: readonly Watched[]): Seen[] {
  if (event === 'workflow_run') {
    const read = workflowRun.safeParse(payload);
    if (!read.success) return [];
    const { repository, workflow_run, workflow } = read.data;
    const run = { ...workflow_run, path: workflow_run.path ?? workflow?.path ?? null };
    return of(services, repository.full_name).flatMap((service): Seen[] => {
      if (isStagingRun(run, repository.id, service.branch, service.staging)) {
        return [{ type: 'staging seen', service: service.name, run: stagingRunOf(run) }];
      }
      if (isProductionOf(service, workflowFile(run.path)) && isFromHere(run, repository.id)) {
        return [{ type: 'production seen', service: service.name, run: productionRunOf(run) }];
      }
      return seenInRun(service, run, repository.id);
    });
  }
  if (event === 'check_run' || event === 'status') {
    const read = delivered.safeParse(payload);
    if (!read.success) return [];
    return of(services, read.data.repository.full_name).flatMap((one) => seenInCheck(event, payload, one));
  }
  if (event === 'workflow_job') {
    const read = workflowJob.safeParse(payload);
    if (!read.success) return [];
    const { repository, workflow_job } = read.data;
    return of(services, repository.full_name).map((service) => ({
      type: 'job moved',
      service: service.name,
      runId: workflow_job.run_id,
    }));
  }
  return [];
}

/**
 * Drops the jobs of runs that no service started: a matrix can send hundreds, which would hold up presses. Without a
 * result in time, keeps them, as one may be ours. Handling a foreign job does nothing, and presses go first.
 */
async function ofOurRuns(seen: readonly Seen[], whoseRun: WhoseRun, ms: number): Promise<readonly Seen[]> {
  const job = seen.find((one) => one.type === 'job moved');
  if (!job) return seen;
  const owners = await withTimeout(whoseRun(job.runId), ms, null);
  return owners === null ? seen : seen.filter((one) => owners.includes(one.service));
}

/** Whether a workflow, by its file name, deploys a service or one of its stages. */
export const isProductionOf = ({ production, stages }: Watched, file: string | null): boolean =>
  file !== null && (file === production || stages.includes(file));

/** Compares repository names as GitHub does, ignoring case. */
function of(services: readonly Watched[], fullName: string): Watched[] {
  return services.filter((service) => service.repository.toLowerCase() === fullName.toLowerCase());
}

/** A fork's pull request can run its own version of the production workflow; that deploys nothing of ours. */
export function isFromHere(
  run: { event: string; head_repository?: { id: number } | null | undefined },
  repositoryId: number,
): boolean {
  return run.head_repository?.id === repositoryId && !run.event.startsWith('pull_request');
}

function isSigned(body: Buffer, header: string, secret: string): boolean {
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(header);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Reads the raw body; stops when it is `too large`, or `too much` together with the others being read. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'too much'> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      held += chunk.length;
      if (length > MOST_BYTES) return 'too large';
      if (held > MOST_HELD) return 'too much';
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    held -= length;
  }
}

const digest = (body: Buffer): string => createHmac('sha256', 'body').update(body).digest('hex');
