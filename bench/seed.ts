import type { Database } from './database.js';
import { CHANNEL, DEPLOYERS } from './team.js';

/** One ends every five minutes, so that the last day is the same however long the history is. */
const SPACING = "interval '5 minutes'";

/**
 * Fills an empty database with `count` ended deployments, spread over the services in turn, each with its change,
 * approval, card and ledger line; and with a month of handled inbox rows. `live`: the live commit of each service, the
 * first of its repository. Run numbers end at 0, before those of the stand-in.
 */
export async function seed(
  { pool }: Database,
  count: number,
  services: readonly string[],
  live: ReadonlyMap<string, string>,
): Promise<void> {
  const many = services.length;
  const client = await pool.connect();
  try {
    await client.query("set statement_timeout = 0; set synchronous_commit = off; set work_mem = '128MB'");
    // This data is consistent by construction, so foreign key checks are skipped if the user may do that.
    const { rows } = await client.query<{ usesuper: boolean }>(
      'select usesuper from pg_user where usename = current_user',
    );
    if (rows[0]?.usesuper) await client.query("set session_replication_role = 'replica'");
    await client.query(
      "insert into services (name, watched_since) select unnest($1::text[]), now() - interval '20 years'",
      [services],
    );
    const given = [count, services, services.map((name) => live.get(name))];
    await client.query(
      `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_conclusion,
         staging_url, staging_started_at, staging_finished_at, title, author, seen_at, committed_at)
       select ($2::text[])[1 + n % ${many}],
         case when n > $1 - ${many} then ($3::text[])[1 + n % ${many}] else left(encode(sha256(n::text::bytea), 'hex'), 40) end,
         (n - $1) / ${many}, 'passed', n, 1, 'success', 'https://github.com/acme/shop/actions/runs/' || n,
         ended - interval '20 minutes', ended - interval '15 minutes', 'Change number ' || n, 'octocat', ended - interval '15 minutes',
         ended - interval '40 minutes'
       from (select n, now() - ($1 - n + 1) * ${SPACING} as ended from generate_series(1, $1::int) n) made order by n`,
      given,
    );
    await client.query(
      `insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, requested_at, dispatching_at,
         sent_at, run_id, run_url, run_attempt, run_started_at, ended_at, replaced, run_number, queued_at, required)
       select 'pb-' || lpad(to_hex(id), 16, '0'), service, id, sha, 'deploy',
         case when id > $1 - ${many} then 'live' when id % 20 = 3 then 'failed' when id % 40 = 7 then 'cancelled' else 'live' end,
         ($2::text[])[1 + id % 10], ended - interval '6 minutes', ended - interval '6 minutes', ended - interval '6 minutes',
         10000000 + id, 'https://github.com/acme/shop/actions/runs/' || id, 1, ended - interval '6 minutes', ended,
         case when id > ${many} then id - ${many} end, run_number, ended - interval '6 minutes' + id % 5 * interval '1 minute', id % 2
       from (select *, staging_finished_at + interval '15 minutes' as ended from changes) made order by id`,
      [count, DEPLOYERS],
    );
    await client.query(
      `insert into approvals (deployment_id, slack_user_id, decision, decided_at)
       select id, requested_by, 'requested', requested_at from deployments order by id`,
    );
    await client.query(
      `insert into cards (change_id, service, channel, ts, drawn, drawn_at, open)
       select id, service, $1, extract(epoch from staging_finished_at)::bigint || '.' || lpad((id % 1000000)::text, 6, '0'),
         md5(id::text), staging_finished_at, false from changes order by id`,
      [CHANNEL],
    );
    await client.query(
      `insert into inbox (key, command, received_at, due_at, attempts, handled_at, outcome)
       select 'seeded:' || n, '{"type": "start next", "service": "service-0"}', at, at, 1, at, '{"kind": "nothing"}'
       from (select n, now() - n * interval '12 seconds' as at from generate_series(1, least($1::int * 20, 200000)) n) made`,
      [count],
    );
    await client.query(
      `insert into ledger (actor, kind, service, sha, deployment_id, reason)
       select requested_by, 'requested', service, sha, id, null from deployments order by id`,
    );
    await client.query(
      `update services set live_deployment_id = d.id, live_since = d.ended_at, live_as_of = d.ended_at
       from deployments d where d.service = services.name and d.id > $1 - ${many}`,
      [count],
    );
    await client.query('reset session_replication_role; reset synchronous_commit; reset work_mem');
    await client.query('vacuum analyze');
    await client.query('checkpoint').catch(() => {});
  } finally {
    client.release(true);
  }
}
