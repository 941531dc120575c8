import type { KnownBlock } from '@slack/types';
import type { Digest, ServiceDigest } from '../../core/report.js';
import { barChart } from './chart.js';
import type { Phrase } from './rich.js';

const HOUR = 3_600_000;
const DAY_MS = 86_400_000;

const lastDays = (services: readonly ServiceDigest[]): string => {
  const [days = 0] = services.flatMap(({ measured }) => measured.slice(0, 1).map((one) => one.days));
  return `last ${days} days`;
};

/** How deployments are spread over the period. */
export function partsChart({ parts, services, timezone }: Digest): KnownBlock[] {
  if (parts === null) return [];
  return barChart({
    title: `Deployments, ${lastDays(services)}`,
    unit: 'live',
    series: 'deployments',
    bars: parts.map((part) => [dayOf(part, timezone), part.deployments]),
  });
}

/** How long changes took in each of these services, the slowest first; their measures say it in words. */
export function leadTimeChart({ parts }: Digest, services: readonly ServiceDigest[]): KnownBlock[] {
  if (parts === null) return [];
  const bars = services.flatMap(({ service, measured }) => {
    const median = measured[0]?.now.leadTime?.median ?? null;
    return median === null ? [] : [[service, Math.round((10 * median) / HOUR) / 10] as const];
  });
  return barChart({
    title: `Median lead time, ${lastDays(services)}`,
    unit: 'hours',
    series: 'lead time',
    bars: bars.sort(([, one], [, other]) => other - one),
  });
}

/** The chart of deployments in words: `Deployments: 22 Nov 3, 23 Nov 5`. */
export function partsInWords({ parts, timezone }: Digest): Phrase[] {
  if (parts === null || parts.every(({ deployments }) => deployments === 0)) return [];
  const each = parts.map((part) => `${dayOf(part, timezone)} ${part.deployments}`);
  return [[`Deployments: ${each.join(', ')}`]];
}

/** The day on which a part begins; of a week both days, the second of which ends it. */
function dayOf({ since, until }: { readonly since: Date; readonly until: Date }, timezone: string): string {
  const day = (at: Date) => format(timezone).format(at);
  // A day on which the clocks change has up to 25 hours.
  return until.getTime() - since.getTime() < 1.5 * DAY_MS ? day(since) : `${day(since)} – ${day(until)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' });
  formats.set(timeZone, known);
  return known;
}
