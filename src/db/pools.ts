import type pg from 'pg';
import type { Connections } from '../core/connections.js';
import { createPool } from './pool.js';

/** A statement gives up on a server that is gone a second after this, and work must resume within thirty seconds. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** The connections of one process. */
export interface Pools {
  readonly pool: pg.Pool;
  /** Claims of the queue and the inbox. A lost claim is claimed again, and what it led to is found done. */
  readonly claims: pg.Pool;
  /** What must be saved before it is answered, with its claim, and the replica's report when `claims` hang. */
  readonly intake: pg.Pool;
  readonly close: () => Promise<unknown>;
}

/** `intakeMs`: the time after which the server cancels a statement of `intake`. */
export function openPools(
  databaseUrl: string,
  most: Connections,
  intakeMs: number,
  broken: (message: string, error: Error) => void,
): Pools {
  const pool = createPool(databaseUrl, { max: most.pool, log: broken, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const claims = createPool(databaseUrl, {
    max: most.claims,
    log: broken,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    forgetful: true,
  });
  const intake = createPool(databaseUrl, { max: most.intake, log: broken, statementTimeoutMs: intakeMs });
  return { pool, claims, intake, close: () => Promise.all([pool.end(), intake.end(), claims.end()]) };
}
