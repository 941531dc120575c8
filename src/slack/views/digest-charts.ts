import type { KnownBlock } from '@slack/types';
import type { Digest } from '../../core/report.js';
import { barChart } from './chart.js';
import type { Phrase } from './rich.js';

const HOUR = 3_600_000;
const DAY_MS = 86_400_000;

/** How deployments are spread over the period, and how long changes took in each service. */
export function digestCharts({ parts, services, timezone }: Digest): KnownBlock[] {
  if (parts === null) return [];
  const [longest] = services.flatMap(({ measured }) => measured.slice(0, 1));
  const days = longest?.days ?? 0;
  const leads = services.flatMap(({ service, measured }) => {
    const median = measured[0]?.now.leadTime?.median ?? null;
    return median === null ? [] : [[service, Math.round((10 * median) / HOUR) / 10] as const];
  });
  return [
    ...barChart({
      title: `Deployments, last ${days} days`,
      unit: 'live',
      series: 'deployments',
      bars: parts.map((part) => [dayOf(part, timezone), part.deployments]),
    }),
    ...barChart({
      title: `Lead time, median of the last ${days} days`,
      unit: 'hours',
      series: 'lead time',
      bars: leads.sort(([, one], [, other]) => other - one),
    }),
  ];
}

/** The first chart in words: `By day: Mon 3, Tue 5`. The measures of each service say what the second shows. */
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
