/** What a transaction saw of the traces of deployments: of those that it starts, and of runs that have ended. */

import type { RunEnded } from '../db/end-deployment.js';
import type { Traced } from '../db/save.js';
import type { Tracing } from '../tracing/tracing.js';

export interface RunsSeen {
  /** To save what is decided in this span; null while no traces are made. */
  readonly savedIn: (trace: string | null) => Traced | null;
  /**
   * The spans that the start of a deployment continues: that in which it was asked for, and that which makes it start now,
   * such as the end of the one before it. The latter alone when both are of one trace.
   */
  readonly tracesOf: (deploymentId: number, cause: string | null) => readonly string[];
  /** Records the runs that have ended, once that is committed. */
  readonly tell: () => void;
}

/** For one transaction about a service. */
export function createRunsSeen(tracing: Tracing, service: string): RunsSeen {
  const starting = new Map<number, string | null>();
  const ended = new Map<number, RunEnded>();
  return {
    savedIn: (here) =>
      tracing.on
        ? {
            here,
            starts: (deploymentId, trace) => void starting.set(deploymentId, trace),
            ended: (deploymentId, run) => void ended.set(deploymentId, run),
          }
        : null,
    tracesOf: (deploymentId, cause) => {
      const asked = starting.get(deploymentId) ?? null;
      const both = asked !== null && cause !== null && traceId(asked) === traceId(cause) ? [cause] : [asked, cause];
      return both.filter((one) => one !== null);
    },
    tell: () => {
      for (const [deployment, { trace, sha, status, seconds }] of ended) {
        if (trace === null || seconds === null) continue;
        const about = {
          'pushbutton.service': service,
          'pushbutton.deployment': deployment,
          'pushbutton.sha': sha.slice(0, 7),
          'pushbutton.status': status,
        };
        tracing.ended('run', seconds, about, { trace });
      }
    },
  };
}

/** The part of a traceparent that all spans of a trace share. */
const traceId = (trace: string): string | undefined => trace.split('-')[1];
