import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Card } from '../core/card.js';
import { staysOpen } from '../core/card-subject.js';
import type { Pauses } from '../core/pauses.js';
import { reached } from '../crash-points.js';
import {
  type CardRow,
  forgetMessage,
  noteDrawn,
  noteFault,
  noteFound,
  noteNotPosted,
  notePosting,
  noteTwinDrawn,
  noteUnchanged,
  postpone,
  twinsOf,
} from '../db/cards.js';
import {
  maySlackBeTried,
  noteSlackDown,
  noteSlackUp,
  restChannel,
  restPosts,
  restUpdates,
  slackOutage,
  startSecond,
  updatesRestMs,
} from '../db/pace.js';
import type { Tracing } from '../tracing/tracing.js';
import { askSlack, isAboutTheMessage, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';
import { findPost } from './find-post.js';
import { awaitSecond } from './seconds.js';
import { countAgainMs } from './uncounted.js';
import { cardMessage } from './views/card.js';
import type { Message } from './views/message.js';

export interface CardDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly model: (changeId: number) => Promise<Card | null>;
  /** Called once Slack has a drawing, with the seconds since what it shows changed. */
  readonly drawn: (seconds: number) => void;
  readonly pauses: Pauses;
  readonly tracing: Tracing;
  readonly warn: (details: object, message: string) => void;
}

/** What fails for longer than this, in ms, is tried more seldom. */
export const NEW_MS = 60_000;
/** An outage shorter than this does not count as one. In a longer one, the newest card stays first. */
const UP_MS = 30_000;

/** `wait`: nothing more can be drawn in its channel for so long. */
export type Drawn = { readonly is: 'done' } | { readonly is: 'wait'; readonly ms: number };
const DONE: Drawn = { is: 'done' };
/** Another job has the channel, or Slack may not be called yet. */
const notNow = ({ slack }: Pauses): Drawn => ({ is: 'wait', ms: slack.channel });

/**
 * Draws one card from the database as it is now. `holds`: whether its channel is still ours for the time of a call, asked
 * before each; `unsent`: called when there is nothing to send, so that others may have the turn.
 */
export async function drawCard(
  deps: CardDeps,
  row: CardRow,
  holds: () => Promise<boolean>,
  unsent: () => Promise<void>,
): Promise<Drawn> {
  const { pool, client, pauses } = deps;
  const since = performance.now() - row.dirty_ms;
  const card = await deps.model(row.change_id);
  if (!card) {
    await unsent();
    await noteUnchanged(pool, { ...row, drawn: null }, false, null);
    return DONE;
  }
  deps.tracing.note({ 'pushbutton.sha': card.change.sha.slice(0, 7) });
  const message = cardMessage(card);
  const drawn = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  const open = staysOpen(card.state);
  const againMs = countAgainMs(card, row.now, pauses);
  if (row.ts !== null && row.drawn === drawn) {
    await unsent();
    await noteUnchanged(pool, row, open, againMs);
    return drawTwins(deps, row, message, drawn, holds);
  }
  // A post of it may be on its way: then it is looked for first.
  if (row.ts === null && !row.posting_since && !card.posted) {
    await unsent();
    await noteUnchanged(pool, row, open, null);
    return DONE;
  }
  if (!(await maySlackBeTried(pool, pauses))) {
    await unsent();
    return { is: 'wait', ms: pauses.slack.soon };
  }
  const burst = row.quiet_ms === null || row.quiet_ms > pauses.slack.burst ? 0 : row.burst + 1;
  const gapMs = pauses.slack.redraws[Math.min(burst, pauses.slack.redraws.length - 1)] as number;
  const told = { drawn, burst, gapMs, open, againMs };
  if (row.ts === null && row.posting_since) {
    const found = await findPost(client, row, row.posting_since, 'pushbutton_card', card.change.key, holds);
    if (typeof found === 'object' && found !== null) {
      if (found.is === 'no answer') return failed(deps, row, 'post', found);
      // This is the limit of another method: the other cards in the channel are posted meanwhile.
      await postpone(pool, row.change_id, found.retryAfterMs);
      return DONE;
    }
    if (found !== null) {
      await noteFound(pool, row.change_id, found);
      return DONE;
    }
    if (!card.posted) {
      await noteUnchanged(pool, row, open, null);
      return DONE;
    }
  }
  if (!(await holds())) {
    await unsent();
    return notNow(deps.pauses);
  }
  const { ts } = row;
  if (ts !== null) {
    const answer = await askSlack(() => client.chat.update({ channel: row.channel, ts, ...message }));
    if (answer.is === 'refused' && answer.error === 'message_not_found') {
      // Deleted by a person or by retention. What has nothing left to say or to press does not come back.
      if (open) await forgetMessage(pool, row.change_id);
      else await noteUnchanged(pool, row, open, againMs);
      return DONE;
    }
    if (answer.is !== 'ok') return failed(deps, row, 'update', answer);
    reached('card: updated');
    await noteSlackUp(pool);
    await noteDrawn(pool, row, { channel: row.channel, ts, ...told });
    reached('card: noted');
    deps.drawn((performance.now() - since) / 1_000);
    return drawTwins(deps, row, message, drawn, holds);
  }
  // Until the second of others is over, nothing is posted here, see `nextCard`.
  if (await awaitSecond(deps, row.channel)) return DONE;
  if (!(await holds())) return notNow(deps.pauses);
  await notePosting(pool, row.change_id);
  await startSecond(pool, row.channel, pauses);
  reached('card: about to post');
  const answer = await askSlack(() =>
    client.chat.postMessage({
      channel: row.channel,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'pushbutton_card', event_payload: { key: card.change.key } },
    }),
  );
  if (answer.is !== 'ok') {
    if (answer.is !== 'no answer') await noteNotPosted(pool, row.change_id);
    return failed(deps, row, 'post', answer);
  }
  reached('card: posted');
  await noteSlackUp(pool);
  await noteDrawn(pool, row, { channel: answer.data.channel ?? row.channel, ts: answer.data.ts as string, ...told });
  deps.drawn((performance.now() - since) / 1_000);
  return drawTwins(deps, row, message, drawn, holds);
}

