/** The thread of a card tells what becomes of its deployments, step by step: see core/deployment/story.ts. */

import { isEnd, isStep, isTold, outcomeOf } from '../core/deployment/story.js';
import { reached } from '../crash-points.js';
import { addJobs } from '../db/add-jobs.js';
import { placesOf } from '../db/cards.js';
import { refOf } from '../db/changes.js';
import { deploymentById } from '../db/deployments.js';
import { hasCardsToPost } from '../db/dirty-cards.js';
import type { Added } from '../db/job-names.js';
import { startSecond } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { transaction } from '../db/pool.js';
import { notifyJob } from '../db/queue.js';
import { noteNotTold, noteTelling, noteTold, threadOf, untoldOf } from '../db/threads.js';
import type { ShownService } from './card-model.js';
import { askSlack, isAboutTheMessage, type SlackAnswer } from './client.js';
import { concernedBy } from './concerned.js';
import { findPost } from './find-post.js';
import type { NoteDeps, Told } from './notes.js';
import { awaitSecond, type NotYet } from './seconds.js';
import { type Step, storyMessage, storyThatFits } from './views/story.js';

/** So many lines are read for one message; what does not fit goes into the next one. */
const MOST_LINES = 25;
const EVENT = 'pushbutton_story';

/**
 * Tells the steps of a deployment that were not told yet, in the thread of its card and of the card where its Roll back was
 * pressed. A thread tells the lines of the ledger in their order, each once: if the answer to a message was lost, it is looked
 * for before the next is sent. Safe to repeat.
 */
export async function tellStory(deps: NoteDeps, deploymentId: number): Promise<Told> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  const service = deployment && deps.shown(deployment.service);
  if (!deployment || !service) return null;
  const { changeId, pressedOn } = deployment;
  const own = await tellIn(deps, changeId, service);
  const other = pressedOn === null ? null : await tellIn(deps, pressedOn, service);
  return isDone(own) ? other : own;
}

const isDone = (told: Told): boolean => told === null || told.is === 'ok';

interface Thread {
  readonly channel: string;
  readonly ts: string;
  readonly changeId: number;
  /** The opaque key of the change. */
  readonly key: string;
}

async function tellIn(deps: NoteDeps, changeId: number, service: ShownService): Promise<Told> {
  const { pool, pauses } = deps;
  const place = (await placesOf(pool, [changeId])).get(changeId);
  const change = place && (await refOf(pool, changeId));
  if (!place || !change) return null;
  const { channel, ts } = place;
  if (ts === null) return { is: 'not yet', afterMs: pauses.jobs.soon, isTry: true };
  const thread = { channel, ts, changeId, key: change.key };
  const unclear = await lookForLast(deps, thread, service);
  if (unclear) return unclear;
  const read = await untold(deps, changeId, service);
  if (read.lines === 0) return null;
  if (read.steps.length === 0) return noted(deps, changeId, read.last, [], read.lines);
  const mayWait = (read.steps[0]?.agoMs ?? 0) < pauses.slack.aside;
  if (mayWait && (await hasCardsToPost(pool, channel))) return { is: 'not yet', afterMs: pauses.slack.channel };
  // Before its second comes: to whom it belongs may have to be looked up.
  const drawn = await Promise.all(read.steps.map((step) => withCalls(deps, service, step)));
  if (mayWait && drawn.includes(null)) return { is: 'not yet', afterMs: pauses.jobs.soon };
  const steps = drawn.map((calls, index): Step => {
    const tickets = change.tickets ?? [];
    return { ...(read.steps[index] as Read), calls: calls ?? [], tickets };
  });
  const later = await awaitSecond(deps, channel);
  if (later) return later;
  const people = steps.flatMap(({ actor, detail }) => [
    actor,
    ...Object.values(detail).filter((one) => typeof one === 'string'),
  ]);
  const names = await namesOf(pool, people);
  const fit = storyThatFits(steps, names, service.timezone);
  const upTo = fit.length === steps.length ? read.last : (fit.at(-1)?.seq ?? read.last);
  if (!(await noteTelling(pool, changeId, read.toldSeq, upTo))) return { is: 'not yet', afterMs: pauses.slack.busy };
  const told = await post(deps, thread, upTo, (mentions) =>
    storyMessage(mentions ? fit : fit.map((one) => ({ ...one, calls: [] })), names, service.timezone),
  );
  if (told.is !== 'ok') return told;
  reached('story: posted');
  return noted(deps, changeId, upTo, directly(fit, service), upTo === read.last ? read.lines : MOST_LINES);
}

