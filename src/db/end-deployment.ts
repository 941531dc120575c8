/** The end of a deployment. */

import type { EndedStatus } from '../core/deployment/deployment.js';
import type { Queryable } from './pool.js';
import { moved } from './step.js';

/** A deployment that has ended, and for how many seconds its run was awaited since it was sent; null if it was not. */
export interface RunEnded {
  readonly trace: string | null;
  readonly sha: string;
  readonly status: EndedStatus;
  readonly seconds: number | null;
}

export async function endDeployment(
  tx: Queryable,
  id: number,
  status: EndedStatus,
  reason: string | null,
  by: string | null,
  told?: (id: number, run: RunEnded) => void,
): Promise<{ readonly stage: string | null } | undefined> {
  const run = ', trace, sha, status, extract(epoch from ended_at - sent_at)::float8 as seconds';
  const row = await moved<RunEnded & { stage: string | null }>(
    tx,
    `update deployments set status = $2, reason = $3, ended_by = $4, ended_at = clock_timestamp(), not_before = null, waits_for = null, github_says = null, refused_since = null
     where id = $1 and ended_at is null returning stage${told ? run : ''}`,
    [id, status, reason, by],
  );
  if (row) told?.(id, row);
  return row;
}
