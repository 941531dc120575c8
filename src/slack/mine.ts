import { setTimeout as sleep } from 'node:timers/promises';
import type { Of } from '../core/deployment/deployment.js';
import { type Ask, isBlocked, type Mine, type MyChange, type Offer } from '../core/mine.js';
import { shutGates } from '../core/service/gates.js';
import { baseOf, type ServiceState } from '../core/service/service.js';
import { standing } from '../core/standing.js';
import { whereIs } from '../core/where.js';
import { changesById } from '../db/changes.js';
import { changesOfPerson, requestsWaiting, type WaitingRequest } from '../db/mine.js';
import { namesOf } from '../db/people.js';
import { requestsOf } from '../db/requests.js';
import { readServices } from '../db/service-state.js';
import { type UnderWay, underWayIn } from '../db/under-way.js';
import type { QuestionDeps } from './questions.js';

export interface MineDeps extends QuestionDeps {
  readonly services: readonly string[];
  /** The GitHub logins of a person, in lower case, by the config. */
  readonly loginsOf: (user: string) => readonly string[];
  /** Slack users who wrote part of what ships from `base` on; empty when that is not known. */
  readonly authorsOf: (service: string, base: string | null, sha: string) => Promise<readonly string[] | null>;
}

interface Wanted {
  /** Of these services alone. */
  readonly services: readonly string[];
  /** In which of them something goes on; read when it is left out. */
  readonly going?: readonly UnderWay[];
  /** So many of each, at the most. */
  readonly most: number;
}

/** What concerns a person; see `Mine`. */
export type ReadMine = (user: string, wanted: Wanted) => Promise<Mine>;

/** Who only looks does not wait longer for GitHub; what it says later is kept, and shown the next time. */
const MOST_MS = 1_500;

/**
 * Reads what one person may decide, and where their changes are. Groups may be a minute old: this is for showing, and a
 * press on what is shown is asked every rule like a press on a card.
 */
export function createMine(deps: MineDeps): ReadMine {
  const { pool, people, shown } = deps;
  const hasGroups = (ids: readonly string[]) => ids.some((id) => id.startsWith('S'));
  const named = deps.services.flatMap((name) => shown(name) ?? []);
  const needsGroups = named.some(({ approvers, deployers }) => hasGroups(approvers) || hasGroups(deployers));

  return async (user, { services, going, most }) => {
    const groups = needsGroups ? await people.groupsShown(user) : new Set<string>();
    const may = (ids: readonly string[] = []) => ids.some((id) => id === user || groups?.has(id));
    const order = new Map(services.map((name, index) => [name, index]));
    const [requests, busy, own] = await Promise.all([
      requestsWaiting(pool),
      going ?? underWayIn(pool, services),
      changesOfPerson(pool, deps.loginsOf(user), user),
    ]);
    const theirs = requests.filter(
      ({ service, requestedBy, approvedBy }) =>
        order.has(service) && requestedBy !== user && !approvedBy.includes(user) && may(shown(service)?.approvers),
    );
    const offered = busy
      .flatMap(({ service, waiting }) => (waiting && may(shown(service)?.deployers) ? [service] : []))
      .sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    // Of some of them the person may be an author.
    const looked = await waitingOf(deps, theirs.slice(0, 2 * most));
    const about = [...looked.map(({ service }) => service), ...offered.slice(0, most)];
    const states: States = about.length > 0 ? await readServices(pool, about) : new Map();
    const late = sleep(MOST_MS, null, { ref: false });
    const inTime = <T>(asked: Promise<T>): Promise<T | null> => Promise.race([asked, late]);
    const wrote = await Promise.all(looked.map((one) => isAuthor(deps, states, user, one, inTime)));
    const asked = looked.filter((_, index) => !wrote[index]).slice(0, most);
    const [asks, offers] = await readBoth(deps, states, asked, offered.slice(0, most), inTime);
    const changes = own
      .filter(({ service }) => order.has(service))
      .slice(0, most)
      .map(({ facts, ...one }): MyChange => ({ ...one, where: whereIs(facts) }));
    return {
      asks,
      moreAsks: theirs.length - wrote.filter(Boolean).length - asks.length,
      offers: offers.toSorted((a, b) => Number(isBlocked(a.stands)) - Number(isBlocked(b.stands))),
      moreOffers: offered.length - offers.length,
      changes,
      groupsKnown: groups !== null,
      names: await namesOf(pool, peopleIn(asks, offers, changes)),
    };
  };
}