/** Updates the other messages of the same change; forgets those that are gone. The card stays dirty until all match. */
async function drawTwins(
  deps: CardDeps,
  row: CardRow,
  message: Message,
  drawn: string,
  holds: () => Promise<boolean>,
): Promise<Drawn> {
  for (const twin of await twinsOf(deps.pool, row.change_id)) {
    if (twin.drawn === drawn) continue;
    if ((await updatesRestMs(deps.pool)) > 0) return DONE;
    if (!(await maySlackBeTried(deps.pool, deps.pauses)) || !(await holds())) return notNow(deps.pauses);
    const answer = await askSlack(() => deps.client.chat.update({ channel: twin.channel, ts: twin.ts, ...message }));
    if (answer.is === 'ok') await noteTwinDrawn(deps.pool, twin, drawn);
    else if (answer.is === 'refused' && isOver(answer.error)) await noteTwinDrawn(deps.pool, twin, null);
    else return failed(deps, row, 'update', answer);
  }
  return DONE;
}

/** The card stays dirty. A failure that only concerns this card never holds up the others in its channel. */
async function failed(
  deps: CardDeps,
  row: CardRow,
  what: 'post' | 'update',
  answer: Exclude<SlackAnswer<unknown>, { is: 'ok' }>,
): Promise<Drawn> {
  const { soon, later, rest: restMs, behind } = deps.pauses.slack;
  const rest = (ms: number, limitedMs = 0) =>
    what === 'update' ? restUpdates(deps.pool, ms, limitedMs) : restPosts(deps.pool, row.channel, ms);
  if (answer.is === 'rate limited') {
    await rest(answer.retryAfterMs, deps.pauses.slack.limited);
    return DONE;
  }
  if (takesNoCalls(answer) || answer.is === 'no answer' || isPassing(answer.error)) {
    const outage = await slackOutage(deps.pool);
    // Slack was up: it may fail to answer for this card alone, so the others go first.
    if (outage === null) await postpone(deps.pool, row.change_id, restMs + behind);
    if (row.dirty_ms > NEW_MS && (outage?.forMs ?? 0) < UP_MS) await postpone(deps.pool, row.change_id, later);
    await noteSlackDown(deps.pool, deps.pauses);
    await rest(restMs);
    return DONE;
  }
  const wait = row.dirty_ms < NEW_MS ? soon : later;
  deps.warn({ channel: row.channel, change: row.change_id, error: answer.error }, 'Slack does not take a card');
  await noteFault(deps.pool, row.change_id, answer.error, wait);
  if (isAboutTheMessage(answer.error)) return DONE;
  await restChannel(deps.pool, row.channel, wait);
  return { is: 'wait', ms: wait };
}

/** True when the message is gone or can no longer be edited, so its buttons cannot be removed. */
const isOver = (error: string): boolean =>
  ['message_not_found', 'cant_update_message', 'edit_window_closed'].includes(error);
