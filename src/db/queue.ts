import { createHash } from 'node:crypto';
import type { Effect } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import { type Caused, markDirty } from './dirty-cards.js';
import { type Held, heldBy, isHeld, keysOf } from './held-jobs.js';
import { type Added, type JobName, type Jobs, PRIORITY, type When } from './job-names.js';
import type { Queryable } from './pool.js';

/** Adds a job in the caller's transaction: it exists once that commits, and only then. */
export async function addJob<N extends JobName>(
  tx: Queryable,
  name: N,
  payload: Jobs[N],
  when: When,
  traces?: readonly string[],
): Promise<void> {
  await addJobs(tx, [{ name, payload, when, traces }]);
}

/** The payload as the queue keeps it. */
const payloadOf = ({ payload, traces }: Added): object =>
  traces && traces.length > 0 ? { ...payload, traces } : payload;

/**
 * The same for several jobs, always in the order of their keys, so that two transactions never deadlock. Returns those that
 * `holder` holds.
 */
async function addJobs(tx: Queryable, jobs: readonly Added[], holder: string | null = null): Promise<Held[]> {
  if (jobs.length === 0) return [];
  const sorted = jobs
    .map((one) => (holder !== null && isHeld(one) ? heldBy(holder, one) : one))
    .sort((a, b) => (a.when.key === b.when.key ? 0 : a.when.key < b.when.key ? -1 : 1));
  const { rows } = await tx.query<{ place: number; id: number }>({
    name: 'add-jobs',
    text: `with job as materialized (
         select * from unnest($1::text[], $2::json[], $3::text[], $4::timestamptz[], $5::float8[], $6::text[], $7::int[],
           $8::boolean[]) with ordinality as job (name, payload, key, at, after_ms, mode, priority, or_sooner, place)
         where mode = 'replace' or not exists (select 1 from graphile_worker.jobs j
           where j.key = job.key and j.locked_at is null and j.attempts = 0)
       ) select place, added.id from job cross join lateral graphile_worker.add_job(name, job.payload, job_key := job.key,
           max_attempts := 25, job_key_mode := mode, priority := job.priority,
           run_at := least(coalesce(at, clock_timestamp()) + after_ms * interval '1 ms', case when or_sooner then
             (select run_at from graphile_worker.jobs j where j.key = job.key and j.locked_at is null) end)) as added`,
    values: [
      sorted.map(({ name }) => name),
      sorted.map((one) => JSON.stringify(payloadOf(one))),
      sorted.map(({ when }) => when.key),
      sorted.map(({ when }) => when.at ?? null),
      sorted.map(({ when }) => when.afterMs ?? 0),
      sorted.map(({ when }) => (when.unlessWaiting ? 'preserve_run_at' : 'replace')),
      sorted.map(({ name }) => PRIORITY[name] ?? 0),
      sorted.map(({ when }) => when.orSooner ?? false),
    ],
  });
  return rows.flatMap(({ place, id }) => {
    const one = sorted[place - 1] as Added;
    const isOurs = holder !== null && one.when.key.startsWith(keysOf(holder));
    return isOurs ? [{ id, name: one.name, payload: payloadOf(one) }] : [];
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

const job = <N extends JobName>(name: N, payload: Jobs[N], when: When): Added => ({ name, payload, when });

/**
 * Turns the effects of decisions into jobs and cards to draw, at the end of their transaction: all cards first, then all
 * jobs, each in a fixed order, so that two transactions never deadlock. Returns the jobs that `holder` carries out itself.
 */
export async function enqueueEffects(
  tx: Queryable,
  service: string,
  effects: readonly Caused[],
  more: readonly Added[] = [],
  holder: string | null = null,
): Promise<Held[]> {
  const channels = await markDirty(tx, effects, service);
  const jobs = effects.flatMap((effect): Added[] => {
    const added = jobOf(service, effect);
    return added ? [{ ...added, traces: effect.traces }] : [];
  });
  return addJobs(tx, [...more, ...jobs, ...channels.map(draw)], holder);
}

/** The same for every service at once, when everything is stopped or resumed. */
export async function enqueueForAll(tx: Queryable, effects: readonly Caused[], more: readonly Added[]): Promise<void> {
  const { rows } = await tx.query<{ name: string }>('select name from services order by name');
  const starts = rows.flatMap(({ name }) =>
    effects.flatMap((effect): Added[] => {
      const added = effect.effect === 'start next' ? jobOf(name, effect) : null;
      return added ? [{ ...added, traces: effect.traces }] : [];
    }),
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
      return job(
        'dispatch',
        { deploymentId: effect.deploymentId, service },
        { key: `dispatch:${effect.deploymentId}` },
      );
    case 'look up':
    case 'follow': {
      const { deploymentId, afterMs } = effect;
      return job(effect.effect, { deploymentId }, { key: `${effect.effect}:${deploymentId}`, afterMs, orSooner: true });
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

/** What a decision starts goes first, and several steps of a moment are one drawing. */
const DRAWN_AFTER_MS = 100;
const draw = (channel: string): Added =>
  job('draw', { channel }, { key: `draw:${channel}`, afterMs: DRAWN_AFTER_MS, orSooner: true });

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
export async function redrawChanges(
  tx: Queryable,
  changeIds: readonly number[],
  trace: string | null = null,
): Promise<void> {
  const traces = trace === null ? [] : [trace];
  await enqueueEffects(
    tx,
    '',
    changeIds.map((changeId) => ({ effect: 'redraw', changeId, traces })),
  );
}
