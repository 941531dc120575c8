/** What concerns one person, as data: what waits for their decision, and where their changes are. */

import type { Ships } from './card.js';
import type { Change, ChangeRef } from './change/change.js';
import type { Of } from './deployment/deployment.js';
import type { Names } from './report.js';
import type { Gate } from './service/gates.js';
import type { Standing } from './standing.js';
import type { Where } from './where.js';

/** A request that this person may approve. */
export interface Ask {
  readonly service: string;
  readonly change: Change;
  readonly deployment: Of<'waiting'>;
  /** null: GitHub does not say. */
  readonly ships: Ships | null;
  readonly gates: readonly Gate[];
}

/** The newest change of a service that this person may deploy, and what stands between it and production. */
export interface Offer {
  readonly service: string;
  readonly change: Change;
  readonly stands: Standing;
  readonly ships: Ships | null;
  readonly gates: readonly Gate[];
  /** Whether Deploy asks the questions of the service. */
  readonly asks: boolean;
}

/** Whether Deploy is gone. */
export const isBlocked = ({ is }: Standing): boolean => is === 'shut' || is === 'bad' || is === 'paused';

export interface MyChange {
  readonly service: string;
  readonly change: ChangeRef;
  /** Of its staging run. */
  readonly url: string;
  readonly where: Where;
}

export interface Mine {
  /** Those that expire first come first. */
  readonly asks: readonly Ask[];
  /** How many more there are than these. */
  readonly moreAsks: number;
  /** Those with nothing in their way come first. */
  readonly offers: readonly Offer[];
  readonly moreOffers: number;
  /** Newest first. */
  readonly changes: readonly MyChange[];
  /** Whether Slack said which groups the person is in; if not, what those allow is missing. */
  readonly groupsKnown: boolean;
  readonly names: Names;
}
