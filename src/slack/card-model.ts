import { setTimeout as sleep } from 'node:timers/promises';
import { type Card, cardState, type Ships } from '../core/card.js';
import { cardResults } from '../core/card-results.js';
import { shownOf, tellsPause } from '../core/card-subject.js';
import type { Change } from '../core/change/change.js';
import type { RequiredResult } from '../core/change/results.js';
import type { Asks } from '../core/deployment/asks.js';
import type { Deployment } from '../core/deployment/deployment.js';
import { type Cards, getsCard } from '../core/gets-card.js';
import type { Notify } from '../core/notify.js';
import { shutGates } from '../core/service/gates.js';
import { baseOf, lastKnownLive, type ServiceState } from '../core/service/service.js';
import type { StagePlan } from '../core/stages/stage.js';
import type { CardPolicy } from '../core/standing.js';
import { changeById, refOf } from '../db/changes.js';
import { isShared } from '../db/channels.js';
import { deploymentsOfCard } from '../db/deployments.js';
import { rerunOf } from '../db/outside-runs.js';
import { namesOf } from '../db/people.js';
import type { Queryable } from '../db/pool.js';
import { readService } from '../db/service-state.js';

const COUNT_MS = 2_000;
/** In these states it matters what else is required; afterwards the card is about production. */
const DECIDING: readonly Card['state']['is'][] = [
  'staging runs again',
  'waits for results',
  'failed staging',
  'passed staging',
];

/** The part of the config that a card shows. */
export interface ShownService extends CardPolicy {
  readonly name: string;
  readonly repository: string;
  /** Users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** Users and user groups who may deploy. */
  readonly deployers: readonly string[];
  /** True when people who wrote part of what ships may not approve it. */
  readonly fourEyes: boolean;
  /** Who is called at half time while approvals are missing: users and user groups. */
  readonly escalate: readonly string[];
  readonly notify: Notify;
  readonly cards: Cards;
  /** Of production, in order. */
  readonly stages: readonly StagePlan[];
  /** What else than the push run must be green, and after how long what is not there is missing. */
  readonly requires?: readonly RequiredResult[];
  readonly withinMs?: number;
  /** What is asked before each deployment. */
  readonly asks: Asks | null;
}

/** Counts what a change would ship; null when GitHub does not say. Answers that cannot change are kept. */
export type CountCommits = (
  service: string,
  state: ServiceState,
  change: Change,
  /** The SHA to count from; what is live when it is left out. */
  from?: string | null,
) => Promise<Ships | null>;

/** Authors of what would ship who match nobody in Slack; null when that is not known now. */
export type UnmatchedAuthors = (service: string, base: string | null, sha: string) => Promise<readonly string[] | null>;

/** Everything that one card shows, read now. null when the service is no longer in the config. */
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
  // Of cards that passed staging, only those that offer Deploy say what would ship: superseded ones cost no comparison.
  const offersDeploy = first.is === 'passed staging' || (first.is === 'live until an outside run' && first.deployable);
  const waits = first.is === 'waiting for approval' && first.deployment.kind !== 'roll back' ? first : null;
  const base = waits ? baseOf(state, waits.deployment) : null;
  // The card does not wait longer for an answer: one that comes later is kept, and shown at the next drawing.
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
    results: DECIDING.includes(drawn.is) ? cardResults(change, service, state.readAt) : [],
    rerun: latest ? await rerunOf(db, change.id) : null,
    gates,
    pause: isPaused(state, service.mode) && tellsPause(state, change.id) ? state.pause : null,
    stages: service.stages.map(({ name }) => name),
    approvers: service.approvers,
    fourEyes: service.fourEyes,
    shared: await isShared(db, change.id),
    asks: service.asks !== null,
    unmatched: waits && service.fourEyes ? strangers : [],
    names: await namesOf(db, [...peopleIn(state, change, latest, newest, rollBack), ...service.approvers]),
    timezone: service.timezone,
    posted: getsCard(drawn, service.cards),
  };
}

/** In button mode, only a rollback by itself that failed holds up people. */
const isPaused = ({ pause }: ServiceState, mode: 'button' | 'continuous'): boolean =>
  mode === 'continuous' || pause?.why === 'roll back failed';

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
    ...one.stages.map((stage) => ('continuedBy' in stage ? stage.continuedBy : null)),
  ];
}
