import { createHash } from 'node:crypto';
import type { Effect, Record } from '../core/decision.js';
import { isStep } from '../core/deployment/story.js';
import type { Outcome } from '../core/notify.js';
import type { Refusal } from '../core/refusal.js';
import type { Caused } from './dirty-cards.js';
import type { Added, JobName, Jobs, When } from './job-names.js';
import type { Queryable } from './pool.js';

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

/** The jobs that effects of decisions ask for; those that draw cards are not among them. */
export const jobsOf = (service: string, effects: readonly Caused[]): Added[] =>
  effects.flatMap((effect): Added[] => {
    const added = jobOf(service, effect);
    return added ? [{ ...added, traces: effect.traces }] : [];
  });

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
    case 'ask checks':
      return job('ask checks', { deploymentId: effect.deploymentId }, { key: `checks:${effect.deploymentId}` });
    case 'run check':
      return job('run check', { deploymentId: effect.deploymentId }, { key: `run check:${effect.deploymentId}` });
    case 're-run staging': {
      const { changeId, attempt } = effect;
      return job('re-run staging', { changeId, attempt }, { key: `re-run:${changeId}:${attempt}` });
    }
    case 're-run result': {
      const { changeId, runId, attempt } = effect;
      return job('re-run result', { changeId, runId, attempt }, { key: `re-run:${changeId}:${runId}:${attempt}` });
    }
    case 'read results':
      return readResultsJob(service, effect.sha);
    case 'read failure': {
      const { changeId, runId, attempt } = effect.failed;
      return job('read failure', { ...effect.failed, tries: 0 }, { key: `read:${changeId}:${runId}:${attempt}` });
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

/** Looks for what else is required of a commit, now. */
const readResultsJob = (service: string, sha: string): Added =>
  job('read results', { service, sha, tries: 0 }, { key: resultsKey({ service, sha }) });

export const resultsKey = ({ service, sha }: Omit<Jobs['read results'], 'tries'>): string =>
  `results:${service}:${sha}`;

/** One job per person and refusal: the same refusal twice in a row is sent once. */
export const tellKey = ({ user, refusal }: { user: string; refusal: Refusal }): string =>
  `tell:${user}:${short(refusal)}`;

/** A key has at most 512 characters. */
export const faultsKey = ({ operator, names }: { operator: string; names: readonly string[] }): string =>
  `faults:${operator}:${short(names)}`;

const short = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);

export const notifyKey = ({ about, deploymentId, user }: Omit<Jobs['notify'], 'tries'>): string =>
  `notify:${about}:${deploymentId}${user === null ? '' : `:${user}`}`;

/** A message to somebody whom a deployment concerns; `user` null: to all of them. */
export const notifyJob = (deploymentId: number, user: string | null, about: Outcome): Added => {
  const payload = { deploymentId, user, about, tries: 0 };
  return job('notify', payload, { key: notifyKey(payload) });
};

/** A message to the author of a change that failed staging. */
export const authorJob = (changeId: number, user: string): Added =>
  job('notify author', { changeId, user, tries: 0 }, { key: authorKey({ changeId, user }) });

export const authorKey = ({ changeId, user }: Omit<Jobs['notify author'], 'tries'>): string =>
  `notify author:${changeId}:${user}`;

/**
 * The jobs that tell steps of deployments in the threads of their cards: one for each deployment, which waits `afterMs` for
 * more to tell. One that waits keeps its time, and is replaced all the same: it may begin before these records are committed.
 */
export function storyJobs(records: readonly Record[], afterMs: number): Added[] {
  const ids = new Set(records.filter(isStep).map(({ deploymentId }) => deploymentId));
  return [...ids].flatMap((deploymentId): Added[] => {
    if (typeof deploymentId !== 'number') return [];
    return [job('story', { deploymentId, tries: 0 }, { key: `story:${deploymentId}`, afterMs, orSooner: true })];
  });
}

/** Tells the change management of a service what is new. */
export const changeTicketJob = (service: string): Added =>
  job('tell change ticket', { service }, { key: `change ticket:${service}` });

/** The answer to the person who pressed or typed. */
export const replyJob = (inboxId: number): Added => job('reply', { inboxId, tries: 0 }, { key: `reply:${inboxId}` });
