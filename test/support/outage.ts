import { plainText } from '../../sandbox/slack/reading.js';
import { timed } from './own-time.js';
import { startTeam, type Team } from './team.js';
import { until } from './until.js';
import { wayTo } from './way.js';

/** What is promised while the database accepts nothing, and how a replica says that it does again. */

/** A team whose one replica reaches its database through a `Way`. `stop` ends them in the right order. */
export async function teamBehindWay() {
  const team = await startTeam({ pauses: 'real', replicas: 0 });
  const way = await wayTo(team.databaseUrl);
  const replica = await team.start(way.url);
  team.point(replica);
  const stop = async () => {
    await way.stop();
    await team.stop();
  };
  return { team, way, port: replica.port, stop };
}

/** What readiness says, always within two seconds. */
export async function readyz(port: number | undefined) {
  const { result, tookMs: ms } = await timed(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    const body = (await answer.json()) as { ready: boolean; problems: { database?: string }; warnings: string[] };
    return { status: answer.status, ...body };
  });
  if (ms > 2_000) throw new Error(`readiness took ${ms} ms`);
  return { ...result, ms };
}

/** Readiness is 503 with that reason; whatever it says before that is 503 as well. */
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

/** Everything is promised to resume by itself within thirty seconds. */
export const readyAgain = (port: number | undefined): Promise<true> =>
  until('it is ready again', async () => (await readyz(port)).status === 200, 30_000);

/** Everything that a person was told privately. */
const toldTo = (team: Team, user: string) => team.slack.ephemerals(user).map(plainText);

/** The result of a press, as the person learns it: an answer of 200, or a message within three seconds. */
export type Told = 'saved' | 'not saved' | 'not certain';

/** Presses Deploy. */
export async function pressed(team: Team, user: string, on: { channel: string; ts: string }): Promise<Told> {
  const before = toldTo(team, user).length;
  const { result: words, tookMs } = await timed(async () => {
    const { status } = await team.slack.click({ user, channel: on.channel, ts: on.ts, button: 'Deploy' });
    if (status === 200) return null;
    if (status !== 503) throw new Error(`the press was answered ${status}`);
    // The answer to an earlier press may come as well.
    return until(`${user} is told`, () =>
      toldTo(team, user)
        .slice(before)
        .find((one) => one.includes('nothing was recorded')),
    );
  });
  if (tookMs > 3_000) throw new Error(`${user} was answered after ${tookMs} ms`);
  if (words === null) return 'saved';
  return words.includes('not certain') ? 'not certain' : 'not saved';
}

/** Whoever was told something for certain was told the truth: the inbox has what was acknowledged, and nothing else. */
export async function wasTrue(team: Team, told: ReadonlyMap<string, Told>): Promise<void> {
  const rows = await team.rows<{ user: string }>("select reply->>'user' as user from inbox where reply is not null");
  const recorded = new Set(rows.map(({ user }) => user));
  const wrong = [...told].filter(([user, is]) => is !== 'not certain' && recorded.has(user) !== (is === 'saved'));
  if (wrong.length > 0) throw new Error(`told wrongly: ${JSON.stringify(wrong)}`);
}

/** GitHub's newest delivery, sent again. */
export async function deliveryStatus(team: Team): Promise<number | null> {
  return (await team.github.redeliver(team.github.deliveries.at(-1)?.guid ?? '')).status;
}
