/** The stages of production: each has a workflow that it starts with inputs of its own. */

import type { Verdict } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';

/** The service as if production were this stage alone. */
export function asStage(service: CheckedService, stage: CheckedService['stages'][number]): CheckedService {
  const { production } = service;
  return {
    ...service,
    production: {
      ...production,
      workflow: stage.workflow ?? production.workflow,
      inputs: { ...production.inputs, ...stage.inputs },
    },
  };
}

/** What is wrong with a stage, else what could not be looked at, else that all is well. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const first = verdicts.find(({ is }) => is === 'wrong') ?? verdicts.find(({ is }) => is === 'skipped') ?? verdicts[0];
  if (!first) throw new Error('there is no verdict');
  return first;
}
