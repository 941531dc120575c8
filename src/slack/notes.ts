/** Messages beside the cards: reminders in threads, break-glass announcements, and a nudge to a lock's owner. */

import { createHash } from 'node:crypto';
import type { Outcome } from '../core/notify.js';
import type { Pauses } from '../core/pauses.js';
import { type Announcement, claimAnnouncement, noteAnnounced, noteAnnouncing } from '../db/announcements.js';
import { newestPosted, placesOf } from '../db/cards.js';
import { changeById, refOf } from '../db/changes.js';
import { deploymentById, endedBefore } from '../db/deployments.js';
import { restUpdates, startSecond, updatesRestMs } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { readService } from '../db/service-state.js';
import { askSlack, type SlackAnswer, type SlackClient } from './client.js';
import { type ConcernedDeps, missingApprovers } from './concerned.js';
import { findPost } from './find-post.js';
import { awaitSecond, type NotYet } from './seconds.js';
import type { Message } from './views/message.js';
import {
  announcementMessage,
  failedStagingMessage,
  notifyMessage,
  nudgeMessage,
  reminderMessage,
  takenOverMessage,
} from './views/notes.js';

export interface NoteDeps extends ConcernedDeps {
  readonly client: SlackClient;
  readonly channelOf: (service: string) => string | undefined;
  readonly pauses: Pauses;
  readonly warn: (details: object, message: string) => void;
}

export type Told = SlackAnswer<unknown> | NotYet | null;

/** `say` is asked once its second has come. */
async function inThread(deps: NoteDeps, changeId: number, say: () => Promise<Message>): Promise<Told> {
  const place = (await placesOf(deps.pool, [changeId])).get(changeId);
  if (!place?.ts) return null;
  const { channel, ts } = place;
  const later = await awaitSecond(deps, channel);
  if (later) return later;
  const message = await say();
  await startSecond(deps.pool, channel, deps.pauses);
  return askSlack(() =>
    deps.client.chat.postMessage({ channel, thread_ts: ts, ...message, unfurl_links: false, unfurl_media: false }),
  );
}

/**
 * Half the time for an approval is over: calls those to whom it is escalated, or else the approvers once more. Says nothing if
 * it is decided by now.
 */
export async function remind(deps: NoteDeps, deploymentId: number): Promise<Told> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  if (deployment?.status !== 'waiting') return null;
  const change = await refOf(deps.pool, deployment.changeId);
  const service = deps.shown(deployment.service);
  if (!change || !service) return null;
  const { escalate, notify: how, timezone } = service;
  const calls = how.approvalNeeded === 'mention' || how.approvalNeeded === 'direct';
  if (escalate.length === 0 && how.approvalNeeded === 'none') return null;
  return inThread(deps, change.id, async () => {
    const names = await namesOf(deps.pool, [deployment.requestedBy]);
    const { named } = await missingApprovers(deps, deployment);
    const called = escalate.length > 0 ? escalate : calls ? named : [];
    return reminderMessage(deployment, change, { called, isAnyLeft: named.length > 0 }, names, timezone);
  });
}

/** Later, how a deployment ended is no news. */
const NEWS_MS = 86_400_000;

/** To one person whom a deployment concerns. Says nothing if it no longer does. */
export async function notify(deps: NoteDeps, deploymentId: number, user: string, about: Outcome): Promise<Told> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  const change = deployment && (await refOf(deps.pool, deployment.changeId));
  const channel = deployment && deps.channelOf(deployment.service);
  if (!deployment || !change || !channel) return null;
  if (about === 'approvalNeeded' && deployment.status !== 'waiting') return null;
  if (about === 'continueNeeded' && deployment.status !== 'baking') return null;
  if (await endedBefore(deps.pool, deploymentId, NEWS_MS)) return null;
  const message = notifyMessage(deployment, change, channel, await namesOf(deps.pool, [deployment.requestedBy]));
  return askSlack(() =>
    deps.client.chat.postMessage({ channel: user, ...message, unfurl_links: false, unfurl_media: false }),
  );
}