type Read = Awaited<ReturnType<typeof untold>>['steps'][number];

/** The lines that the thread has not told, of which it tells the steps. */
async function untold({ pool }: NoteDeps, changeId: number, { notify }: ShownService) {
  const { told_seq: toldSeq } = await threadOf(pool, changeId);
  const lines = await untoldOf(pool, changeId, toldSeq, MOST_LINES);
  const steps = lines.filter(isStep).filter((one) => isTold(one, notify) && (!one.elsewhere || isEnd(one)));
  return { toldSeq, lines: lines.length, last: lines.at(-1)?.seq ?? toldSeq, steps };
}

/** Whom a step mentions; null when it is not known now who wrote the change. */
async function withCalls(deps: NoteDeps, { notify }: ShownService, step: Read): Promise<readonly string[] | null> {
  const outcome = outcomeOf(step);
  if (!outcome || notify[outcome] !== 'mention' || step.elsewhere || step.calledBefore) return [];
  return (await concernedBy(deps, step.deploymentId, outcome))?.named ?? null;
}

/** What is written to people directly because of these steps. */
const directly = (steps: readonly Read[], { notify }: ShownService): Added[] =>
  steps.flatMap((step) => {
    const outcome = outcomeOf(step);
    if (!outcome || notify[outcome] !== 'direct' || step.elsewhere || step.calledBefore) return [];
    return [notifyJob(step.deploymentId, null, outcome)];
  });

async function noted(
  { pool }: NoteDeps,
  changeId: number,
  upTo: number,
  direct: readonly Added[],
  lines: number,
): Promise<NotYet | null> {
  await transaction(pool, async (tx) => {
    await noteTold(tx, changeId, upTo);
    await addJobs(tx, direct);
  });
  return lines < MOST_LINES ? null : { is: 'not yet', afterMs: 0 };
}

const metadataOf = ({ key }: Thread, upTo: number) => `${key}:${upTo}`;

/** Looks for a message whose answer was lost. null: it is clear by now what the thread tells. */
async function lookForLast(deps: NoteDeps, thread: Thread, service: ShownService): Promise<Told> {
  const { pool, client } = deps;
  const { changeId, channel, ts } = thread;
  const { posting_since: since, posting_seq: upTo } = await threadOf(pool, changeId);
  if (since === null || upTo === null) return null;
  const found = await findPost(client, { channel, thread: ts }, since, EVENT, metadataOf(thread, upTo));
  if (typeof found === 'object' && found !== null) return found;
  if (found === null) return null;
  const { steps } = await untold(deps, changeId, service);
  await noted(
    deps,
    changeId,
    upTo,
    directly(
      steps.filter(({ seq }) => seq <= upTo),
      service,
    ),
    0,
  );
  return null;
}

/** A message that Slack does not take as it is goes without its mentions; then it is left to the ledger, and others follow. */
async function post(
  { pool, client, pauses, warn }: NoteDeps,
  thread: Thread,
  upTo: number,
  draw: (mentions: boolean) => ReturnType<typeof storyMessage>,
): Promise<SlackAnswer<unknown>> {
  const metadata = { event_type: EVENT, event_payload: { key: metadataOf(thread, upTo) } };
  const send = async (mentions: boolean) => {
    await startSecond(pool, thread.channel, pauses);
    return askSlack(() =>
      client.chat.postMessage({
        ...{ channel: thread.channel, thread_ts: thread.ts, ...draw(mentions), metadata },
        ...{ unfurl_links: false, unfurl_media: false },
      }),
    );
  };
  reached('story: about to post');
  const first = await send(true);
  const refuses = (answer: SlackAnswer<unknown>) => answer.is === 'refused' && isAboutTheMessage(answer.error);
  const answer = refuses(first) ? await send(false) : first;
  if (refuses(answer)) {
    warn(
      { change: thread.changeId, upTo, error: answer.is === 'refused' && answer.error },
      'Slack does not take a step of a thread',
    );
    return { is: 'ok', data: null };
  }
  if (answer.is !== 'ok' && answer.is !== 'no answer') await noteNotTold(pool, thread.changeId);
  return answer;
}
