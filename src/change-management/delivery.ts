/** What a receiver is sent: as little as it needs to keep its own record, and no name or title that people wrote. */

import { plain } from '../core/change/plain.js';
import type { NewsKind, OutcomeNews } from '../core/outcome-news.js';

const TYPES: Readonly<Record<NewsKind, string>> = {
  requested: 'requested',
  'break glass': 'requested',
  approved: 'approved',
  live: 'live',
  failed: 'failed',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  expired: 'expired',
  cancelled: 'cancelled',
  lost: 'lost',
  'given up': 'lost',
  stopped: 'stopped',
};

/** The run is known by then: what a line says is the same however late it is sent. */
const ENDS: readonly NewsKind[] = ['live', 'failed', 'cancelled', 'lost', 'given up', 'stopped'];
const MOST_REASON = 500;

/** The id of a delivery: the same for each attempt, and no other installation's. */
export const deliveryId = ({ hash }: Pick<OutcomeNews, 'hash'>): string => `pb_${hash.slice(0, 32)}`;

/** The JSON of a delivery; docs/tickets.md explains each field. */
export function deliveryBody(news: OutcomeNews, repository: string): string {
  const { kind, deploys, at, service, sha, deployId, liveBefore, actor, requestedBy, reason, runUrl, tickets } = news;
  const isRolledBack = kind === 'live' && deploys === 'roll back';
  return JSON.stringify({
    type: `deployment.${isRolledBack ? 'rolled_back' : TYPES[kind]}`,
    timestamp: at.toISOString(),
    data: {
      service,
      repository,
      deploy_id: deployId,
      kind: deploys === 'roll back' ? 'rollback' : deploys,
      break_glass: news.isOverride,
      sha,
      live_before: liveBefore,
      tickets,
      actor,
      requested_by: requestedBy,
      // The reason of an approval names people who are not found in Slack.
      reason: kind === 'approved' ? null : reason && plain(reason, MOST_REASON),
      run_url: ENDS.includes(kind) ? runUrl : null,
      ledger: { line: news.seq, hash: news.hash },
    },
  });
}
