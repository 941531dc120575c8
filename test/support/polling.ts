import type { Team } from './team.js';
import { until } from './until.js';

/** What tests about polling count and wait for, by a clock that is moved. */

const MINUTE = 60_000;

/** GitHub tells by webhook of a run that is no service's: webhooks of the repository arrive. */
export async function hears(team: Team, ...repositories: string[]): Promise<void> {
  for (const full_name of repositories) {
    const { status } = await team.github.deliver('workflow_run', {
      action: 'completed',
      workflow_run: {},
      repository: { id: 1, full_name },
    });
    expect(status).toBe(202);
  }
  await until('it is noted', async () => {
    const [row] = await team.rows<{ count: number }>(
      `select count(*)::int as count from repository_polls
       where repository = any($1) and heard_at > clock_timestamp() - interval '90 seconds'`,
      [repositories],
    );
    return row?.count === repositories.length;
  });
}

/** Lists of runs that GitHub was asked for, by the poll or a look-up. */
export const asked = (team: Team) =>
  ['runs', 'workflow-runs']
    .flatMap((route) => team.github.calls({ route }))
    .sort((a, b) => Number(a.at) - Number(b.at));

/**
 * Lets time pass until it is halfway from one moment in which a repository is polled to the next. A clock that is moved by
 * whole minutes would else stay close to such moments, of which those that follow at once are left out.
 */
export async function halfway(team: Team, repository = 'acme/shop'): Promise<void> {
  const [row] = await team.rows<{ ms: number }>(
    `select (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as ms from repository_polls where repository = $1`,
    [repository],
  );
  await team.moveClock(Math.max(row?.ms ?? 0, 0) + MINUTE / 2);
  await until('it was polled', async () => {
    const [next] = await team.rows<{ later: boolean }>(
      'select next_at > clock_timestamp() as later from repository_polls where repository = $1',
      [repository],
    );
    return next?.later;
  });
}

/** The next look at a repository comes in three minutes: what it finds then, GitHub has had for more than two. */
export const nextInThree = (team: Team, repository: string) =>
  team.rows(`update repository_polls set next_at = clock_timestamp() + interval '3 minutes' where repository = $1`, [
    repository,
  ]);

/** Lets minutes pass, and returns the lists that GitHub was asked for in each, of these repositories or all. */
export async function minutes(team: Team, count: number, of = /./): Promise<number[]> {
  const each: number[] = [];
  let before = asked(team).length;
  for (let minute = 0; minute < count; minute += 1) {
    const due = await team.rows<{ repository: string; read_at: Date | null }>(
      `select repository, read_at from repository_polls
       where repository <> '*' and next_at <= clock_timestamp() + interval '1 minute'`,
    );
    await team.moveClock(MINUTE);
    await until('what is due was polled', async () => {
      const rows = await team.rows<{ repository: string; read_at: Date | null }>(
        'select repository, read_at from repository_polls',
      );
      const now = new Map(rows.map((one) => [one.repository, Number(one.read_at)]));
      return due.every((one) => (now.get(one.repository) ?? 0) > Number(one.read_at));
    });
    // What is asked for between two minutes belongs to the second.
    const calls = asked(team).slice(before);
    before += calls.length;
    each.push(calls.filter((call) => of.test(call.path)).length);
  }
  return each;
}

/** The lists of single workflows are compared again in some hours. */
export const compared = (team: Team) => team.rows('update repository_polls set compared_at = now()');
