/** How many connections to the database one replica opens, and for what. */

/** The most connections, by purpose. One of `claims` listens to the queue. */
export interface Connections {
  readonly pool: number;
  readonly claims: number;
  readonly intake: number;
}

/** With fewer, work would wait for a connection that it holds itself. */
export const LEAST_CONNECTIONS = 5;
/** The smallest plans of database hosts allow twenty, and two replicas run during a release. */
export const USUAL_CONNECTIONS = 10;

/** How the connections of one replica, `LEAST_CONNECTIONS` or more in all, are shared out. */
export function connectionsOf(all: number): Connections {
  const [claims, intake] = all < 8 ? [2, 1] : [3, 2];
  return { pool: all - claims - intake, claims, intake };
}
