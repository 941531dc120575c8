import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { homeStillStale, takeStaleHomes } from '../db/home-viewers.js';
import { leaveTurn, slackOutage, takeTurn } from '../db/pace.js';
import type { Again } from '../flow/deliver.js';
import type { createHome } from './home.js';

interface HomeUpdateDeps {
  readonly pool: pg.Pool;
  readonly pauses: Pauses;
  readonly update: ReturnType<typeof createHome>['update'];
}

/** So many in one turn of five seconds: sixty a minute of the hundred that Slack allows for views.publish (tier 4). */
const MOST_AT_ONCE = 5;
/** Of one job, whose calls take ten seconds each at most; after a death, others begin so late. */
const LONGEST_MS = 90_000;

/**
 * Creates the job that draws open Home tabs again in which something may have changed, those first that have waited
 * longest. Nobody depends on it: while Slack takes no calls it waits, and leaves the few tries to cards and answers.
 */
export function createHomeUpdates({ pool, pauses, update }: HomeUpdateDeps): () => Promise<Again> {
  const { homes, outage } = pauses.slack;
  return async () => {
    if ((await slackOutage(pool)) !== null) return { afterMs: Math.max(homes, outage), noTry: true };
    // One job at a time, however slowly Slack answers: the others are left to cards and answers.
    const turn = await takeTurn(pool, 'homes', LONGEST_MS);
    if (turn === null) return { afterMs: homes, noTry: true };
    return drawStale().finally(() => leaveTurn(pool, 'homes', turn, homes));
  };

  async function drawStale(): Promise<Again> {
    const stale = await takeStaleHomes(pool, MOST_AT_ONCE);
    let again = stale.length === MOST_AT_ONCE;
    for (const [index, viewer] of stale.entries()) {
      const answer = await update(viewer);
      if (answer.is === 'refused' && answer.error === 'hash_conflict') again = true;
      else if (answer.is === 'rate limited' || answer.is === 'no answer') {
        for (const { user } of stale.slice(index)) await homeStillStale(pool, user);
        return { afterMs: answer.is === 'rate limited' ? answer.retryAfterMs : homes, atLeast: true };
      }
    }
    return again ? { afterMs: homes, noTry: true } : null;
  }
}
