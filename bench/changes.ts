import type { Database } from './database.js';
import type { Stage } from './stage.js';
import { SERVICE } from './team.js';
import { until } from './until.js';

export interface PressedCard {
  readonly sha: string;
  /** The key in its Deploy button. */
  readonly key: string;
}

/** Pushes a change that passes staging, and waits until the product knows it. */
export async function passChange({ github }: Stage, { pool }: Database, service = SERVICE): Promise<PressedCard> {
  const { sha } = await github.land(`acme/${service}`, { title: 'Remember the basket for 30 days' });
  const key = await until('a change that passed staging', async () => {
    const { rows } = await pool.query<{ key: string }>(
      "select key from changes where service = $1 and sha = $2 and staging_status = 'passed'",
      [service, sha],
    );
    return rows[0]?.key;
  });
  return { sha, key };
}

/** The card of a change, once it is posted. */
export async function postedCard({ pool }: Database, sha: string): Promise<string> {
  return until('a posted card', async () => {
    const { rows } = await pool.query<{ ts: string | null }>(
      'select ts from cards join changes on changes.id = cards.change_id where sha = $1',
      [sha],
    );
    return rows[0]?.ts;
  });
}
