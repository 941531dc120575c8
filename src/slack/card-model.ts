import { setTimeout as sleep } from 'node:timers/promises';
import { type Card, cardState, type Ships } from '../core/card.js';
import type { Change } from '../core/change.js';
import type { Deployment } from '../core/deployment.js';
import { lastKnownLive, type ServiceState } from '../core/service.js';
import { changeById, refOf } from '../db/changes.js';
import { deploymentsOfCard } from '../db/deployments.js';
import { rerunOf } from '../db/outside-runs.js';
import { namesOf } from '../db/people.js';
import type { Queryable } from '../db/pool.js';
import { readService } from '../db/services.js';

const COUNT_MS = 2_000;

/** What of the config a card shows. */
export interface ShownService {
  readonly name: string;
  readonly repository: string;
  readonly timeoutMs: number;
  readonly timezone: string;
}

/** Counts what a change would ship; null when GitHub does not say. Answers that never change are kept. */
export type CountShips = (service: string, state: ServiceState, change: Change) => Promise<Ships | null>;

/** Everything that one card shows, read now. null when the service is not in the config any more. */
export async function cardModel(
  db: Queryable,
  changeId: number,
  shown: (service: string) => ShownService | undefined,
  countShips: CountShips,
): Promise<Card | null> {
  const change = await changeById(db, changeId);
  const service = change && shown(change.service);
  if (!change || !service) return null;
  const state = await readService(db, change.service);
  const { latest, rollBack } = await deploymentsOfCard(db, change.id);
  const live = lastKnownLive(state);
  const facts = {
    state,
    change,
    latest,
    rollBack,
    liveChange: live ? await refOf(db, live.changeId) : null,
    timeoutMs: service.timeoutMs,
  };
  const first = cardState({ ...facts, ships: null });
  // Only a card that offers Deploy says what would ship: one comparison, and none for the cards that were overtaken.
  const offersDeploy = first.is === 'passed staging' || (first.is === 'live until an outside run' && first.deployable);
  // A card is not drawn late for it: what comes after is kept, and counted at the next drawing.
  const soon = () => Promise.race([countShips(service.name, state, change), sleep(COUNT_MS, null, { ref: false })]);
  const drawn = offersDeploy ? { ...first, ships: await soon() } : first;
  return {
    service: service.name,
    repository: service.repository,
    change,
    state: drawn,
    rerun: latest ? await rerunOf(db, change.id) : null,
    names: await namesOf(db, peopleIn(state, latest, rollBack)),
    timezone: service.timezone,
  };
}

function peopleIn(state: ServiceState, ...deployments: (Deployment | null)[]): (string | null)[] {
  const all = [...deployments, state.active, ...state.queue, state.lastSent, lastKnownLive(state)];
  return all.flatMap((one) => (one ? [one.requestedBy, 'cancelBy' in one ? one.cancelBy : null] : []));
}
