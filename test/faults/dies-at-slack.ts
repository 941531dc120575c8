import type { CrashPoint } from '../../src/crash-points.js';
import { logOf } from '../support/job-log.js';
import { AUTHOR, counts, land, press, quiet, refusals, stands, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP } from '../support/team.js';
import { until } from '../support/until.js';
import { aTeam, boot, diesAndAnotherComes, HISTORY, passedThen, RESUMES_MS, resumed, team } from './dying.js';

/** A replica dies around a message that it sends to Slack. */

export async function posted(point: CrashPoint): Promise<void> {
  await aTeam({ scopes: HISTORY });
  const bot = await boot(point);
  const sha = await land(team);
  await diesAndAnotherComes(bot);
  await withButton(team, sha, 'Deploy', RESUMES_MS);
  resumed(point);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}

/** The thread tells each step, and each once. */
export async function storyTold(point: CrashPoint): Promise<void> {
  await aTeam({ scopes: HISTORY });
  const bot = await boot(point);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy', RESUMES_MS);
  await press(team, ALICE, sha, 'Deploy');
  await diesAndAnotherComes(bot);
  const { run_id } = await stands(team, sha, 'deploying', RESUMES_MS);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  const told = () =>
    team.slack
      .thread(on.channel, on.ts)
      .slice(1)
      .map(({ text }) => text)
      .join(' ');
  await until('the thread tells the end', () => told().includes('Live, '), RESUMES_MS);
  resumed(point);
  await quiet(team);
  for (const step of ['requested a deployment', 'Deploying: ', 'Live, ']) expect(told().split(step)).toHaveLength(2);
}

/** The thread says why a run failed, once, and its log is read again only if nobody could have kept what was read. */
export async function failureTold(point: CrashPoint): Promise<void> {
  await aTeam({ scopes: HISTORY });
  const bot = await boot(point);
  const { sha, runId: run } = await team.github.push('acme/shop', { title: 'Red', author: AUTHOR });
  await team.github.advance(run, { job: 'test', status: 'completed', conclusion: 'failure', silent: true });
  const step = { command: 'npm test', lines: ['Error: it is full'], error: 'Process completed with exit code 1.' };
  team.github.jobLog(run, 'test', logOf(new Date(team.now()), step));
  await team.github.completeRun(run, { conclusion: 'failure' });
  await diesAndAnotherComes(bot);
  const on = await withButton(team, sha, 'Re-run', RESUMES_MS);
  const why = () => team.slack.thread(SHOP, on.ts).filter(({ text }) => text?.includes('it is full'));
  await until('the thread says why', () => why().length > 0, RESUMES_MS);
  resumed(point);
  await until('it is known', async () => (await team.rows('select from failures where ts is not null'))[0], RESUMES_MS);
  expect(why()).toHaveLength(1);
  expect(team.github.calls({ route: 'job-log' })).toHaveLength(point === 'failure: read' ? 2 : 1);
}

export async function refusedAndTold(point: CrashPoint): Promise<void> {
  const { sha, bot } = await passedThen(point);
  await press(team, BOB, sha, 'Deploy');
  await diesAndAnotherComes(bot);
  await quiet(team, RESUMES_MS);
  resumed(point);
  // Slack cannot be asked whether somebody was told: rather twice than never.
  expect([1, 2]).toContain(team.slack.ephemerals(BOB).length);
  expect(await refusals(team)).toEqual([`${BOB}: not a deployer`]);
  expect(await counts(team, 'deployments')).toEqual([0]);
}

export async function digested(point: CrashPoint): Promise<void> {
  const minute = new Date(Date.now() - 5 * 60_000).getUTCMinutes();
  await aTeam({ scopes: HISTORY, config: configOf({ top: `timezone: Etc/UTC\ndigest: "${minute} * * * *"` }) });
  await (await boot()).terminate();
  await team.rows("update digest_times set since = now() - interval '2 hours'");
  const bot = await boot(point);
  await diesAndAnotherComes(bot);
  await until('the digest is posted', () => digests().length > 0, RESUMES_MS);
  resumed(point);
  await quiet(team, RESUMES_MS);
  expect(digests()).toHaveLength(1);
}
const digests = () =>
  team.slack
    .messages(SHOP)
    .filter((one) => (one.metadata as { event_type?: string } | undefined)?.event_type === 'pushbutton_digest');
