import { createHash } from 'node:crypto';
import type { Effect } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import { CHANGED_DUE } from './pace.js';
import type { Queryable } from './pool.js';

/** The jobs that `deliver` carries out, and their payloads: mostly ids, as the rest is read when a job runs. */
export interface Jobs {
  'start next': { service: string };
  dispatch: { deploymentId: number };
  'look up': { deploymentId: number };
  follow: { deploymentId: number };
  'cancel run': { deploymentId: number };
  'cancel stray': { deploymentId: number; runId: number };
  're-run staging': { changeId: number; attempt: number };
  describe: { service: string; sha: string; tries: number };
  draw: { channel: string };
  reply: { inboxId: number; tries: number };
  tell: { user: string; refusal: Refusal; tries: number };
  'tell operators': { deploymentId: number; about: string; operator: string | null; tries: number };
  /** The names of the faults. */
  'tell faults': { operator: string; names: readonly string[]; tries: number };
  digest: { channel: string; slot: string; tries: number };
  remind: { deploymentId: number; tries: number };
  announce: { deploymentId: number; tries: number };
  'say taken over': { service: string; from: string; by: string; reason: string; tries: number };
  nudge: { service: string; user: string; tries: number };
}
export type JobName = keyof Jobs;

/**
 * What a runner takes first if several jobs are due: what stops a run, then what starts one, because its checks grow
 * old; answers to people before cards. On the queue's own scale, lower is sooner.
 */
const PRIORITY: Readonly<Partial<Record<JobName, number>>> = {
  'cancel run': -40,
  'cancel stray': -40,
  dispatch: -30,
  'start next': -20,
  'look up': -10,
  're-run staging': -10,
  reply: -10,
  tell: -10,
};

interface When {
  /** Jobs with the same key are one job: a later one replaces one that has not started. */
  key: string;
  at?: Date | null;
  afterMs?: number;
  /** A waiting job with this key keeps its time and its payload, unless it has failed: then this one replaces it. */
  unlessWaiting?: boolean;
}

/** Adds a job in the caller's transaction: it exists once that commits, and only then. */
export const addJob = <N extends JobName>(tx: Queryable, name: N, payload: Jobs[N], when: When): Promise<void> =>
  addJobs(tx, [{ name, payload, when }]);

/** The same for several jobs, always in the order of their keys, so that two transactions never deadlock. */
async function addJobs(tx: Queryable, jobs: readonly Added[]): Promise<void> {
  if (jobs.length === 0) return;
  const sorted = [...jobs].sort((a, b) => (a.when.key === b.when.key ? 0 : a.when.key < b.when.key ? -1 : 1));
  await tx.query({
    name: 'add-jobs',
    text: `select graphile_worker.add_job(name, payload, job_key := key, max_attempts := 25, job_key_mode := mode, priority := priority,
         run_at := coalesce(at, clock_timestamp()) + after_ms * interval '1 ms') is null
       from unnest($1::text[], $2::json[], $3::text[], $4::timestamptz[], $5::float8[], $6::text[], $7::int[])
         as job (name, payload, key, at, after_ms, mode, priority)
       where mode = 'replace' or not exists (select 1 from graphile_worker.jobs j
         where j.key = job.key and j.locked_at is null and j.attempts = 0)`,
    values: [
      sorted.map(({ name }) => name),
      sorted.map(({ payload }) => JSON.stringify(payload)),
      sorted.map(({ when }) => when.key),
      sorted.map(({ when }) => when.at ?? null),
      sorted.map(({ when }) => when.afterMs ?? 0),
      sorted.map(({ when }) => (when.unlessWaiting ? 'preserve_run_at' : 'replace')),
      sorted.map(({ name }) => PRIORITY[name] ?? 0),
    ],
  });
}

/** For each job name, of the jobs not taken yet: how many are due, and in how many ms the next is; null if none. */
export async function dueJobs(db: Queryable): Promise<{ name: string; due: number; nextMs: number | null }[]> {
  const { rows } = await db.query<{ name: string; due: number; nextMs: number | null }>({
    name: 'due-jobs',
    text: `select task_identifier as name, count(*) filter (where run_at <= now())::int as due,
         (extract(epoch from min(run_at) filter (where run_at > now()) - now()) * 1000)::float8 as "nextMs"
       from graphile_worker.jobs where locked_at is null and attempts < max_attempts group by 1`,
  });
  return rows;
}

/**
 * Removes jobs that were running on a replica that died, and that another job with the same key has replaced since: the
 * queue keeps such a job without its key and never runs it again.
 */
export async function forgetReplaced(db: Queryable): Promise<void> {
  await db.query(
    `select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs
     where key is null and locked_at is null and attempts >= max_attempts having count(*) > 0`,
  );
}

/** A job to be added. */
export interface Added {
  readonly name: JobName;
  readonly payload: object;
  readonly when: When;
}

const job = <N extends JobName>(name: N, payload: Jobs[N], when: When): Added => ({ name, payload, when });

/**
 * Turns the effects of a decision into jobs and cards to draw, at the end of the decision's transaction: all cards
 * first, then all jobs, each in a fixed order, so that two transactions never deadlock.
 */
