import { Pool } from 'undici';
import { passChange, postedCard } from './changes.js';
import type { Database } from './database.js';
import { type PressableCard, type PressKind, prepare } from './payloads.js';
import type { Product } from './product.js';
import type { Stage } from './stage.js';
import { CHANNEL, DEPLOYER, DEPLOYERS, REPOSITORY, SECRETS, SERVICE } from './team.js';
import { until, untilIdle } from './until.js';

/** A press on Deploy of the newest card while all else is idle. Milliseconds from sending it. */
export interface OnePress {
  readonly answered: number;
  /** Until the request that starts the production run reaches GitHub. */
  readonly dispatched: number;
  /** SQL statements that were answered between the two; 0 if nobody counted. */
  readonly statements: number;
}

export const pressKind = (stage: Stage, ...cards: readonly PressableCard[]): PressKind => ({
  kind: 'press',
  path: '/slack/events',
  secret: SECRETS.signingSecret,
  team: stage.slack.workspace.teamId,
  channel: CHANNEL,
  users: DEPLOYERS,
  cards,
  responseUrl: stage.responseUrl,
});

/** Lands a change that passes, presses Deploy and lets the run succeed, so that the service is free again. */
export async function pressOnce(
  stage: Stage,
  product: Product,
  database: Database,
  statements: () => number = () => 0,
): Promise<OnePress> {
  const { github } = stage;
  stage.sendTo(product);
  const { sha, key } = await passChange(stage, database);
  const ts = await postedCard(database, sha);
  await untilIdle(database);
  const [press] = prepare(pressKind(stage, { key, ts }), 1);
  const connection = new Pool(product.url, { connections: 1 });
  try {
    let began = 0;
    let before = 0;
    const dispatched = new Promise<Omit<OnePress, 'answered'>>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('a press started no run within a minute')), 60_000);
      const forget = github.onChange((change) => {
        if (change.kind !== 'call' || change.call.route !== 'dispatch') return;
        clearTimeout(late);
        forget();
        resolve({ dispatched: performance.now() - began, statements: statements() - before });
      });
    });
    // Keeps a connection open as Slack does, so that the handshake is not measured.
    await (await connection.request({ method: 'GET', path: '/healthz' })).body.dump();
    before = statements();
    began = performance.now();
    const answer = await connection.request({ method: 'POST', ...(press as NonNullable<typeof press>) });
    await answer.body.dump();
    const answered = performance.now() - began;
    if (answer.statusCode !== 200) throw new Error(`a press was answered ${answer.statusCode}`);
    const result = { answered, ...(await dispatched) };
    await statusOf(database, sha, 'deploying');
    const run = github.runs(REPOSITORY, 'production.yml').at(-1);
    if (!run) throw new Error('the press started no run');
    await github.completeRun(run.id, { conclusion: 'success' });
    await statusOf(database, sha, 'live');
    return result;
  } finally {
    await connection.close();
  }
}

async function statusOf({ pool }: Database, sha: string, status: string): Promise<void> {
  await until(`a deployment that is ${status}`, async () => {
    const { rows } = await pool.query('select 1 from deployments where service = $1 and sha = $2 and status = $3', [
      SERVICE,
      sha,
      status,
    ]);
    return rows.length > 0;
  });
}

/** Types a question and waits for its answer to arrive in Slack. Milliseconds from sending it. */
export async function askOnce(stage: Stage, product: Product, text: string): Promise<number> {
  const { slack } = stage;
  stage.sendTo(product);
  const before = slack.ephemerals(DEPLOYER).length;
  return untilShown(
    stage,
    `/release ${text}`,
    () => slack.command({ user: DEPLOYER, channel: CHANNEL, text }),
    () => slack.ephemerals(DEPLOYER).length > before,
  );
}

/** Opens the Home tab and waits until it is drawn. Milliseconds from opening it. */
export async function openHomeOnce(stage: Stage, product: Product): Promise<number> {
  const { slack } = stage;
  stage.sendTo(product);
  const before = slack.calls('views.publish').length;
  return untilShown(
    stage,
    'the Home tab',
    () => slack.openHome({ user: DEPLOYER }),
    () => slack.calls('views.publish').length > before,
  );
}

async function untilShown(
  { slack }: Stage,
  what: string,
  ask: () => Promise<{ status: number }>,
  isShown: () => boolean,
): Promise<number> {
  const began = performance.now();
  const shown = new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${what} got no answer within a minute`)), 60_000);
    const forget = slack.onChange(() => {
      if (!isShown()) return;
      clearTimeout(late);
      forget();
      resolve(performance.now() - began);
    });
  });
  const { status } = await ask();
  if (status !== 200) throw new Error(`${what} was answered ${status}`);
  return shown;
}
