import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Seen } from '../core/command.js';
import type { Receive } from '../flow/receive.js';
import { withTimeout } from '../waits/timeout.js';
import { isStagingRun, productionRunOf, runShape, stagingRunOf, workflowFile } from './shapes.js';

/** What a delivery may be about: GitHub's names of a service's repository, branch and workflow files. */
export interface Watched {
  readonly name: string;
  readonly repository: string;
  readonly branch: string;
  readonly staging: string;
  readonly production: string;
}

/** GitHub sends nothing larger (docs: webhook events and payloads, payload cap). */
const MOST_BYTES = 25 * 1024 * 1024;
/** Bodies that are being read, all together: senders that nobody knows yet cannot fill the memory. */
const MOST_HELD = 3 * MOST_BYTES;
let held = 0;

/** The services that started the run. */
export type WhoseRun = (runId: number) => Promise<readonly string[]>;

/**
 * Answers one delivery: 401 for a bad signature, 413 for one too large, 400 for one that is not JSON, 503 for one that
 * could not be saved, 202 else; whose run a job belongs to is looked up for `whose.ms` at the most, since GitHub waits ten seconds. What is used is committed before it is answered; GitHub never redelivers by itself.
 */
export async function acceptDelivery(
  request: IncomingMessage,
  secret: string,
  services: readonly Watched[],
  receive: Receive,
  whose: { readonly run: WhoseRun; readonly ms: number },
): Promise<{ status: number; text: string }> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return { status: 413, text: 'too large' };
  // Nobody without a signature makes us read a body, and all bodies together stay within bounds.
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
  try {
    const commands = await ofOurRuns(recognise(event, payload, services), whose.run, whose.ms);
    // The GUID is the event's: a redelivery and a second hook carry the same one.
    await Promise.all(
      commands.map((command) =>
        receive({ key: `github:${delivery || digest(body)}:${command.service}`, command, reply: null }),
      ),
    );
  } catch {
    return { status: 503, text: 'nothing was recorded' };
  }
  return { status: 202, text: 'accepted' };
}

const delivered = z.object({ repository: z.object({ id: z.number(), full_name: z.string() }) });
const workflowRun = delivered.extend({ workflow_run: runShape, workflow: z.object({ path: z.string() }).nullish() });
const workflowJob = delivered.extend({ workflow_job: z.object({ run_id: z.number().int() }) });

/** What a delivery means to us: nothing for the most. A delivery of another shape or repository is nothing, too. */
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
      if (workflowFile(run.path) === service.production && isFromHere(run, repository.id)) {
        return [{ type: 'production seen', service: service.name, run: productionRunOf(run) }];
      }
      return [];
    });
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
 * Leaves out the jobs of runs that no service started: a matrix of any workflow tells of hundreds at once, and each would
 * stand before the presses. Where nobody can say in time whose a run is, its jobs are taken in: lost, nobody would look at a
 * run of ours for it. Handled, they find no run of ours and are let go; presses go before them all the while.
 */
async function ofOurRuns(seen: readonly Seen[], whoseRun: WhoseRun, ms: number): Promise<readonly Seen[]> {
  const job = seen.find((one) => one.type === 'job moved');
  if (!job) return seen;
  const owners = await withTimeout(whoseRun(job.runId), ms, null);
  return owners === null ? seen : seen.filter((one) => owners.includes(one.service));
}

/** Repository names are compared as GitHub does, without case. */
function of(services: readonly Watched[], fullName: string): Watched[] {
  return services.filter((service) => service.repository.toLowerCase() === fullName.toLowerCase());
}

/** A fork's pull request can run a production file of its own; that ships nothing of ours. */
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

/** The raw body. The rest of one that is too large is not read; `too much` is what all together may not hold. */
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
