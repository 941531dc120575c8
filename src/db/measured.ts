import { type AllMeasured, type Measured, type Measures, NOTHING_MEASURED, type Period } from '../core/measures.js';
import { fewAtOnce } from '../waits/few-at-once.js';
import { approvalWaits, changeFailures, deploymentFrequency, leadTime, timeToRestore } from './measures.js';
import type { Queryable } from './pool.js';

/** All measures of these services in each period and in the one before it. `atOnce`: statements that run at the same time. */
export async function measured(
  db: Queryable,
  services: readonly string[],
  periods: readonly Period[],
  atOnce: number,
): Promise<AllMeasured> {
  const spans = periods.flatMap(({ now, before }) => [now, before]);
  const found = new Map<string | null, Measures[]>();
  const put = (service: string | null, span: number, measures: Partial<Measures>) => {
    const own = found.get(service) ?? spans.map(() => NOTHING_MEASURED);
    own[span] = { ...(own[span] ?? NOTHING_MEASURED), ...measures };
    found.set(service, own);
  };
  const statements = [
    async () => {
      for (const { service, span, deployments } of await deploymentFrequency(db, services, spans))
        put(service, span, { deployments });
    },
    async () => {
      for (const { service, span, median, known, changes } of await leadTime(db, services, spans))
        put(service, span, { leadTime: { median, known, changes } });
    },
    async () => {
      for (const { service, span, failed, of } of await changeFailures(db, services, spans))
        put(service, span, { failures: { failed, of } });
    },
    async () => {
      for (const { service, span, median, times } of await timeToRestore(db, services, spans))
        put(service, span, { restore: { median, times } });
    },
    async () => {
      for (const { service, span, median, ninetieth, requests } of await approvalWaits(db, services, spans))
        put(service, span, { approvals: { median, ninetieth, requests } });
    },
  ];
  await fewAtOnce(statements, atOnce, (ask) => ask());
  const of = (service: string | null): Measured[] => {
    const own = found.get(service) ?? [];
    return periods.map(({ days }, index) => ({
      days,
      now: own[2 * index] ?? NOTHING_MEASURED,
      before: own[2 * index + 1] ?? NOTHING_MEASURED,
    }));
  };
  return { overall: of(null), byService: new Map(services.map((name) => [name, of(name)])) };
}
