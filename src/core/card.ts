/** What one card shows. Derived from the facts each time the card is drawn. */

import { type CardResult, isAsked, waitsForResults } from './card-results.js';
import type { Change, ChangeRef } from './change/change.js';
import { type Deployment, type Ended, hasEnded, type Of } from './deployment/deployment.js';
import { type InQueue, inQueue } from './deployment/in-queue.js';
import type { Offering } from './offering.js';
import type { Gate } from './service/gates.js';
import {
  isLastSent,
  lastKnownLive,
  type OutsideRun,
  type Pause,
  rollBackTarget,
  type ServiceState,
  stillLiveIn,
  supersedes,
  undoneBy,
} from './service/service.js';
import { hasPassedStage } from './stages/stage.js';
import { type CardPolicy, type Standing, standing } from './standing.js';

/** What deploying this change would ship, counted from what is live. */
export interface Ships {
  /** The number of commits, without `others`, which touch none of the service's paths; 1 for a first deployment. */
  readonly count: number;
  readonly others?: number;
  /** Oldest first; at most the newest 250, the most that GitHub returns in one answer. */
  readonly commits: readonly ShippedCommit[];
  /** The live SHA that it was counted from; null when nothing is known to be live: a first deployment. */
  readonly from: string | null;
  /** True when nothing is known to be live because of a run outside Pushbutton. */
  readonly outside: boolean;
}

export interface ShippedCommit {
  readonly sha: string;
  readonly title: string;
  readonly author: string;
  readonly url: string;
  readonly pullRequest: number | null;
  /** Missing where none was looked for. */
  readonly tickets?: Change['tickets'];
}

/** How an earlier deployment ended; shown beside Deploy or beside `superseded by`. */
type AfterEnd = Ended | null;

export type CardState =
  | { readonly is: 'staging runs again' }
  /** The push run passed or still runs, and something else that is required is not there yet. */
  | { readonly is: 'waits for results' }
  | { readonly is: 'failed staging'; readonly rerunAsked: boolean }
  | {
      readonly is: 'passed staging';
      readonly ships: Ships | null;
      readonly after: AfterEnd;
      readonly rolledBack: Ended | null;
      readonly stands: Standing;
    }
  | { readonly is: 'superseded'; readonly by: ChangeRef; readonly after: AfterEnd; readonly rolledBack: Ended | null }
  /** `undoes`: the SHA that a rollback takes out of production; null when that is not known, and for all others. */
  | {
      readonly is: 'waiting for approval';
      readonly deployment: Of<'waiting'>;
      readonly ships: Ships | null;
      readonly undoes: string | null;
    }
  | InQueue
  | { readonly is: 'dispatching'; readonly deployment: Of<'dispatching'> }
  | { readonly is: 'unknown'; readonly deployment: Of<'unknown'> }
  | { readonly is: 'deploying'; readonly deployment: Of<'deploying'> }
  | { readonly is: 'hung'; readonly deployment: Of<'hung'>; readonly timeoutMs: number }
  | { readonly is: 'baking'; readonly deployment: Of<'baking'>; readonly rollBackTo: Ended | null }
  | { readonly is: 'live'; readonly deployment: Ended; readonly since: Date; readonly rollBackTo: Ended | null }
  /** `ships`: what a Deploy would ship; null when a newer change passed or it could not be counted. */
  | {
      readonly is: 'live until an outside run';
      readonly deployment: Ended;
      readonly run: OutsideRun;
      readonly deployable: boolean;
      readonly ships: Ships | null;
      readonly stands: Standing;
    }
  /** `after`: a requested Retry that ended before it was sent. */
  | {
      readonly is: 'failed in production';
      readonly deployment: Ended;
      readonly rollBackTo: Ended | null;
      readonly after: AfterEnd;
    }
  | { readonly is: 'lost'; readonly deployment: Ended; readonly after: AfterEnd }
  /** It ended between two stages, or was cancelled in a later one. */
  | {
      readonly is: 'stopped';
      readonly deployment: Ended;
      readonly rollBackTo: Ended | null;
      readonly after: AfterEnd;
    }
  /** Roll back was pressed on this card; `to` is the deployment that it started. */
  | { readonly is: 'rolling back'; readonly deployment: Ended; readonly to: Deployment };

export interface CardFacts {
  readonly state: ServiceState;
  readonly change: Change;
  /** The deployment that the card is about; see `shownOf`. */
  readonly latest: Deployment | null;
  /** The newest deployment of the change. */
  readonly newest: Deployment | null;
  /** The newest rollback that was requested on this card. */
  readonly rollBack: Deployment | null;
  /** The change that is live, or was last known to be. */
  readonly liveChange: ChangeRef | null;
  readonly ships: Ships | null;
  readonly policy: CardPolicy;
}

/**
 * The one state of a card: what is under way, else the state in production, else the result of staging.
 * A change that shipped earlier or was overtaken is `superseded`; the newest change that passed always offers Deploy.
 */