/** These requests as far as they still wait, in this order. */
async function waitingOf({ pool }: MineDeps, requests: readonly WaitingRequest[]): Promise<Of<'waiting'>[]> {
  if (requests.length === 0) return [];
  const ids = requests.map(({ id }) => id);
  const found = await requestsOf(pool, ids);
  return ids.flatMap((id) => {
    const deployment = found.get(id)?.deployment;
    return deployment?.status === 'waiting' ? [deployment] : [];
  });
}

type States = ReadonlyMap<string, ServiceState>;
type InTime = <T>(asked: Promise<T>) => Promise<T | null>;

/** Whether a rule would refuse this person's approval as that of an author. */
async function isAuthor(
  { shown, authorsOf }: MineDeps,
  states: States,
  user: string,
  request: Of<'waiting'>,
  inTime: InTime,
): Promise<boolean> {
  const state = states.get(request.service);
  if (!state || !shown(request.service)?.fourEyes || request.kind === 'roll back') return false;
  const authors = await inTime(authorsOf(request.service, baseOf(state, request), request.sha));
  return authors?.includes(user) === true;
}

async function readBoth(
  { pool, shown, countCommits }: MineDeps,
  states: States,
  requests: readonly Of<'waiting'>[],
  services: readonly string[],
  inTime: InTime,
): Promise<[Ask[], Offer[]]> {
  const newest = services.flatMap((name) => states.get(name)?.newestPassed?.id ?? []);
  const ids = [...requests.map((one) => one.changeId), ...newest];
  if (ids.length === 0) return [[], []];
  const changes = await changesById(pool, ids);
  const asks = requests.map(async (deployment): Promise<Ask[]> => {
    const { service: name, kind } = deployment;
    const [service, state, change] = [shown(name), states.get(name), changes.get(deployment.changeId)];
    if (!service || !state || !change) return [];
    const counted = kind === 'roll back' ? null : countCommits(name, state, change, baseOf(state, deployment));
    const ships = counted && (await inTime(counted));
    return [{ service: name, change, deployment, ships, gates: shutGates(state, service, state.readAt) }];
  });
  const offers = services.map(async (name): Promise<Offer[]> => {
    const [service, state] = [shown(name), states.get(name)];
    const change = state?.newestPassed && changes.get(state.newestPassed.id);
    if (!service || !state || !change) return [];
    const stands = standing({ state, change, policy: service });
    const ships = await inTime(countCommits(name, state, change));
    const gates = shutGates(state, service, state.readAt);
    return [{ service: name, change, stands, ships, gates, asks: service.asks !== null }];
  });
  return [(await Promise.all(asks)).flat(), (await Promise.all(offers)).flat()];
}

function peopleIn(asks: readonly Ask[], offers: readonly Offer[], changes: readonly MyChange[]): (string | null)[] {
  const gates = [...asks, ...offers].flatMap((one) => one.gates);
  return [
    ...asks.map(({ deployment }) => deployment.requestedBy),
    ...gates.map((gate) => ('by' in gate ? gate.by : null)),
    ...offers.flatMap(({ stands, change }) => [
      'pause' in stands ? stands.pause.by : null,
      'hold' in stands ? stands.hold.by : null,
      change.hold?.by ?? null,
    ]),
    ...changes.map(({ where }) => (where.is === 'bad' ? where.by : null)),
  ];
}
