import type pg from 'pg';
import { createPool } from './pool.js';

/** Receiving is answered within three seconds: a statement that takes longer than this is given up by the server, too. */
const RECEIVE_TIMEOUT_MS = 1_000;
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

export function openPools(
  databaseUrl: string,
  most: Connections,
  broken: (message: string, error: Error) => void,
): Pools {
  const pool = createPool(databaseUrl, { max: most.pool, log: broken, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const claims = createPool(databaseUrl, {
    max: most.claims,
    log: broken,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    forgetful: true,
  });
  const intake = createPool(databaseUrl, { max: most.intake, log: broken, statementTimeoutMs: RECEIVE_TIMEOUT_MS });
  return { pool, claims, intake, close: () => Promise.all([pool.end(), intake.end(), claims.end()]) };
}
