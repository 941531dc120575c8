import { inWords } from '../../core/check.js';
import type { WorkflowFault } from './workflow-faults.js';

/**
 * What GitHub refuses in jobs that wait for each other, and in the ids of steps. Takes the parsed file, whose structure is
 * right.
 */
export function jobsFault(workflow: unknown): WorkflowFault | null {
  const jobs = new Map(Object.entries(mapping(mapping(workflow).jobs)).map(([id, job]) => [id, mapping(job)]));
  if (jobs.size === 0) return { fault: 'it has no job', mend: 'Add one under jobs.' };
  const waits = new Map([...jobs].map(([id, { needs }]) => [id, [needs ?? []].flat().map(String)]));
  for (const [id, needs] of waits) {
    const unknown = needs.find((need) => ![...jobs.keys()].some((one) => one.toLowerCase() === need.toLowerCase()));
    if (unknown !== undefined)
      return {
        fault: `the job ${id} needs ${unknown}, and there is no such job`,
        mend: `The jobs are ${inWords([...jobs.keys()])}.`,
      };
  }
  const done = new Set<string>();
  for (;;) {
    const ready = [...waits].filter(
      ([id, needs]) => !done.has(id.toLowerCase()) && needs.every((need) => done.has(need.toLowerCase())),
    );
    if (ready.length === 0) break;
    for (const [id] of ready) done.add(id.toLowerCase());
  }
  const circle = [...waits.keys()].filter((id) => !done.has(id.toLowerCase()));
  if (circle.length > 0)
    return { fault: `the jobs ${inWords(circle)} wait for each other`, mend: 'Change their needs.' };
  for (const [id, { steps }] of jobs) {
    const ids = (Array.isArray(steps) ? steps : [])
      .flatMap((step) => mapping(step).id ?? [])
      .map((one) => String(one).toLowerCase());
    const twice = ids.find((one, at) => ids.indexOf(one) < at);
    if (twice !== undefined)
      return { fault: `the job ${id} has two steps with the id ${twice}`, mend: 'Rename one of them.' };
  }
  return null;
}

const mapping = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
