import { randomUUID } from 'node:crypto';
import { addJob } from '../db/add-jobs.js';
import { nextCard, noteFault } from '../db/cards.js';
import { markHomes } from '../db/home-viewers.js';
import { enterChannel, leaveChannel, leaveTurn, takeTurn } from '../db/pace.js';
import { renewing } from '../waits/renewing.js';
import { type CardDeps, type Drawn, drawCard, NEW_MS } from './draw-card.js';

/** Renewed while it draws. When it expires, another replica takes over. */
const LEASE_MS = 5_000;
/** Before a call to Slack, which takes ten seconds at most: nobody else may post while its answer is awaited. */
const CALL_LEASE_MS = 12_000;
const RENEW_MS = 1_500;
/** How long one job keeps drawing before it hands over to a fresh one. */
const TURN_MS = 5_000;
/** The turn to update one card, of all replicas and channels, see `restUpdates`. */
const UPDATES = 'chat.update';

/**
 * Draws the cards of a channel that must be redrawn, newest change first, each from the database as it is now. Calls
 * Slack only if the drawing differs from the one Slack has. Safe to repeat; one job at a time draws in a channel.
 */
export async function drawChannel(deps: CardDeps, channel: string): Promise<void> {
  const { pool, pauses } = deps;
  // One id per job, not per replica: two jobs of the same replica take turns as well.
  const worker = randomUUID();
  const again = (afterMs: number) =>
    addJob(pool, 'draw', { channel }, { key: `draw:${channel}`, afterMs, unlessWaiting: true });
  if (!(await enterChannel(pool, channel, worker, LEASE_MS))) return again(pauses.slack.channel);
  const holds = () => enterChannel(pool, channel, worker, CALL_LEASE_MS);
  const leave = renewing(() => enterChannel(pool, channel, worker, LEASE_MS), RENEW_MS);
  let due: Date | null = null;
  try {
    const until = Date.now() + TURN_MS;
    for (;;) {
      const card = await nextCard(pool, channel);
      if (!card) break;
      const isInTurn = card.limited && card.ts !== null;
      const turn = isInTurn ? await takeTurn(pool, UPDATES, pauses.slack.update) : null;
      // Another channel has the turn; until the next, this one posts.
      if (isInTurn && turn === null) continue;
      const about = { 'pushbutton.service': card.service };
      const unsent = async () => {
        if (turn !== null) await leaveTurn(pool, UPDATES, turn);
      };
      const draw = () => drawCard(deps, card, holds, unsent);
      const drawing = deps.tracing.resume('card', card.traces ?? [], about, draw, 'once used');
      const drawn = await drawing.catch(async (error: unknown): Promise<Drawn> => {
        // A card that cannot be drawn does not hold up the others in its channel.
        deps.warn({ change: card.change_id, err: error }, 'a card could not be drawn');
        const { soon, later } = pauses.slack;
        await noteFault(pool, card.change_id, 'it could not be drawn', card.dirty_ms < NEW_MS ? soon : later);
        return { is: 'done' };
      });
      if (drawn.is === 'wait') return await again(drawn.ms);
      if (Date.now() > until) return await again(0);
    }
  } finally {
    await leave();
    due = await leaveChannel(pool, channel, worker);
    // What cards show has changed, and so may what Home tabs show; the cards went first.
    if (await markHomes(pool)) await addJob(pool, 'homes', { tries: 0 }, { key: 'homes', unlessWaiting: true });
  }
  if (due) await addJob(pool, 'draw', { channel }, { key: `draw:${channel}`, at: due, unlessWaiting: true });
}
