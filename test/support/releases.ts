import { plainText } from '../../sandbox/slack/reading.js';
import { ALICE, DAVE, OPS, SHOP, type Team } from './team.js';
import { until } from './until.js';

/** What many scenarios do with a team: land a change, press, wait for a deployment's status, carry it to its end. */

export interface DeploymentRow {
  id: string;
  key: string;
  deploy_id: string;
  service: string;
  sha: string;
  kind: string;
  status: string;
  requested_by: string;
  run_id: string | null;
  reason: string | null;
  not_before: Date | null;
  waits_for: string | null;
}

export const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

export const short = (sha: string): string => sha.slice(0, 7);

/** A commit on main that passes staging; returns its SHA. */
export async function land(team: Team, title = 'Add prices'): Promise<string> {
  const { sha } = await team.github.land('acme/shop', { title, author: AUTHOR });
  await until(`${short(sha)} is known to have passed`, async () => {
    const [row] = await team.rows('select staging_status from changes where sha = $1', [sha]);
    return row?.staging_status === 'passed';
  });
  return sha;
}

/** Presses a button of a commit's card as soon as it is there. */
export async function press(team: Team, user: string, sha: string, button: string) {
  const on = await withButton(team, sha, button);
  return team.slack.click({ user, channel: on.channel, ts: on.ts, button });
}

/** The commit's card, once it has that button. */
export async function withButton(team: Team, sha: string, button: string, withinMs = 15_000) {
  const ofCommit = () => team.cards().filter((one) => one.words.split('\n')[1]?.includes(short(sha)));
  return until(
    `${button} on the card of ${short(sha)}`,
    () => {
      const found = ofCommit().find((one) => one.buttons.includes(button));
      if (!found) throw new Error(`it says ${JSON.stringify(ofCommit().map((one) => [one.words, one.buttons]))}`);
      return found;
    },
    withinMs,
  );
}

/** The commit's card, once it has all of these words and exactly these buttons. */
export async function card(team: Team, sha: string, words: string[], buttons: string[], withinMs = 15_000) {
  return until(
    `the card of ${short(sha)} with ${words.join(', ')}`,
    () => {
      const found = team.cards().find((one) => one.words.split('\n')[1]?.includes(short(sha)));
      const fits =
        found && words.every((word) => found.words.includes(word)) && found.buttons.join() === buttons.join();
      if (!fits) throw new Error(`it is ${JSON.stringify([found?.words, found?.buttons])}`);
      return found;
    },
    withinMs,
  );
}

/** Every deployment of a commit, oldest first. */
export const deploymentsOf = (team: Team, sha: string): Promise<DeploymentRow[]> =>
  team.rows<DeploymentRow & Record<string, unknown>>('select * from deployments where sha = $1 order by id', [sha]);

/** The commit's newest deployment, once it has that status. */
export async function stands(team: Team, sha: string, status: string, withinMs = 10_000): Promise<DeploymentRow> {
  return until(
    `the newest deployment of ${short(sha)} is ${status}`,
    async () => {
      const row = (await deploymentsOf(team, sha)).at(-1);
      if (row?.status !== status) throw new Error(`it is ${row?.status} (${row?.reason})`);
      return row;
    },
    withinMs,
  );
}

/** Presses Deploy and waits for the run that it starts; returns the run's id. */
export async function start(team: Team, user: string, sha: string): Promise<number> {
  await press(team, user, sha, 'Deploy');
  return Number((await stands(team, sha, 'deploying')).run_id);
}

/** One that runs, and one that Dave wants to deploy after it. */
export async function oneBehindTheOther(team: Team): Promise<{ first: string; run: number; second: string }> {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  return { first, run, second };
}

/** From Deploy to live. */
export async function release(team: Team, sha: string, user = ALICE): Promise<DeploymentRow> {
  const run = await start(team, user, sha);
  await team.github.completeRun(run, { conclusion: 'success' });
  return stands(team, sha, 'live');
}

/** The existing run goes on to its end; the row and the card say the same. */
export async function oneRunToItsEnd(team: Team, sha: string): Promise<void> {
  const row = await stands(team, sha, 'deploying', 16_000);
  const runs = team.production();
  expect(runs).toHaveLength(1);
  expect(row.run_id).toBe(String(runs[0]?.id));
  expect(runs[0]?.title).toContain(`[${row.deploy_id}]`);
  expect(runs[0]?.inputs).toMatchObject({ sha, deploy_id: row.deploy_id, requested_by: ALICE, region: 'eu' });
  await card(team, sha, ['deploying'], ['Cancel']);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(team.production()).toHaveLength(1);
}

