import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { maySlackBeTried, noteSlackUp, slackOutage } from '../db/pace.js';
import { askSlack, isPassing, type SlackClient } from './client.js';
import { TokenRefused } from './token-refused.js';

/** Who we are in Slack: whose members may press, who a mention names, and where messages are looked at. */
export interface Identity {
  readonly team: string;
  readonly botUser: string;
  readonly botId: string;
  /** Of the workspace, such as https://acme.slack.com/; null where Slack does not tell it. */
  readonly url: string | null;
}

/** Shorter than this, a failed call is one of those that are simply tried again. */
const OUTAGE_MS = 15_000;

/** Learns who we are, and keeps an eye on whether Slack takes calls. */
export function createIdentity(
  client: SlackClient,
  pool: pg.Pool,
  pauses: Pauses,
  warn: (details: object, message: string) => void,
) {
  let identity: Identity | null = null;
  let refused: string | null = null;
  let outage: string | null = null;
  let askedAt = 0;

  async function ask(): Promise<void> {
    askedAt = Date.now();
    const answer = await askSlack(() => client.auth.test());
    if (answer.is === 'refused' && !isPassing(answer.error)) refused = answer.error;
    if (answer.is !== 'ok') return;
    const { team_id, user_id, bot_id, url } = answer.data;
    if (!team_id || !user_id || !bot_id) {
      refused = 'auth.test names no bot';
      return;
    }
    identity = { team: team_id, botUser: user_id, botId: bot_id, url: url ?? null };
    refused = null;
    await noteSlackUp(pool);
  }

  return {
    known: (): Identity | null => identity,
    /** null: all is well; else what stops all work. A call that failed once is not an outage. */
    problem: (): string | null => {
      if (refused !== null) return `refuses the token: ${refused}`;
      return identity ? outage : 'has not been reached yet';
    },
    /** Asks once. Throws TokenRefused; an unreachable Slack is asked again by `check`. */
    learn: async (): Promise<void> => {
      await ask();
      if (refused !== null) throw new TokenRefused(refused);
      if (!identity) warn({}, 'Slack could not be reached yet; it will be tried again');
    },
    /** Asks again while Slack is not known to be well, and every minute whether it takes the token still. */
    check: async (): Promise<void> => {
      const now = await slackOutage(pool);
      outage = now && now.forMs > OUTAGE_MS ? `takes no calls since ${now.since.toISOString()}` : null;
      if (identity && refused === null && now === null && Date.now() - askedAt < pauses.turns.token) return;
      // Its question is one of the few tries that an outage allows.
      if (now !== null && !(await maySlackBeTried(pool, pauses))) return;
      await ask();
    },
  };
}
