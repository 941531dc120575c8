import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { homeStillStale, takeStaleHomes } from '../db/home-viewers.js';
import { slackOutage, takeTurn } from '../db/pace.js';
import type { Again } from '../flow/deliver.js';
import type { createHome } from './home.js';

interface HomeUpdateDeps {
  readonly pool: pg.Pool;
  readonly pauses: Pauses;
  readonly update: ReturnType<typeof createHome>['update'];
}

/** So many in one turn of five seconds: sixty a minute of the hundred that Slack allows for views.publish (tier 4). */
const MOST_AT_ONCE = 5;

/**
 * Creates the job that draws open Home tabs again in which something may have changed, those first that have waited
 * longest. Nobody depends on it: while Slack takes no calls it waits, and leaves the few tries to cards and answers.
 */
export function createHomeUpdates({ pool, pauses, update }: HomeUpdateDeps): () => Promise<Again> {
  const { homes, outage } = pauses.slack;
  return async () => {
    if ((await slackOutage(pool)) !== null) return { afterMs: Math.max(homes, outage), noTry: true };
    if ((await takeTurn(pool, 'homes', homes)) === null) return { afterMs: homes, noTry: true };
    const stale = await takeStaleHomes(pool, MOST_AT_ONCE);
    let again = stale.length === MOST_AT_ONCE;
    for (const [index, viewer] of stale.entries()) {
      const answer = await update(viewer);
      if (answer.is === 'refused' && answer.error === 'hash_conflict') {
        again = true;
        await homeStillStale(pool, viewer.user);
      } else if (answer.is === 'rate limited' || answer.is === 'no answer') {
        for (const { user } of stale.slice(index)) await homeStillStale(pool, user);
        return { afterMs: answer.is === 'rate limited' ? answer.retryAfterMs : homes, atLeast: true };
      }
    }
    return again ? { afterMs: homes, noTry: true } : null;
  };
}
