/** The jobs of the queue. */

import type { FailedAttempt } from '../core/change/explanation.js';
import type { Refusal } from '../core/refusal.js';

/** The jobs that `deliver` carries out, and their payloads: mostly ids, as the rest is read when a job runs. */
export interface Jobs {
  'start next': { service: string };
  /** Jobs of earlier versions are without the service. */
  dispatch: { deploymentId: number; service?: string };
  'look up': { deploymentId: number };
  follow: { deploymentId: number };
  'cancel run': { deploymentId: number };
  'cancel stray': { deploymentId: number; runId: number };
  'ask checks': { deploymentId: number };
  'run check': { deploymentId: number };
  're-run staging': { changeId: number; attempt: number };
  're-run result': { changeId: number; runId: number; attempt: number };
  /** Looks for what else is required of a commit. */
  'read results': { service: string; sha: string; tries: number };
  describe: { service: string; sha: string; tries: number };
  'read failure': FailedAttempt & { tries: number };
  'explain failure': FailedAttempt & { tries: number };
  draw: { channel: string };
  /** `after`: the name of a service; those after it are still to be drawn. */
  'redraw everything': { after: string };
  reply: { inboxId: number; tries: number };
  tell: { user: string; refusal: Refusal; tries: number };
  'tell operators': { deploymentId: number; about: string; operator: string | null; tries: number };
  /** The names of the faults. */
  'tell faults': { operator: string; names: readonly string[]; tries: number };
  digest: { channel: string; slot: string; tries: number };
  'weekly digest': { channel: string; slot: string; tries: number };
  remind: { deploymentId: number; tries: number };
  announce: { deploymentId: number; tries: number };
  'say taken over': { service: string; from: string; by: string; reason: string; tries: number };
  story: { deploymentId: number; tries: number };
  /** `user`: null for all whom it concerns. */
  notify: { deploymentId: number; user: string | null; about: string; tries: number };
  'notify author': { changeId: number; user: string; tries: number };
  nudge: { service: string; user: string; tries: number };
  /** Sends the oldest line that the change management of a service has not heard of. */
  'tell change ticket': { service: string };
  /** Draws open Home tabs again in which something may have changed. */
  homes: { tries: number };
}
export type JobName = keyof Jobs;

/**
 * What a runner takes first if several jobs are due: what stops a run, then what starts one, because its checks grow
 * old; answers to people before cards; last, what is told beside them. On the queue's own scale, lower is sooner.
 */
export const PRIORITY: Readonly<Partial<Record<JobName, number>>> = {
  'cancel run': -40,
  'cancel stray': -40,
  dispatch: -30,
  'start next': -20,
  'look up': -10,
  're-run staging': -10,
  're-run result': -10,
  reply: -10,
  'redraw everything': -10,
  tell: -10,
  story: 10,
  notify: 10,
  'notify author': 10,
  'read failure': 10,
  'explain failure': 10,
  homes: 10,
};

export interface When {
  /** Jobs with the same key are one job: a later one replaces one that has not started. */
  key: string;
  at?: Date | null;
  afterMs?: number;
  /** A waiting job with this key keeps its time and its payload, unless it has failed: then this one replaces it. */
  unlessWaiting?: boolean;
  /** A waiting job with this key keeps its time if it is sooner. */
  orSooner?: boolean;
}

/** A job to be added. */
export interface Added {
  readonly name: JobName;
  readonly payload: object;
  readonly when: When;
  /** The spans that it continues. They are no part of what a job is: jobs with the same key are one, whatever their traces. */
  readonly traces?: readonly string[] | undefined;
}
