/** Why a run failed, in the thread of its card. */

import type { Change } from '../core/change/change.js';
import { type Explanation, type FailedAttempt, isOver, saysWhy } from '../core/change/explanation.js';
import { labelOf, ofAttempt } from '../core/change/results.js';
import { howFailed } from '../core/notify.js';
import { reached } from '../crash-points.js';
import { addJobs } from '../db/add-jobs.js';
import { placesOf } from '../db/cards.js';
import { changeById } from '../db/changes.js';
import { isShared } from '../db/channels.js';
import { hasCardsToPost } from '../db/dirty-cards.js';
import { endFailure, type FailureRow, noteExplaining, noteNotExplained, untoldFailure } from '../db/failures.js';
import { startSecond } from '../db/pace.js';
import { transaction } from '../db/pool.js';
import { authorJob } from '../db/queue.js';
import { threadOf, untoldOf } from '../db/threads.js';
import { askSlack, type SlackAnswer } from './client.js';
import { authorsOfChange } from './concerned.js';
import { findPost } from './find-post.js';
import type { NoteDeps } from './notes.js';
import { awaitSecond, type NotYet } from './seconds.js';
import { explanationMessage } from './views/explanation.js';
import type { Message } from './views/message.js';

/** A card that is not posted within a day gets no explanation. */
const MOST_AGE_MS = 86_400_000;
/** What is to be posted before it goes first, but not for longer. */
const OTHERS_FIRST_MS = 60_000;
/** A card that is not there is looked for after a tenth of the time that it has been waited for. */
const SHARE_OF_AGE = 0.1;
const MOST_WAIT_MS = 600_000;
const EVENT = 'pushbutton_failure';

type Told = SlackAnswer<unknown> | NotYet | null;

/**
 * Posts it once, when its card is there. Says nothing of an attempt after which there was another. If the answer to the post
 * was lost, the post is looked for by its metadata before it is sent again.
 */
export async function explainFailure(deps: NoteDeps, failed: FailedAttempt): Promise<Told> {
  const { pool, client } = deps;
  const place = (await placesOf(pool, [failed.changeId])).get(failed.changeId);
  const ageMs = (await untoldFailure(pool, failed))?.ageMs ?? 0;
  if (!place?.ts && ageMs <= MOST_AGE_MS) {
    const afterMs = Math.max(ageMs * SHARE_OF_AGE, deps.pauses.slack.channel);
    return { is: 'not yet', afterMs: Math.min(afterMs, MOST_WAIT_MS) };
  }
  const read = await toTell(deps, failed);
  if (read === null || 'is' in read) return read;
  if (!place?.ts) return null;
  const { channel, ts } = place;
  if (read.known.ageMs < OTHERS_FIRST_MS && (await othersAreFirst(deps, channel, failed, read.known)))
    return { is: 'not yet', afterMs: deps.pauses.slack.channel };
  const key = `${failed.changeId}-${failed.runId}-${failed.attempt}`;
  const { postingSince } = read.known;
  const found = postingSince && (await findPost(client, { channel, thread: ts }, postingSince, EVENT, key));
  if (typeof found === 'string') {
    await end(deps, failed, found, read);
    return null;
  }
  if (found !== null) return found;
  const later = await awaitSecond(deps, channel);
  if (later) return later;
  // Much may have happened while it waited for its second.
  const now = await toTell(deps, failed);
  if (now === null || 'is' in now) return now;
  if (!(await noteExplaining(pool, failed))) return { is: 'rate limited', retryAfterMs: deps.pauses.slack.busy };
  await startSecond(pool, channel, deps.pauses);
  reached('failure: about to post');
  const answer = await askSlack(() =>
    client.chat.postMessage({
      ...{ channel, thread_ts: ts, ...now.message, unfurl_links: false, unfurl_media: false },
      metadata: { event_type: EVENT, event_payload: { key } },
    }),
  );
  reached('failure: posted');
  if (answer.is === 'ok') await end(deps, failed, String(answer.data.ts), now);
  else if (answer.is !== 'no answer') await noteNotExplained(pool, failed);
  return answer;
}

/** Whether a card of the channel is to be posted, or the thread has yet to tell of the deployment that failed. */
async function othersAreFirst(
  { pool }: NoteDeps,
  channel: string,
  { changeId }: FailedAttempt,
  { deploymentId }: FailureRow,
): Promise<boolean> {
  if (await hasCardsToPost(pool, channel)) return true;
  if (deploymentId === null) return false;
  const { told_seq } = await threadOf(pool, changeId);
  return (await untoldOf(pool, changeId, told_seq, 1)).length > 0;
}

interface ToTell {
  readonly known: FailureRow;
  readonly message: Message;
  /** Whom it calls: the message mentions them, or they get one of their own. */
  readonly authors: readonly string[];
  readonly direct: boolean;
}

/** What is to be told in the thread now; null if nothing is, and then nothing will be. */
async function toTell(deps: NoteDeps, failed: FailedAttempt): Promise<ToTell | NotYet | null> {
  const { pool, shown } = deps;
  const known = await untoldFailure(pool, failed);
  if (!known?.why) return null;
  const change: Change | null = await changeById(pool, failed.changeId);
  const service = change && shown(change.service);
  const where = known.deploymentId === null ? 'staging' : 'production';
  const how = service ? howFailed(service.notify, where) : 'none';
  const isPast = !change || isOver(change, failed, known.deploymentId) || known.ageMs > MOST_AGE_MS;
  if (!change || !service || how === 'none' || isPast) {
    await endFailure(pool, failed);
    return null;
  }
  // Of a failed deployment the story calls people, at the step that says so.
  const asks = where === 'staging' && !known.calledBefore && (how === 'mention' || how === 'direct');
  const wrote = asks ? await authorsOfChange(deps, service.name, change.sha) : [];
  if (wrote === null && known.ageMs < deps.pauses.slack.aside) return { is: 'not yet', afterMs: deps.pauses.jobs.soon };
  const authors = wrote ?? [];
  const told = { known, authors, direct: how === 'direct' };
  const calls = how === 'mention' ? authors : [];
  const why = (await isShared(pool, change.id)) ? withoutWords(known.why) : known.why;
  if (saysWhy(why) || calls.length > 0)
    return {
      ...told,
      message: explanationMessage(change, where, why, calls, service.timezone, resultOf(change, failed)),
    };
  await end(deps, failed, null, told);
  return null;
}

/** The failed result beside the push run, if it is that. */
function resultOf(change: Change, { runId, attempt }: FailedAttempt): { name: string; url: string } | null {
  const found = ofAttempt(change, runId, attempt);
  return found && { name: labelOf(found.of), url: found.url };
}

/** In a channel that other organisations read: the job and its step, and nothing that tools have printed. */
const withoutWords = ({ job }: Explanation): Explanation => ({
  failures: [],
  job: job && { ...job, annotations: [], lines: [] },
});

/** Notes that it is told, as the message `ts` if it is one, and writes to whom the team wants to have told directly. */
async function end(
  { pool }: NoteDeps,
  failed: FailedAttempt,
  ts: string | null,
  { authors, direct }: Pick<ToTell, 'authors' | 'direct'>,
): Promise<void> {
  await transaction(pool, async (tx) => {
    await endFailure(tx, failed, { ts, called: authors.length > 0 });
    if (direct)
      await addJobs(
        tx,
        authors.map((user) => authorJob(failed.changeId, user)),
      );
  });
}
