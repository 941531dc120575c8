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
 * Lets time pass until it is half a minute before one of the moments in which a repository is polled. A clock that is moved by
 * whole minutes would else stay close to such moments, of which those that follow at once are left out.
 */
export async function halfway(team: Team, repository = 'acme/shop'): Promise<void> {
  interface Poll {
    readonly ms: number;
    readonly read_at: Date | null;
  }
  const ms = '(extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as ms';
  const read = async () => {
    const [row] = await team.rows<Poll>(`select read_at, ${ms} from repository_polls where repository = $1`, [
      repository,
    ]);
    return row ?? { ms: 0, read_at: null };
  };
  /** The look has ended, and not only begun: only then the next moment is one of the repository's own. */
  const looked = (since: Date | null) =>
    until('it was polled', async () => {
      const now = await read();
      return Number(now.read_at) > Number(since) && now.ms > 0 && now;
    });
  const [before] = await team.rows<Poll>(
    `update repository_polls set next_at = now() where repository = $1 returning read_at, ${ms}`,
    [repository],
  );
  const next = await looked(before?.read_at ?? null);
  if (next.ms > MINUTE / 2) return team.moveClock(next.ms - MINUTE / 2);
  await team.moveClock(next.ms + MINUTE / 2);
  await looked(next.read_at);
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