/** To one author of a change that failed staging. Says nothing if it has passed by now, or runs again. */
export async function notifyAuthor(deps: NoteDeps, changeId: number, user: string): Promise<Told> {
  const change = await changeById(deps.pool, changeId);
  const channel = change && deps.channelOf(change.service);
  if (change?.staging.status !== 'failed' || !channel) return null;
  const message = failedStagingMessage(change, channel);
  return askSlack(() =>
    deps.client.chat.postMessage({ channel: user, ...message, unfurl_links: false, unfurl_media: false }),
  );
}

export async function sayTakenOver(
  deps: NoteDeps,
  { service, from, by, reason }: { service: string; from: string; by: string; reason: string },
): Promise<Told> {
  const newest = await newestPosted(deps.pool, service);
  if (newest === null) return null;
  return inThread(deps, newest, async () =>
    takenOverMessage(service, from, by, reason, await namesOf(deps.pool, [from, by])),
  );
}

/** To the owner alone; says nothing if the lock is gone or somebody else's by now. */
export async function nudge(deps: NoteDeps, service: string, user: string): Promise<Told> {
  const { lock } = await readService(deps.pool, service);
  if (lock?.by !== user) return null;
  const message = nudgeMessage(service, lock);
  return askSlack(() =>
    deps.client.chat.postMessage({ channel: user, ...message, unfurl_links: false, unfurl_media: false }),
  );
}

/**
 * The one message of a break-glass deployment, posted or redrawn from the database. If the answer to a post was lost,
 * the post is looked for by its metadata before it is sent again.
 */
export async function announce(deps: NoteDeps, deploymentId: number): Promise<Told> {
  const { pool, client } = deps;
  const deployment = await deploymentById(pool, deploymentId);
  const change = deployment && (await refOf(pool, deployment.changeId));
  const service = deployment && deps.shown(deployment.service);
  const home = deployment && deps.channelOf(deployment.service);
  if (!deployment || !change || !service || !home) return null;
  const people = [deployment.requestedBy, deployment.signedOff?.user ?? null];
  const message = announcementMessage(deployment, change, await namesOf(pool, people), service.timezone);
  const drawn = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  const known = await claimAnnouncement(pool, deploymentId, home);
  const ts = known.ts ?? (await found(client, known, deployment.deployId));
  if (typeof ts === 'object' && ts !== null) return ts;
  if (ts !== null) {
    if (known.drawn === drawn) return null;
    const restMs = await updatesRestMs(pool);
    if (restMs > 0) return { is: 'rate limited', retryAfterMs: restMs };
    const answer = await askSlack(() => client.chat.update({ channel: known.channel, ts, ...message }));
    if (answer.is === 'ok') await noteAnnounced(pool, deploymentId, ts, drawn);
    if (answer.is === 'rate limited') await restUpdates(pool, answer.retryAfterMs);
    // Somebody deleted it: what it said is still on the card and in the ledger.
    return answer.is === 'refused' && answer.error === 'message_not_found' ? null : answer;
  }
  const later = await awaitSecond(deps, known.channel);
  if (later) return later;
  if (!(await noteAnnouncing(pool, deploymentId))) return { is: 'rate limited', retryAfterMs: deps.pauses.slack.busy };
  await startSecond(pool, known.channel, deps.pauses);
  const metadata = { event_type: 'pushbutton_break_glass', event_payload: { key: deployment.deployId } };
  const answer = await askSlack(() =>
    client.chat.postMessage({ channel: known.channel, ...message, unfurl_links: false, unfurl_media: false, metadata }),
  );
  if (answer.is === 'ok') await noteAnnounced(pool, deploymentId, String(answer.data.ts), drawn);
  return answer;
}

async function found(client: SlackClient, { channel, posting_since }: Announcement, key: string) {
  return posting_since ? findPost(client, { channel }, posting_since, 'pushbutton_break_glass', key) : null;
}
