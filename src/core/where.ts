/** Where a change is on its way to production, in one word, for whoever wrote or requested it. */

import type { ChangeRef, Staging } from './change/change.js';
import { type EndedStatus, hasEndedAs, type Status } from './deployment/deployment.js';

/** What decides it. Run numbers are those of staging: the order of changes. */
export interface WhereFacts {
  readonly id: number;
  readonly runNumber: number;
  readonly staging: Staging['status'];
  /** Who marked it bad. */
  readonly badBy: string | null;
  /** Whether a rollback removed it from production. */
  readonly undone: boolean;
  /** The status of its newest deployment. */
  readonly latest: Status | null;
  /** null: not known. */
  readonly live: { readonly change: ChangeRef; readonly runNumber: number; readonly since: Date } | null;
  /** The newest change of the service that passed staging. */
  readonly newest: { readonly change: ChangeRef; readonly runNumber: number } | null;
}

export type Where =
  | { readonly is: 'under way'; readonly status: Exclude<Status, EndedStatus> }
  | { readonly is: 'live'; readonly since: Date }
  /** A newer change is live, and the branch brought this one along. */
  | { readonly is: 'shipped'; readonly with: ChangeRef }
  | { readonly is: 'undone' }
  | { readonly is: 'staging runs' }
  | { readonly is: 'failed staging' }
  | { readonly is: 'bad'; readonly by: string }
  | { readonly is: 'superseded'; readonly by: ChangeRef }
  /** For Deploy. `after`: how its last deployment ended. */
  | { readonly is: 'waiting'; readonly after: EndedStatus | null };

/** The first that is true: what is under way, then what is in production, then what stands before it. */
export function whereIs({ id, runNumber, staging, badBy, undone, latest, live, newest }: WhereFacts): Where {
  if (latest !== null && !hasEndedAs(latest)) return { is: 'under way', status: latest };
  if (live?.change.id === id) return { is: 'live', since: live.since };
  if (undone) return { is: 'undone' };
  if (live && runNumber < live.runNumber) return { is: 'shipped', with: live.change };
  if (staging === 'running') return { is: 'staging runs' };
  if (staging === 'failed') return { is: 'failed staging' };
  if (badBy !== null) return { is: 'bad', by: badBy };
  if (newest && newest.runNumber > runNumber) return { is: 'superseded', by: newest.change };
  return { is: 'waiting', after: latest };
}
