import { quiet } from './releases.js';
import type { Team } from './team.js';
import { until } from './until.js';

/** One delivery as GitHub made it; `github.redeliver(guid)` sends it again, byte for byte. */
type Delivery = Team['github']['deliveries'][number];

/** Nothing listens there, and fetch does not even try. */
const NOWHERE = 'http://127.0.0.1:1/';

/**
 * Changes GitHub's world while no delivery reaches the bot; returns GitHub's events about runs, in order, to be
 * delivered later, twice, in reverse or not at all.
 */
export async function withheld(team: Team, move: () => Promise<unknown>): Promise<Delivery[]> {
  const { github, running } = team;
  const before = github.deliveries.length;
  github.setWebhookUrl(NOWHERE);
  await move();
  await github.idle();
  if (running[0]) team.point(running[0]);
  return github.deliveries.slice(before).filter((one) => one.event === 'workflow_run');
}

interface Told {
  workflow_run: { [key: string]: unknown };
  repository: { [key: string]: unknown };
  workflow: { [key: string]: unknown };
}

/** A delivery's payload with some values changed, ready for `github.deliver`. */
export function retold(delivery: Delivery | undefined, change: (told: Told) => void): Told {
  if (!delivery) throw new Error('there is no such delivery');
  const told = JSON.parse(delivery.body) as Told;
  change(told);
  return told;
}

/** GitHub has answered the poll that every start makes: from now on news comes by webhook, or not at all. */
export async function polledOnce(team: Team): Promise<void> {
  await until('the first poll', async () => {
    const answered = (route: string) => team.github.calls({ route }).filter((call) => call.status !== null).length;
    const repositories = new Set(team.config.services.map((one) => one.repository)).size;
    return answered('workflow-runs') >= 2 * team.config.services.length && answered('runs') >= repositories;
  });
  await quiet(team);
}

/** Every repository is polled now, and GitHub's answer is taken in. */
export async function pollNow(team: Team): Promise<void> {
  const poll = "update repository_polls set next_at = now() where repository <> '*' returning clock_timestamp() as at";
  const [asked] = await team.rows<{ at: Date }>(poll);
  await until('every repository is polled', async () => {
    // A look that had begun before may have put off the next one since.
    await team.rows(
      "update repository_polls set next_at = now() where read_at < $1 and next_at between now() + interval '61 seconds' and now() + interval '1 day'",
      [asked?.at],
    );
    const [{ count } = { count: 0 }] = await team.rows<{ count: number }>(
      `select count(*)::int as count from repository_polls where repository <> '*' and coalesce(read_at < $1, true)`,
      [asked?.at],
    );
    return count === 0;
  });
  await quiet(team);
}
