import type { ServicePage, ServiceStatus } from '../core/report.js';
import { type UnderWay, underWayIn } from '../db/under-way.js';
import { type QuestionDeps, readStatuses } from './questions.js';

type PageDeps = Pick<QuestionDeps, 'pool' | 'shown'> & { readonly services: readonly string[] };

/** So many are drawn together, shorter if need be. */
const TOGETHER = 100;
/** More are shown page by page: what is read and drawn does not grow with them. */
const OF_A_PAGE = 10;

/**
 * All services, or a page of many: then those in which something goes on come first. A page that does not exist is the
 * nearest that does. `going`: in which of all services something goes on.
 */
export async function readServicePage(
  deps: PageDeps,
  asked: number,
): Promise<ServicePage & { readonly going: readonly UnderWay[] }> {
  const { pool, services } = deps;
  if (services.length <= TOGETHER) {
    const read = await readStatuses(deps, services);
    return { ...onOnePage(read), going: read.statuses.map(underWay) };
  }
  const going = await underWayIn(pool, services);
  const busy = new Set(going.map((one) => one.service));
  const ordered = [...services.filter((name) => busy.has(name)), ...services.filter((name) => !busy.has(name))];
  const pages = Math.ceil(services.length / OF_A_PAGE);
  const page = Math.min(Math.max(asked, 1), pages);
  const read = await readStatuses(deps, ordered.slice((page - 1) * OF_A_PAGE, page * OF_A_PAGE));
  return { ...read, services: services.length, page, pages, ...summed(going), going };
}

/** These services are all. */
export function onOnePage(read: Pick<ServicePage, 'statuses' | 'names'>): ServicePage {
  const { statuses } = read;
  return { ...read, services: statuses.length, page: 1, pages: 1, ...summed(statuses.map(underWay)) };
}

const underWay = ({ service, active, queue, scheduled, waiting }: ServiceStatus): UnderWay => ({
  service,
  active: active ? 1 : 0,
  queued: queue.length + scheduled.length,
  waiting: waiting !== null,
});

function summed(all: readonly UnderWay[]): Pick<ServicePage, 'active' | 'queued' | 'waiting'> {
  const sum = (of: (one: UnderWay) => number) => all.reduce((before, one) => before + of(one), 0);
  return {
    active: sum((one) => one.active),
    queued: sum((one) => one.queued),
    waiting: sum((one) => (one.waiting ? 1 : 0)),
  };
}
