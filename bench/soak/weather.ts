import { GITHUB_FAULTS, GITHUB_ROUTES, SLACK_FAULTS, SLACK_METHODS } from '../../sandbox/failing.js';
import type { Database } from '../database.js';
import type { Stage } from '../stage.js';
import { oneOf } from './chance.js';

/** What fails in a soak: single calls all the time, and every other minute something for a while. */

const SINGLE_EVERY_MS = 5_000;
const OUTAGE_EVERY_MS = 120_000;
const OUTAGE_MS = 15_000;

export interface Weather {
  /** Heals everything; nothing fails from now on. */
  readonly stop: () => void;
}

export function startWeather({ slack, github, log }: Stage, { pool }: Database): Weather {
  const clear = () => {
    github.heal();
    github.setWebhooks('on');
    slack.clearFaults();
  };
  const outages: readonly (readonly [what: string, begin: () => unknown])[] = [
    ['GitHub answers 502', () => github.fail('*', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY)],
    ['Slack answers 503', () => slack.fail('*', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY)],
    ['no delivery arrives', () => github.setWebhooks('off')],
    ['each delivery comes twice', () => github.setWebhooks('duplicate')],
    ['deliveries come in disorder', () => github.setWebhooks('reordered')],
    ['the connections of the database are cut', () => cutConnections(pool)],
  ];
  let next = 0;
  let mending: NodeJS.Timeout | undefined;
  const singles = setInterval(() => {
    if (oneOf([true, false])) github.fail(oneOf(GITHUB_ROUTES), oneOf(GITHUB_FAULTS));
    else slack.fail(oneOf(SLACK_METHODS), oneOf(SLACK_FAULTS));
  }, SINGLE_EVERY_MS);
  const longer = setInterval(() => {
    const [what, begin] = outages[next++ % outages.length] as (typeof outages)[number];
    log(`soak: ${what} for ${OUTAGE_MS / 1_000} s`);
    begin();
    mending = setTimeout(clear, OUTAGE_MS);
  }, OUTAGE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(singles);
      clearInterval(longer);
      clearTimeout(mending);
      clear();
    },
  };
}

/** As when a database server is restarted; only the product is hit. */
async function cutConnections(pool: Database['pool']): Promise<void> {
  await pool
    .query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pushbutton'",
    )
    .catch(() => {});
}
