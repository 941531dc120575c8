/** Adds jobs to the queue, in the caller's transaction: they exist once that commits, and only then. */

import { type Held, heldBy, isHeld, keysOf } from './held-jobs.js';
import { type Added, type JobName, type Jobs, PRIORITY, type When } from './job-names.js';
import { parametersFrom } from './parameters.js';
import type { Queryable } from './pool.js';

/** One job. */
export async function addJob<N extends JobName>(
  tx: Queryable,
  name: N,
  payload: Jobs[N],
  when: When,
  traces?: readonly string[],
): Promise<void> {
  await addJobs(tx, [{ name, payload, when, traces }]);
}

/** Several, in one statement. */
export async function addJobs(tx: Queryable, jobs: readonly Added[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query({
    name: 'add-jobs',
    text: `with job as materialized (${jobsFrom(1)}), sorted as materialized (${IN_ORDER}) select id from sorted ${ADDED}`,
    values: jobValues(jobs),
  });
}

/** How many parameters `jobsFrom` reads. */
export const JOB_PARAMETERS = 8;

/** The jobs of `jobValues`, which begin at this parameter, as rows. One that may keep the place of a waiting one is left out. */
export const jobsFrom = (first: number): string => {
  const [name, payload, key, at, after, mode, priority, sooner] = parametersFrom(first, JOB_PARAMETERS);
  return `select * from unnest(${name}::text[], ${payload}::json[], ${key}::text[], ${at}::timestamptz[], ${after}::float8[],
      ${mode}::text[], ${priority}::int[], ${sooner}::boolean[])
      with ordinality as job (name, payload, key, at, after_ms, mode, priority, or_sooner, place)
    where mode = 'replace' or not exists (
      select from graphile_worker.jobs j where j.key = job.key and j.locked_at is null and j.attempts = 0)`;
};

/** Rows of `job`, always in the order of their keys, so that two transactions never deadlock; of one key the last wins. */
export const IN_ORDER = 'select * from job order by key collate "C", place';

/** Adds each row of `sorted` to the queue, which numbers it. */
export const ADDED = `cross join lateral graphile_worker.add_job(name, sorted.payload, job_key := sorted.key,
  max_attempts := 25, job_key_mode := mode, priority := sorted.priority,
  run_at := least(coalesce(at, clock_timestamp()) + after_ms * interval '1 ms', case when or_sooner then
    (select run_at from graphile_worker.jobs j where j.key = sorted.key and j.locked_at is null) end))`;

export const jobValues = (jobs: readonly Added[]): unknown[] => [
  jobs.map(({ name }) => name),
  jobs.map((one) => JSON.stringify(payloadOf(one))),
  jobs.map(({ when }) => when.key),
  jobs.map(({ when }) => when.at ?? null),
  jobs.map(({ when }) => when.afterMs ?? 0),
  jobs.map(({ when }) => (when.unlessWaiting ? 'preserve_run_at' : 'replace')),
  jobs.map(({ name }) => PRIORITY[name] ?? 0),
  jobs.map(({ when }) => when.orSooner ?? false),
];

/** The payload as the queue keeps it. */
const payloadOf = ({ payload, traces }: Added): object =>
  traces && traces.length > 0 ? { ...payload, traces } : payload;

/** The jobs that `holder` can carry out itself get keys of its own. */
export const heldAmong = (jobs: readonly Added[], holder: string | null): Added[] =>
  jobs.map((one) => (holder !== null && isHeld(one) ? heldBy(holder, one) : one));

/** Those of them, by the numbers that the queue gave them. `place`: which of the jobs it is, from 1. */
export const heldOf = (
  rows: readonly { readonly place: number; readonly id: number }[],
  jobs: readonly Added[],
  holder: string | null,
): Held[] =>
  rows.flatMap(({ place, id }) => {
    const one = jobs[place - 1];
    const isOurs = one && holder !== null && one.when.key.startsWith(keysOf(holder));
    return isOurs ? [{ id, name: one.name, payload: payloadOf(one) }] : [];
  });