/** Silences GitHub's webhooks, so that a run can only be found by looking for it. */
export async function landedWithoutWebhooks(team: Team): Promise<string> {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  team.github.setWebhooks('off');
  return sha;
}

/** Every card is drawn as it stands. */
export async function allDrawn(team: Team): Promise<void> {
  await until('all cards are drawn', async () => {
    const [row] = await team.rows('select count(*)::int as dirty from cards where dirty_at is not null');
    return row?.dirty === 0;
  });
}

/** Nothing received waits to be handled, and no job is due or under way. */
export async function quiet(team: Team, withinMs = 15_000): Promise<void> {
  await until(
    'nothing is left to do',
    async () => {
      const left = await team.rows(
        `select 'inbox' as what, command->>'type' as of from inbox where handled_at is null
         union all select task_identifier, key from graphile_worker.jobs j
           where ((run_at <= now() or starts_with(key, 'held:')) and attempts < max_attempts) or locked_at is not null`,
      );
      if (left.length > 0) throw new Error(`there is ${JSON.stringify(left)}`);
      return true;
    },
    withinMs,
  );
}

/** The refusals on the ledger, oldest first, as `who: reason`. */
export async function refusals(team: Team): Promise<string[]> {
  const rows = await team.rows<{ actor: string; reason: string }>(
    "select actor, reason from ledger where kind = 'refused' order by seq",
  );
  return rows.map(({ actor, reason }) => `${actor}: ${reason}`);
}

/** Rows of these tables. */
export async function counts(team: Team, ...tables: ('changes' | 'deployments' | 'approvals' | 'inbox' | 'ledger')[]) {
  const found = [];
  for (const table of tables) {
    const [row] = await team.rows<{ n: number }>(`select count(*)::int as n from ${table}`);
    found.push(row?.n);
  }
  return found;
}

/** Everybody who was told something privately; the channel must hold only cards, and in their threads what became of them. */
export function whoWasTold(team: Team): string[] {
  const cards = team.cards().length;
  const isStory = (metadata: unknown) => JSON.stringify(metadata ?? {}).includes('pushbutton_story');
  const posts = team.slack.workspace.messages.filter((one) => one.channel === SHOP && !isStory(one.metadata)).length;
  if (cards !== posts) throw new Error(`${posts - cards} other messages in threads of ${SHOP}`);
  const directly = [...team.slack.workspace.users.keys()].filter((user) => team.slack.dms(user).length > 0);
  return [...new Set([...team.slack.workspace.ephemerals.map((one) => one.user), ...directly])].sort();
}

/** The POSTs that asked GitHub to start a production run. */
export const dispatches = (team: Team) => team.github.calls({ route: 'dispatch' });

/** Jobs of that name run now instead of when they are due. */
export async function hurry(team: Team, job: string): Promise<void> {
  await team.rows(
    `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now())
     from graphile_worker.jobs where task_identifier = $1 and locked_at is null having count(*) > 0`,
    [job],
  );
}

/** A person pressed Cancel so long ago. */
export const cancelAskedAgo = (team: Team, ago: string): Promise<unknown> =>
  team.rows(`update deployments set cancel_asked_at = now() - interval '${ago}' where cancel_by is not null`);

/** The operators are told this in one message. */
export const operatorsAreTold = (team: Team, ...words: string[]): Promise<unknown> =>
  until(`the operators are told ${words.join(', ')}`, () =>
    team.slack.dms(OPS).some((one) => words.every((word) => plainText(one).includes(word))),
  );

/** What only that person was told, once it has all of these words. */
export const told = (team: Team, user: string, ...words: string[]) =>
  until(`${user} is told ${words.join(', ')}`, () => {
    const all = team.slack.ephemerals(user);
    const found = all.find((one) => words.every((word) => plainText(one).includes(word)));
    if (!found) throw new Error(`told were ${JSON.stringify(all.map(plainText))}`);
    return found;
  });

/** While it lasts the database cannot save any press, command or delivery. */
export async function whileInboxLocked(team: Team, act: () => Promise<void>): Promise<void> {
  const other = await team.pool.connect();
  try {
    await other.query('begin; lock table inbox in access exclusive mode');
    await act();
  } finally {
    await other.query('rollback');
    other.release();
  }
}
