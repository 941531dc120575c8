import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Card, staysOpen } from '../core/card.js';
import {
  type CardRow,
  forgetMessage,
  nextCard,
  nextDue,
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
  enterChannel,
  leaveChannel,
  maySlackBeTried,
  noteSlackDown,
  noteSlackUp,
  restChannel,
  restPosts,
  restUpdates,
  slackOutage,
  startSecond,
  takeSecond,
  updatesRestMs,
} from '../db/pace.js';
import { addJob } from '../db/queue.js';
import { reached } from '../flow/crash-points.js';
import { askSlack, isAboutTheMessage, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';
import { findPost } from './find-post.js';
import { cardMessage } from './views/card.js';
import type { Message } from './views/message.js';

export interface CardDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  /** Names this replica in the name of each drawing that holds a channel. */
  readonly worker: string;
  readonly model: (changeId: number) => Promise<Card | null>;
  /** Slack has a drawing, so many seconds after what it shows had changed. */
  readonly drawn: (seconds: number) => void;
  readonly warn: (details: object, message: string) => void;
}

/** Taken anew before each call to Slack, which lasts ten seconds at most; after it another replica draws on. */
const LEASE_MS = 15_000;
/** How long one job keeps drawing before it hands over to a fresh one. */
const TURN_MS = 5_000;
/** While Slack takes no calls, or a person has to mend something: soon for a minute, then once in a while. */
const SOON_MS = 3_000;
const LATER_MS = 45_000;
/** After an update or a post that failed: longer than until the next try, so that the other kind, which may work, has its turn. */
const REST_MS = 4_000;
/** Still within the five seconds in which it is tried again. */
const BEHIND_MS = 600;
/** Slack that was up so short a while ago is in no outage, in which the newest stays first. */
const UP_MS = 30_000;
/** Gaps between the drawings of one card in a burst: four in the first ten seconds. */
const GAPS_MS = [1_000, 2_000, 4_000, 5_000];
const QUIET_MS = 10_000;
/** A card that could not be counted, because GitHub did not answer, is counted again; one that waits for approval ever more seldom. */
const COUNT_AGAIN_MS = 15_000;
const COUNT_SELDOM_MS = 300_000;

type Drawn = { readonly is: 'done' } | { readonly is: 'wait'; readonly ms: number };
const DONE: Drawn = { is: 'done' };
/** The channel is another's turn, or Slack is for a moment. */
const NOT_NOW: Drawn = { is: 'wait', ms: 1_000 };

/**
 * Draws what is to be drawn in a channel, the newest change first, each card from the database as it is now. Calls Slack
 * only where the drawing differs from the one that it has. Safe to repeat; one job at a time draws in a channel.
 */
export async function drawChannel(deps: CardDeps, channel: string): Promise<void> {
  const { pool } = deps;
  // Of this drawing, not of the replica: a job that comes while another of the same replica draws waits its turn, too.
  const worker = `${deps.worker}:${randomUUID()}`;
  const again = (afterMs: number) =>
    addJob(pool, 'draw', { channel }, { key: `draw:${channel}`, afterMs, unlessWaiting: true });
  if (!(await enterChannel(pool, channel, worker, LEASE_MS))) return again(1_000);
  try {
    const until = Date.now() + TURN_MS;
    for (;;) {
      const card = await nextCard(pool, channel);
      if (!card) break;
      if (!(await enterChannel(pool, channel, worker, LEASE_MS))) return await again(1_000);
      const holds = () => enterChannel(pool, channel, worker, LEASE_MS);
      const drawn = await drawCard(deps, card, holds).catch(async (error: unknown): Promise<Drawn> => {
        // One card that cannot be drawn does not hold up the others of its channel.
        deps.warn({ change: card.change_id, err: error }, 'a card could not be drawn');
        await noteFault(pool, card.change_id, 'it could not be drawn', LATER_MS);
        return DONE;
      });
      if (drawn.is === 'wait') return await again(drawn.ms);
      if (Date.now() > until) return await again(0);
    }
  } finally {
    await leaveChannel(pool, channel, worker);
  }
  const due = await nextDue(pool, channel);
  if (due) await addJob(pool, 'draw', { channel }, { key: `draw:${channel}`, at: due, unlessWaiting: true });
}

