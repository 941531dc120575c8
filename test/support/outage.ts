import { plainText } from '../../sandbox/slack/reading.js';
import type { Team } from './team.js';
import { until } from './until.js';

/** What is promised while the database takes nothing, and how a replica says that it does again. */

/** What readiness says, which never takes longer than two seconds. */
export async function readyz(port: number | undefined) {
  const began = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  const body = (await answer.json()) as { ready: boolean; problems: { database?: string }; warnings: string[] };
  const ms = performance.now() - began;
  if (ms > 2_000) throw new Error(`readiness took ${ms} ms`);
  return { status: answer.status, ms, ...body };
}

/** Readiness is 503 and gives that reason; what it says before is 503 as well. */
export async function saysWhy(port: number | undefined, why: string, withinMs = 10_000): Promise<void> {
  await until(
    `readiness says that the database ${why}`,
    async () => {
      const { status, problems } = await readyz(port);
      if (status !== 503 || problems.database !== why) throw new Error(`it says ${status} ${JSON.stringify(problems)}`);
      return true;
    },
    withinMs,
  );
}

/** All is said to go on by itself within thirty seconds. */
export const readyAgain = (port: number | undefined): Promise<true> =>
  until('it is ready again', async () => (await readyz(port)).status === 200, 30_000);

/** Everything that a person was told alone. */
const toldTo = (team: Team, user: string) => team.slack.ephemerals(user).map(plainText);

/** Presses Deploy. Acknowledged it is saved; otherwise its person is told within three seconds, and for certain, that it was not. */
export async function pressed(
  team: Team,
  user: string,
  on: { channel: string; ts: string },
): Promise<'saved' | 'refused'> {
  const before = toldTo(team, user).length;
  const began = performance.now();
  const { status } = await team.slack.click({ user, channel: on.channel, ts: on.ts, button: 'Deploy' });
  if (status === 200) return 'saved';
  if (status !== 503) throw new Error(`the press was answered ${status}`);
  const [words = ''] = await until(`${user} is told`, () => {
    const news = toldTo(team, user).slice(before);
    return news.length > 0 && news;
  });
  const ms = performance.now() - began;
  if (ms > 3_000) throw new Error(`${user} was told after ${ms} ms`);
  if (!words.includes('nothing was recorded, and nothing will happen')) throw new Error(`${user} was told ${words}`);
  return 'refused';
}

/** GitHub's newest delivery, sent again. */
export async function deliveryStatus(team: Team): Promise<number | null> {
  return (await team.github.redeliver(team.github.deliveries.at(-1)?.guid ?? '')).status;
}
