/** The thread of a card tells what becomes of its deployments, step by step: see core/deployment/story.ts. */

import { isEnd, isStep, isTold, outcomeOf } from '../core/deployment/story.js';
import type { StoryLine } from '../core/report.js';
import { reached } from '../crash-points.js';
import { addJobs } from '../db/add-jobs.js';
import { placesOf } from '../db/cards.js';
import { refOf } from '../db/changes.js';
import { deploymentById } from '../db/deployments.js';
import type { Added } from '../db/job-names.js';
import { startSecond } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { transaction } from '../db/pool.js';
import { notifyJob } from '../db/queue.js';
import { noteNotTold, noteTelling, noteTold, threadOf, untoldOf } from '../db/threads.js';
import type { ShownService } from './card-model.js';
import { askSlack } from './client.js';
import { concernedBy } from './concerned.js';
import { findPost } from './find-post.js';
import type { NoteDeps, Told } from './notes.js';
import { awaitSecond } from './seconds.js';
import { type Step, storyMessage } from './views/story.js';

/** A message has no more lines; what is left goes into the next one. */
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
  const told = await tellIn(deps, changeId, service);
  if ((told !== null && told.is !== 'ok') || pressedOn === null) return told;
  return tellIn(deps, pressedOn, service);
}

async function tellIn(deps: NoteDeps, changeId: number, { notify, timezone }: ShownService): Promise<Told> {
  const { pool, pauses } = deps;
  const place = (await placesOf(pool, [changeId])).get(changeId);
  const change = place && (await refOf(pool, changeId));
  if (!place || !change) return null;
  const { channel, ts } = place;
  if (ts === null) return { is: 'not yet', afterMs: pauses.jobs.soon, isTry: true };
  const thread = { channel, ts, changeId, key: change.key };
  const unclear = await lookForLast(deps, thread);
  if (unclear) return unclear;
  if ((await untold(deps, changeId)).lines.length === 0) return null;
  const later = await awaitSecond(deps, channel);
  if (later) return later;
  const { toldSeq, lines } = await untold(deps, changeId);
  const last = lines.at(-1);
  if (!last) return null;
  const steps = lines.filter(isStep).filter((one) => isTold(one, notify) && (!one.elsewhere || isEnd(one)));
  const direct: Added[] = [];
  if (steps.length > 0) {
    const drawn: Step[] = [];
    for (const step of steps) {
      const outcome = outcomeOf(step);
      const how = notify[outcome ?? 'steps'];
      const whom = outcome && how !== 'thread' ? await concernedBy(deps, step, outcome) : [];
      drawn.push({ ...step, calls: how === 'mention' ? whom : [], tickets: change.tickets ?? [] });
      if (outcome && how === 'direct') direct.push(...whom.map((user) => notifyJob(step.deploymentId, user, outcome)));
    }
    if (!(await noteTelling(pool, changeId, toldSeq, last.seq))) return { is: 'not yet', afterMs: pauses.slack.busy };
    const told = await post(deps, thread, { steps: drawn, upTo: last.seq, timezone });
    if (told.is !== 'ok') return told;
    reached('story: posted');
  }
  await transaction(pool, async (tx) => {
    await noteTold(tx, changeId, last.seq);
    await addJobs(tx, direct);
  });
  return lines.length < MOST_LINES ? null : { is: 'not yet', afterMs: 0 };
}

interface Thread {
  readonly channel: string;
  readonly ts: string;
  readonly changeId: number;
  /** The opaque key of the change. */
  readonly key: string;
}

async function untold({ pool }: NoteDeps, changeId: number): Promise<{ toldSeq: number; lines: StoryLine[] }> {
  const { told_seq: toldSeq } = await threadOf(pool, changeId);
  return { toldSeq, lines: await untoldOf(pool, changeId, toldSeq, MOST_LINES) };
}

const metadataOf = ({ key }: Thread, upTo: number) => `${key}:${upTo}`;

/** Looks for a message whose answer was lost. null: it is clear by now what the thread tells. */
async function lookForLast({ pool, client }: NoteDeps, thread: Thread): Promise<Told> {
  const { posting_since: since, posting_seq: upTo } = await threadOf(pool, thread.changeId);
  if (since === null || upTo === null) return null;
  const where = { channel: thread.channel, thread: thread.ts };
  const found = await findPost(client, where, since, EVENT, metadataOf(thread, upTo));
  if (typeof found === 'object' && found !== null) return found;
  if (found !== null) await noteTold(pool, thread.changeId, upTo);
  return null;
}

async function post(
  { pool, client, pauses }: NoteDeps,
  thread: Thread,
  { steps, upTo, timezone }: { readonly steps: readonly Step[]; readonly upTo: number; readonly timezone: string },
): Promise<NonNullable<Told>> {
  const people = steps.flatMap(({ actor, detail }) => [
    actor,
    ...Object.values(detail).filter((one) => typeof one === 'string'),
  ]);
  const message = storyMessage(steps, await namesOf(pool, people), timezone);
  await startSecond(pool, thread.channel, pauses);
  reached('story: about to post');
  const answer = await askSlack(() =>
    client.chat.postMessage({
      channel: thread.channel,
      thread_ts: thread.ts,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: EVENT, event_payload: { key: metadataOf(thread, upTo) } },
    }),
  );
  if (answer.is !== 'ok' && answer.is !== 'no answer') await noteNotTold(pool, thread.changeId);
  return answer;
}
