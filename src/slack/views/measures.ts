import { formatDuration } from '../../core/duration.js';
import type { Measured, Measures } from '../../core/measures.js';
import { bold, joined, type Phrase } from './rich.js';
import { counted } from './words.js';

/** What a measure is now and was before, in words and as a number; null where nothing was measured. */
interface Compared {
  readonly now: string;
  readonly before: string | null;
  readonly rose: boolean;
}

const percent = ({ failed, of }: Measures['failures']): number => Math.round((100 * failed) / of);

function compared<T>(
  of: T | null,
  was: T | null,
  words: (one: T) => string,
  size: (one: T) => number,
): Compared | null {
  if (of === null) return null;
  return { now: words(of), before: was && words(was), rose: was !== null && size(of) > size(was) };
}

const ofMedian = (of: { readonly median: number } | null, was: { readonly median: number } | null) =>
  compared(
    of,
    was,
    (one) => formatDuration(one.median),
    (one) => one.median,
  );

const known = ({ leadTime }: Measures) =>
  leadTime && leadTime.median !== null ? { ...leadTime, median: leadTime.median } : null;

const failures = ({ failures: one }: Measures) => (one.of === 0 ? null : one);

const compare = ({ now, before }: Measured) => ({
  deployments: compared(now.deployments, before.deployments, String, (one) => one) as Compared,
  lead: ofMedian(known(now), known(before)),
  failed: compared(failures(now), failures(before), (one) => `${percent(one)}%`, percent),
  restored: ofMedian(now.restore, before.restore),
  approved: ofMedian(now.approvals, before.approvals),
});

/** Whether there is nothing to say of a period. */
export const isUnmeasured = ({ now, before }: Measured): boolean =>
  [now, before].every((one) => one.deployments === 0 && one.failures.of === 0 && !one.restore && !one.approvals);

/**
 * All measures of a period in words, and what each was in the period before: `Last 7 days: 23 deployments (3.3 a day), up
 * from 15 · …`. What was not measured is left out.
 */
export function inWords(measured: Measured): Phrase {
  const { now, days } = measured;
  const { deployments, lead, failed, restored, approved } = compare(measured);
  const { leadTime } = now;
  const some =
    leadTime && leadTime.known < leadTime.changes
      ? ` (known for ${leadTime.known} of ${leadTime.changes} changes)`
      : '';
  const parts: (string | null)[] = [
    `${counted(now.deployments, 'deployment')} (${perDay(now.deployments, days)} a day)${trend(deployments)}`,
    lead && `lead time ${lead.now}${some}${trend(lead)}`,
    failed && `${howMany(now.failures)}${trend(failed)}`,
    restored && `restored in ${restored.now}${trend(restored)}`,
    approved &&
      `approvals took ${approved.now}${trend(approved)}, 90% within ${formatDuration(now.approvals?.ninetieth ?? 0)}`,
  ];
  const said = parts.filter((part) => part !== null);
  return [bold(`Last ${counted(days, 'day')}`), ': ', ...joined(said.map((part): Phrase => [part]))];
}

/** DORA's four in short, with an arrow for what rose or fell: `7 days: 12 deployments ↑ · lead time 5 h ↓ · 8% failed · …`. */
export function inShort(measured: Measured): Phrase {
  const { deployments, lead, failed, restored } = compare(measured);
  const parts: (string | null)[] = [
    `${counted(measured.now.deployments, 'deployment')}${arrow(deployments)}`,
    lead && `lead time ${roughly(lead.now)}${arrow(lead)}`,
    failed && `${failed.now} failed${arrow(failed)}`,
    restored && `restored in ${roughly(restored.now)}${arrow(restored)}`,
  ];
  return [`${counted(measured.days, 'day')}: `, parts.filter((part) => part !== null).join(' · ')];
}

/** The largest unit alone: `2 d` of `2 d 4 h`. */
const roughly = (duration: string): string => duration.split(' ').slice(0, 2).join(' ');

const howMany = ({ failed, of }: Measures['failures']): string =>
  failed === 0 ? `none of ${of} failed` : `${failed} of ${of} failed (${percent({ failed, of })}%)`;

const perDay = (count: number, days: number): string => {
  const each = count / days;
  return each >= 10 ? String(Math.round(each)) : String(Math.round(each * 10) / 10);
};

const trend = ({ now, before, rose }: Compared): string => {
  if (before === null) return '';
  return now === before ? ', as before' : `, ${rose ? 'up' : 'down'} from ${before}`;
};

const arrow = ({ now, before, rose }: Compared): string => {
  if (before === null || now === before) return '';
  return rose ? ' ↑' : ' ↓';
};
