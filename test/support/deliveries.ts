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
    const lists = team.github.calls({ route: 'workflow-runs' }).filter((call) => call.status !== null);
    // Of the first service, the whole list of staging runs is read as well.
    return lists.length >= 2 * team.config.services.length + 1;
  });
  await quiet(team);
}
