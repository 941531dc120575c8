/** The times for which deployments are requested. */

import type { Queryable } from './pool.js';
import { move } from './step.js';

/** The columns of a deployment for a time, and their values. A replica of an earlier version minds `not_before` alone. */
export const startColumns = (startAt: Date | undefined): (readonly [column: string, value: Date])[] =>
  startAt ? [['start_at', startAt] as const, ['not_before', startAt] as const] : [];

/** It is to start at another time, or now (null): then it goes behind what is queued already. */
export const moveStart = (tx: Queryable, id: number, startAt: Date | null, confirmed: number | null): Promise<void> =>
  move(
    tx,
    `update deployments set start_at = coalesce($2, clock_timestamp()), not_before = $2,
       came_at = case when $2::timestamptz is null then clock_timestamp() end,
       confirmed_changes = greatest(confirmed_changes, $3)
     where id = $1 and status in ('waiting', 'queued') and sent_at is null`,
    [id, startAt, confirmed],
  );

export const noteTimeCame = (tx: Queryable, id: number): Promise<void> =>
  move(tx, `update deployments set came_at = clock_timestamp() where id = $1 and status = 'queued'`, [id]);