export async function enqueueEffects(
  tx: Queryable,
  service: string,
  effects: readonly Effect[],
  more: readonly Added[] = [],
): Promise<void> {
  const cards = effects.flatMap((effect) => (effect.effect === 'redraw' ? [effect.changeId] : []));
  const all = effects.some((effect) => effect.effect === 'redraw service');
  const channels = await markDirty(tx, cards, all ? service : null);
  await addJobs(tx, [...more, ...effects.flatMap((effect) => jobOf(service, effect) ?? []), ...channels.map(draw)]);
}

/** The same for every service at once, when everything is stopped or resumed. */
export async function enqueueForAll(tx: Queryable, effects: readonly Effect[], more: readonly Added[]): Promise<void> {
  const { rows } = await tx.query<{ name: string }>('select name from services order by name');
  const starts = rows.flatMap(({ name }) =>
    effects.flatMap((effect) => (effect.effect === 'start next' ? (jobOf(name, effect) ?? []) : [])),
  );
  for (const { name } of rows) {
    await enqueueEffects(
      tx,
      name,
      effects.filter((effect) => effect.effect === 'redraw service'),
    );
  }
  await addJobs(tx, [...more, ...starts]);
}

function jobOf(service: string, effect: Effect): Added | null {
  switch (effect.effect) {
    case 'redraw':
    case 'redraw service':
      return null;
    case 'start next':
      return job('start next', { service }, { key: `start:${service}`, at: effect.at });
    case 'dispatch':
      return job('dispatch', { deploymentId: effect.deploymentId }, { key: `dispatch:${effect.deploymentId}` });
    case 'look up':
    case 'follow': {
      const { deploymentId, afterMs } = effect;
      return job(effect.effect, { deploymentId }, { key: `${effect.effect}:${deploymentId}`, afterMs });
    }
    case 'cancel run':
      return job('cancel run', { deploymentId: effect.deploymentId }, { key: `cancel:${effect.deploymentId}` });
    case 'cancel stray': {
      const { deploymentId, runId } = effect;
      return job('cancel stray', { deploymentId, runId }, { key: `cancel stray:${runId}` });
    }
    case 're-run staging': {
      const { changeId, attempt } = effect;
      return job('re-run staging', { changeId, attempt }, { key: `re-run:${changeId}:${attempt}` });
    }
    case 'describe':
      return job('describe', { service, sha: effect.sha, tries: 0 }, { key: `describe:${service}:${effect.sha}` });
    case 'tell': {
      const payload = { user: effect.user, refusal: effect.refusal, tries: 0 };
      return job('tell', payload, { key: tellKey(payload) });
    }
    case 'remind':
      return job('remind', { deploymentId: effect.deploymentId, tries: 0 }, { key: `remind:${effect.deploymentId}` });
    case 'announce': {
      const { deploymentId } = effect;
      if (deploymentId === 'new') throw new Error('only a saved deployment can be announced');
      return job('announce', { deploymentId, tries: 0 }, { key: `announce:${deploymentId}` });
    }
    case 'say taken over': {
      const { from, by, reason } = effect;
      return job('say taken over', { service, from, by, reason, tries: 0 }, { key: `taken over:${service}` });
    }
    case 'nudge':
      return job('nudge', { service, user: effect.user, tries: 0 }, { key: `nudge:${service}` });
    case 'tell operators': {
      const { deploymentId, about } = effect;
      const payload = { deploymentId, about, operator: null, tries: 0 };
      return job('tell operators', payload, { key: `operators:${deploymentId}:${about}` });
    }
  }
}

/**
 * Marks cards to be drawn: the named ones and, for a service, those that may still change and the card of its newest
 * passed change, which a newer, failed change may have overtaken. Returns their channels.
 */
async function markDirty(tx: Queryable, changeIds: readonly number[], service: string | null): Promise<string[]> {
  if (changeIds.length === 0 && service === null) return [];
  const { rows } = await tx.query<{ channel: string }>({
    name: 'mark-dirty',
    text: `with wanted as (
       select unnest($1::bigint[]) as id
       union select change_id from cards where service = $2 and open
       union select change_id from cards where service = $2 and dirty_at is not null
       union (select id from changes where service = $2 and staging_status = 'passed' order by run_number desc limit 1)
     ), held as (
       select change_id from cards where change_id in (select id from wanted) order by change_id for update
     ), dirty as (
       update cards set dirty_at = clock_timestamp(),
         due_at = ${CHANGED_DUE} from held where cards.change_id = held.change_id returning cards.channel
     ) select distinct channel from dirty`,
    values: [changeIds, service],
  });
  return rows.map(({ channel }) => channel);
}

const draw = (channel: string): Added => job('draw', { channel }, { key: `draw:${channel}` });

/** One job per person and refusal: the same refusal twice in a row is sent once. */
export const tellKey = ({ user, refusal }: { user: string; refusal: Refusal }): string =>
  `tell:${user}:${short(refusal)}`;

/** A key has at most 512 characters. */
export const faultsKey = ({ operator, names }: { operator: string; names: readonly string[] }): string =>
  `faults:${operator}:${short(names)}`;

const short = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);

/** The answer to the person who pressed or typed. */
export const replyJob = (inboxId: number): Added => job('reply', { inboxId, tries: 0 }, { key: `reply:${inboxId}` });

/** Has the cards of these changes drawn. */
export const redrawChanges = (tx: Queryable, changeIds: readonly number[]): Promise<void> =>
  enqueueEffects(
    tx,
    '',
    changeIds.map((changeId) => ({ effect: 'redraw', changeId })),
  );
