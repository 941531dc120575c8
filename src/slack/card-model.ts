import { setTimeout as sleep } from 'node:timers/promises';
import { type Card, type CardPolicy, cardState, type Ships } from '../core/card.js';
import { shownOf, tellsPause } from '../core/card-subject.js';
import type { Change } from '../core/change/change.js';
import type { Deployment } from '../core/deployment/deployment.js';
import { shutGates } from '../core/service/gates.js';
import { baseOf, lastKnownLive, type ServiceState } from '../core/service/service.js';
import { changeById, refOf } from '../db/changes.js';
import { isShared } from '../db/channels.js';
import { deploymentsOfCard } from '../db/deployments.js';
import { rerunOf } from '../db/outside-runs.js';
import { namesOf } from '../db/people.js';
import type { Queryable } from '../db/pool.js';
import { readService } from '../db/services.js';

const COUNT_MS = 2_000;

/** What of the config a card shows. */
export interface ShownService extends CardPolicy {
  readonly name: string;
  readonly repository: string;
  /** Users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** Whether approvals are for people who wrote nothing of what ships. */
  readonly fourEyes: boolean;
}

/** Counts what a change would ship; null when GitHub does not say. Answers that never change are kept. */
export type CountCommits = (
  service: string,
  state: ServiceState,
  change: Change,
  /** From which SHA; what is live where it is left out. */
  from?: string | null,
) => Promise<Ships | null>;

/** Authors of what would ship whom nobody in Slack could be matched with; null where that cannot be told now. */
export type UnmatchedAuthors = (service: string, base: string | null, sha: string) => Promise<readonly string[] | null>;

/** Everything that one card shows, read now. null when the service is not in the config any more. */
export async function cardModel(
  db: Queryable,
  changeId: number,
  shown: (service: string) => ShownService | undefined,
  countCommits: CountCommits,
  unmatchedAuthors: UnmatchedAuthors,
): Promise<Card | null> {
  const change = await changeById(db, changeId);
  const service = change && shown(change.service);
  if (!change || !service) return null;
  const state = await readService(db, change.service);
  const { latest: newest, rollBack } = await deploymentsOfCard(db, change.id);
  const latest = shownOf(state, change.id, newest);
  const live = lastKnownLive(state);
  const facts = {
    state,
    change,
    latest,
    newest,
    rollBack,
    liveChange: live ? await refOf(db, live.changeId) : null,
    policy: service,
  };
  const first = cardState({ ...facts, ships: null });
  // Only a card that offers Deploy says what would ship: one comparison, and none for the cards that were overtaken.
  const offersDeploy = first.is === 'passed staging' || (first.is === 'live until an outside run' && first.deployable);
  // A card is not drawn late for it: what comes after is kept, and counted at the next drawing.
  const waits = first.is === 'waiting for approval' && first.deployment.kind !== 'roll back' ? first : null;
  const base = waits ? baseOf(state, waits.deployment) : null;
  const inTime = <T>(answer: Promise<T>): Promise<T | null> =>
    Promise.race([answer, sleep(COUNT_MS, null, { ref: false })]);
  const [ships, strangers] = await Promise.all([
    offersDeploy || waits ? inTime(countCommits(service.name, state, change, ...(waits ? [base] : []))) : null,
    waits && service.fourEyes ? inTime(unmatchedAuthors(service.name, base, waits.deployment.sha)) : null,
  ]);
  const drawn = 'ships' in first ? { ...first, ships } : first;
  const gates = shutGates(state, service, state.readAt);
  return {
    service: service.name,
    repository: service.repository,
    change,
    state: drawn,
    rerun: latest ? await rerunOf(db, change.id) : null,
    gates,
    pause: service.mode === 'continuous' && tellsPause(state, change.id) ? state.pause : null,
    approvers: service.approvers,
    fourEyes: service.fourEyes,
    shared: await isShared(db, change.id),
    unmatched: waits && service.fourEyes ? strangers : [],
    names: await namesOf(db, [...peopleIn(state, change, latest, newest, rollBack), ...service.approvers]),
    timezone: service.timezone,
  };
}

function peopleIn(state: ServiceState, change: Change, ...deployments: (Deployment | null)[]): (string | null)[] {
  const all = [...deployments, state.active, ...state.queue, state.lastSent, lastKnownLive(state)];
  return [
    state.lock?.by ?? null,
    state.stop?.by ?? null,
    state.pause?.by ?? null,
    change.hold?.by ?? null,
    ...all.flatMap((one) => (one ? peopleOf(one) : [])),
  ];
}

function peopleOf(one: Deployment): (string | null)[] {
  return [
    one.requestedBy,
    'cancelBy' in one ? one.cancelBy : null,
    'endedBy' in one ? one.endedBy : null,
    one.signedOff?.user ?? null,
    one.gated?.by ?? null,
    ...one.approvals.map(({ user }) => user),
  ];
}