export function cardState(facts: CardFacts): CardState {
  const { state, change, latest } = facts;
  if (latest && !hasEnded(latest)) return underWay(facts, latest);
  // A failed run that was re-run on GitHub may be live now; then the card is drawn as live.
  const { live } = state;
  const liveAgain =
    latest && live.is === 'known' && live.deployment.changeId === change.id && live.since >= latest.endedAt;
  // Once sent, the rollback is the last one sent itself, so it is checked before `lastSent`.
  if (latest && facts.rollBack && !hasEnded(facts.rollBack))
    return { is: 'rolling back', deployment: latest, to: facts.rollBack };
  const { newest } = facts;
  const ofRetry = newest && newest.id !== latest?.id && hasEnded(newest) ? newest : null;
  if (latest && isLastSent(state, latest) && !liveAgain) {
    if (latest.status === 'failed') {
      const to = rollBackTarget(state, latest);
      // A failed rollback is repeated with Retry.
      const rollBackTo = to?.sha === latest.sha ? null : to;
      return { is: 'failed in production', deployment: latest, rollBackTo, after: ofRetry };
    }
    if (latest.status === 'lost') return { is: 'lost', deployment: latest, after: ofRetry };
    if (latest.status !== 'live' && hasPassedStage(latest))
      return { is: 'stopped', deployment: latest, rollBackTo: rollBackTarget(state, latest), after: ofRetry };
  }
  const known = lastKnownLive(state);
  if (known?.changeId === change.id) {
    if (state.live.is === 'outside') {
      const deployable = change.staging.status === 'passed' && !supersedes(state.newestPassed, change);
      const { run } = state.live;
      return {
        is: 'live until an outside run',
        deployment: known,
        run,
        deployable,
        ships: deployable ? facts.ships : null,
        stands: standing(facts),
      };
    }
    if (state.live.is === 'known') {
      return { is: 'live', deployment: known, since: state.live.since, rollBackTo: rollBackTarget(state, known) };
    }
  }
  const after = latest && hasEnded(latest) ? latest : null;
  const rolledBack =
    facts.rollBack && hasEnded(facts.rollBack) && facts.rollBack.status === 'live' ? facts.rollBack : null;
  if (supersedes(state.newestPassed, change)) return { is: 'superseded', by: state.newestPassed, after, rolledBack };
  if (facts.liveChange && after?.status === 'live')
    return { is: 'superseded', by: facts.liveChange, after, rolledBack };
  switch (change.staging.status) {
    case 'running':
      return { is: waitsForResults(change.staging) ? 'waits for results' : 'staging runs again' };
    case 'failed':
      return { is: 'failed staging', rerunAsked: change.rerunOf === change.staging.attempt || isAsked(change) };
    case 'passed':
      return { is: 'passed staging', ships: facts.ships, after, rolledBack, stands: standing(facts) };
  }
}

function underWay({ state, ships, policy }: CardFacts, deployment: Exclude<Deployment, Ended>): CardState {
  switch (deployment.status) {
    case 'waiting':
      return { is: 'waiting for approval', deployment, ships, undoes: undoneBy(state, deployment) };
    case 'queued':
      return inQueue(state, deployment, policy);
    case 'dispatching':
      return { is: 'dispatching', deployment };
    case 'unknown':
      return { is: 'unknown', deployment };
    case 'deploying':
      return { is: 'deploying', deployment };
    case 'hung':
      return { is: 'hung', deployment, timeoutMs: policy.timeoutMs };
    case 'baking':
      return { is: 'baking', deployment, rollBackTo: deployment.kind === 'roll back' ? null : stillLiveIn(state) };
  }
}

/** Everything that a view draws: the state, and what every state shows of the change. */
export interface Card extends Offering {
  readonly service: string;
  readonly repository: string;
  readonly change: Change;
  readonly state: CardState;
  /** What else is required and how it stands, while that decides about Deploy; missing: nothing is. */
  readonly results?: readonly CardResult[];
  /** The newest re-run, made on GitHub, of a production run of this change. */
  readonly rerun: OutsideRun | null;
  /** The gates of the service that are shut now. */
  readonly gates: readonly Gate[];
  /** The pause of continuous deployment, on the card that shows it; see `tellsPause`. */
  readonly pause: Pause | null;
  /** Who may approve: users and user groups. */
  readonly approvers: readonly string[];
  /** Whether authors of the shipped changes may not approve. */
  readonly fourEyes: boolean;
  /** Authors of the shipped changes who were not found in Slack; shown while it waits for approval. null: not known yet. */
  readonly unmatched: readonly string[] | null;
  /** Names of people by Slack user id; an id without a name is shown as it is. */
  readonly names: ReadonlyMap<string, string>;
  /** IANA time zone for times that Slack does not draw itself. */
  readonly timezone: string;
  /** The names of the stages of its service, in order. */
  readonly stages: readonly string[];
  /** Whether its change gets a card if it has none yet. */
  readonly posted: boolean;
}
