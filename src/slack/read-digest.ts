import type pg from 'pg';
import { daysBefore, type Measured, partsOf, periodOf } from '../core/measures.js';
import type { Digest, DigestKind, ServiceDigest } from '../core/report.js';
import { type Ahead, gatesAhead } from '../core/service/ahead.js';
import type { Upcoming } from '../core/time/upcoming.js';
import { digestOf } from '../db/digest-of.js';
import { shutByPeople } from '../db/gates.js';
import { ledgerHead } from '../db/ledger.js';
import { measured } from '../db/measured.js';
import { deploymentFrequency } from '../db/measures.js';
import { namesOf } from '../db/people.js';
import { timeNow } from '../db/time.js';
import type { ShownService } from './card-model.js';
import { digestMessage } from './views/digest.js';
import { isQuiet } from './views/digest-service.js';
import type { Message } from './views/message.js';

export interface ReadDigestDeps {
  readonly pool: pg.Pool;
  readonly timezone: string;
  /** The services that use a channel; all services for null. */
  readonly servicesOf: (channel: string | null) => readonly ShownService[];
  /** Users and user groups. */
  readonly deployersOf: (service: string) => readonly string[];
  /** What comes next by the clock. */
  readonly upcoming: (now: Date) => Upcoming;
}

/** Statements at the same time: the other connections are for presses. */
const AT_ONCE = 2;
/** In days. */
const MEASURED = [7, 30];

interface About {
  readonly kind: Digest['kind'];
  readonly services: readonly ShownService[];
  readonly since: Date;
  readonly until: Date;
  /** What is measured, in days; the first is drawn if `charts`. */
  readonly days: readonly number[];
  readonly charts: boolean;
  readonly ahead: (shut: Awaited<ReturnType<typeof shutByPeople>>) => readonly Ahead[];
}

async function readDigest({ pool, timezone, deployersOf }: ReadDigestDeps, about: About): Promise<Digest> {
  const { kind, services: all, since, until } = about;
  const names = all.map((one) => one.name);
  const said = await digestOf(pool, names, since, until, AT_ONCE);
  const services = all.map(({ repository, approvers }, index): ServiceDigest => {
    const own = said[index] as (typeof said)[number];
    return { ...own, repository, deployers: deployersOf(own.service), approvers, measured: [] };
  });
  const ahead = about.ahead(await shutByPeople(pool, names));
  const people = [
    ...services.flatMap(({ shipped, failed, rolledBack, underWay, toSignOff }) =>
      [...shipped.listed, ...failed.listed, ...rolledBack.listed, ...underWay, ...toSignOff].map(
        (entry) => entry.deployment.requestedBy,
      ),
    ),
    ...services.flatMap(({ deployers, waiting }) => (waiting.count > 0 ? deployers : [])),
    ...services.flatMap(({ approvers, underWay }) => (underWay.length > 0 ? approvers : [])),
    ...ahead.flatMap(({ gate }) => ('by' in gate ? [gate.by] : [])),
  ];
  const rest = {
    kind,
    since,
    until,
    timezone,
    ahead,
    head: await ledgerHead(pool),
    names: await namesOf(pool, people),
  };
  // A quiet digest is a line, without measures.
  if (services.every(isQuiet)) return { ...rest, services, measured: [], parts: null };
  const periods = about.days.map((days) => periodOf(days, until, timezone));
  const { overall, byService } = await measured(pool, names, periods, AT_ONCE);
  const of = (service: string): readonly Measured[] => byService.get(service) ?? [];
  const [first] = periods;
  const spans = about.charts && first ? partsOf(first, timezone) : null;
  const each = spans && (await deploymentFrequency(pool, names, spans)).filter((row) => row.service === null);
  const parts = spans?.map((span, index) => ({
    ...span,
    deployments: each?.find((row) => row.span === index)?.deployments ?? 0,
  }));
  return {
    ...rest,
    services: services.map((one) => ({ ...one, measured: of(one.service) })),
    measured: overall,
    parts: parts ?? null,
  };
}

/** The digest of a slot for a channel. `since`: the slot before; null if there was none. */
export async function digestOfSlot(
  deps: ReadDigestDeps,
  { kind, channel, slot }: { readonly kind: DigestKind; readonly channel: string; readonly slot: Date },
  since: Date | null,
): Promise<Message> {
  const { timezone } = deps;
  const services = deps.servicesOf(channel);
  const { digests, weekly } = deps.upcoming(slot);
  const next = (kind === 'daily' ? digests?.[0] : weekly) ?? slot;
  const digest = await readDigest(deps, {
    ...{ kind, services, until: slot, days: MEASURED, charts: kind === 'weekly' },
    since: since ?? daysBefore(slot, kind === 'daily' ? 1 : 7, timezone),
    ahead: (shut) => gatesAhead(shut, services, timezone, slot, next),
  });
  return digestMessage(digest);
}

/** What a person asks a digest for: the last days, of one service or of all (null). */
export interface DigestAsked {
  readonly days: number;
  readonly service: string | null;
}

/** The digest of the last days, and what comes next, for one person. */
export async function digestNow(deps: ReadDigestDeps, { days, service }: DigestAsked): Promise<Message> {
  const { timezone } = deps;
  const until = await timeNow(deps.pool);
  const services = deps.servicesOf(null).filter(({ name }) => service === null || name === service);
  const digest = await readDigest(deps, {
    ...{ kind: 'asked', services, until, days: [days], charts: days > 1 },
    since: daysBefore(until, days, timezone),
    // The next freeze is said apart, with what else comes next.
    ahead: (shut) =>
      gatesAhead(
        shut,
        services.map(({ name }) => ({ name, freezes: [] })),
        timezone,
        until,
        until,
      ),
  });
  return digestMessage(digest, deps.upcoming(until));
}
