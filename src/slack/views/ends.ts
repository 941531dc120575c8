import type { Ended } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { lastStage } from '../../core/stages/stage.js';
import { shown } from '../limits.js';
import { who } from './people.js';
import { date, type Phrase, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { ASKED } from './words.js';

/** How an earlier deployment of this change ended, shown beside the current state. */
export function ended(after: Ended, names: Names): Phrase {
  return [...howItEnded(after, names), ', ', date(after.endedAt)];
}

function howItEnded(after: Ended, names: Names): Phrase {
  const asked = ` (${ASKED[after.kind]} ${who(after.requestedBy, names)})`;
  switch (after.status) {
    case 'withdrawn':
      if (after.reason === null) return [`withdrawn by ${who(after.requestedBy, names)}`];
      return [
        after.endedBy === null ? 'withdrawn: ' : `withdrawn by ${who(after.endedBy, names)}: `,
        theirs(after.reason, shown.reason),
        asked,
      ];
    case 'rejected':
      if (after.endedBy !== null)
        return [`rejected by ${who(after.endedBy, names)}: `, theirs(after.reason ?? '', shown.reason), asked];
      return after.reason ? ['rejected: ', theirs(after.reason, shown.reason), asked] : [after.status, asked];
    case 'expired':
      return after.reason ? [`${after.status}: `, theirs(after.reason, shown.reason), asked] : [after.status, asked];
    case 'cancelled':
      return [after.cancelBy ? `cancelled by ${who(after.cancelBy, names)}` : 'cancelled on GitHub'];
    case 'stopped':
      return [
        `stopped at ${lastStage(after)?.plan.name ?? 'a stage'}`,
        ...(after.endedBy === null ? [] : [` by ${who(after.endedBy, names)}`]),
        ...(after.reason === null ? [] : [': ', theirs(after.reason, shown.reason)]),
      ];
    case 'live':
      return ['reached production', asked];
    case 'failed':
    case 'lost':
      return [`its last deployment: ${statusOf(after)}`, asked];
  }
}