async function drawCard(deps: CardDeps, row: CardRow, holds: () => Promise<boolean>): Promise<Drawn> {
  const { pool, client } = deps;
  const since = performance.now() - row.dirty_ms;
  const card = await deps.model(row.change_id);
  if (!card) {
    await noteUnchanged(pool, { ...row, drawn: null }, false, null);
    return DONE;
  }
  const message = cardMessage(card);
  const drawn = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  const open = staysOpen(card.state);
  const againMs = isUncounted(card) ? countAgainMs(card, row.now) : null;
  if (row.ts !== null && row.drawn === drawn) {
    await noteUnchanged(pool, row, open, againMs);
    return drawTwins(deps, row, message, drawn, holds);
  }
  if (!(await maySlackBeTried(pool))) return { is: 'wait', ms: SOON_MS };
  const burst = row.quiet_ms === null || row.quiet_ms > QUIET_MS ? 0 : row.burst + 1;
  const gapMs = GAPS_MS[Math.min(burst, GAPS_MS.length - 1)] as number;
  const told = { drawn, burst, gapMs, open, againMs };
  if (row.ts === null && row.posting_since) {
    const found = await findPost(client, row.channel, row.posting_since, 'pushbutton_card', card.change.key, holds);
    if (typeof found === 'object' && found !== null) {
      if (found.is === 'no answer') return failed(deps, row, 'post', found);
      // The limit of another method: the other cards of the channel are posted meanwhile.
      await postpone(pool, row.change_id, found.retryAfterMs);
      return DONE;
    }
    if (found !== null) {
      await noteFound(pool, row.change_id, found);
      return DONE;
    }
  }
  if (!(await holds())) return NOT_NOW;
  const { ts } = row;
  if (ts !== null) {
    const answer = await askSlack(() => client.chat.update({ channel: row.channel, ts, ...message }));
    if (answer.is === 'refused' && answer.error === 'message_not_found') {
      await forgetMessage(pool, row.change_id);
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
  await sleep(await takeSecond(pool, row.channel));
  if (!(await holds())) return NOT_NOW;
  await notePosting(pool, row.change_id);
  await startSecond(pool, row.channel);
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

/** As long as it has waited already, between both bounds. */
const countAgainMs = ({ state }: Card, now: Date): number =>
  state.is === 'waiting for approval'
    ? Math.min(Math.max(now.getTime() - state.deployment.requestedAt.getTime(), COUNT_AGAIN_MS), COUNT_SELDOM_MS)
    : COUNT_AGAIN_MS;

function isUncounted({ state, unmatched }: Card): boolean {
  if (state.is === 'waiting for approval')
    return state.deployment.kind !== 'roll back' && (state.ships === null || unmatched === null);
  const offersDeploy = state.is === 'passed staging' || (state.is === 'live until an outside run' && state.deployable);
  return offersDeploy && state.ships === null;
}

/** A second message of the same change shows the same; one that is gone is forgotten. The card is to be drawn until all do. */
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
    if (!(await maySlackBeTried(deps.pool)) || !(await holds())) return NOT_NOW;
    const answer = await askSlack(() => deps.client.chat.update({ channel: twin.channel, ts: twin.ts, ...message }));
    if (answer.is === 'ok') await noteTwinDrawn(deps.pool, twin, drawn);
    else if (answer.is === 'refused' && isOver(answer.error)) await noteTwinDrawn(deps.pool, twin, null);
    else return failed(deps, row, 'update', answer);
  }
  return DONE;
}

/** The card stays to be drawn. What only this card's drawing causes never holds up the others of its channel. */
async function failed(
  deps: CardDeps,
  row: CardRow,
  what: 'post' | 'update',
  answer: Exclude<SlackAnswer<unknown>, { is: 'ok' }>,
): Promise<Drawn> {
  const rest = (ms: number) => (what === 'update' ? restUpdates(deps.pool, ms) : restPosts(deps.pool, row.channel, ms));
  if (answer.is === 'rate limited') {
    await rest(answer.retryAfterMs);
    return DONE;
  }
  if (takesNoCalls(answer) || answer.is === 'no answer' || isPassing(answer.error)) {
    const outage = await slackOutage(deps.pool);
    // Slack was up: it may have no answer to this card alone, and the others go before it.
    if (outage === null) await postpone(deps.pool, row.change_id, REST_MS + BEHIND_MS);
    if (row.dirty_ms > 60_000 && (outage?.forMs ?? 0) < UP_MS) await postpone(deps.pool, row.change_id, LATER_MS);
    await noteSlackDown(deps.pool);
    await rest(REST_MS);
    return DONE;
  }
  const wait = row.dirty_ms < 60_000 ? SOON_MS : LATER_MS;
  deps.warn({ channel: row.channel, change: row.change_id, error: answer.error }, 'Slack does not accept a card');
  await noteFault(deps.pool, row.change_id, answer.error, wait);
  if (isAboutTheMessage(answer.error)) return DONE;
  await restChannel(deps.pool, row.channel, wait);
  return { is: 'wait', ms: wait };
}

/** A message that is gone, or that nobody can change any more: no button of it is to be taken away by us. */
const isOver = (error: string): boolean =>
  ['message_not_found', 'cant_update_message', 'edit_window_closed'].includes(error);
