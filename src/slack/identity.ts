import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { maySlackBeTried, noteSlackUp, slackOutage } from '../db/pace.js';
import { askSlack, isPassing, type SlackClient } from './client.js';
import { TokenRefused } from './token-refused.js';

/** Who we are in Slack: the team whose members may press, the bot that a mention names, the workspace to link to. */
export interface Identity {
  readonly team: string;
  readonly botUser: string;
  readonly botId: string;
  /** The workspace's address, such as https://acme.slack.com/; null if Slack does not tell it. */
  readonly url: string | null;
}

/** An outage shorter than this is only a failed call, which is simply tried again. */
const OUTAGE_MS = 15_000;

/** Learns who we are, and watches whether Slack takes calls. */
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
    /** null when all is well; otherwise what stops all work. One failed call is not an outage. */
    problem: (): string | null => {
      if (refused !== null) return `refuses the token: ${refused}`;
      return identity ? outage : 'has not been reached yet';
    },
    /** Asks once. Throws TokenRefused; if Slack cannot be reached, `check` asks again. */
    learn: async (): Promise<void> => {
      await ask();
      if (refused !== null) throw new TokenRefused(refused);
      if (!identity) warn({}, 'Slack could not be reached yet; it will be tried again');
    },
    /** Asks again while Slack is not known to be well, and otherwise every minute whether it still takes the token. */
    check: async (): Promise<void> => {
      const now = await slackOutage(pool);
      outage = now && now.forMs > OUTAGE_MS ? `takes no calls since ${now.since.toISOString()}` : null;
      if (identity && refused === null && now === null && Date.now() - askedAt < pauses.turns.token) return;
      // This call is one of the few tries that an outage allows.
      if (now !== null && !(await maySlackBeTried(pool, pauses))) return;
      await ask();
    },
  };
}
