import pg from 'pg';

/** The connections of a peer: as many as those of the other baselines. */
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

/** The statement of the other baselines: one commit with the key that identifies a replay, and what to act on later. */
export const insert = (key, taken) =>
  pool.query({
    name: 'insert',
    text: 'insert into baseline (key, taken) values ($1, $2)',
    values: [key, JSON.stringify(taken)],
  });

/** Listens on a free port of this machine, and prints it as a line of JSON. */
export function listen(server) {
  process.on('SIGTERM', () => process.exit(0));
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ ready: true, port: server.address().port })));
}
