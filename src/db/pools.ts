import type pg from 'pg';
import { createPool } from './pool.js';

/** What waits for a server that is gone is given up a second later, and all has to go on within thirty. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** How many connections of one process there are at most, by what they are for. One of `claims` listens to the queue. */
export interface Connections {
  readonly pool: number;
  readonly claims: number;
  readonly intake: number;
}

export const CONNECTIONS: Connections = { pool: 8, claims: 6, intake: 4 };

/** The connections of one process. */
export interface Pools {
  readonly pool: pg.Pool;
  /** Claims of the queue and the inbox: lost, they are claimed again, and what they led to is found done. */
  readonly claims: pg.Pool;
  /** What has to be saved before it is answered. */
  readonly intake: pg.Pool;
  readonly close: () => Promise<unknown>;
}

/** `intakeMs`: what has to be saved before it is answered is given up by the server after so long. */
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
