/** What stages may not be, which only shows beside the rest of their service. */

import { type Problem, shown } from './problems.js';
import { at } from './raw.js';

const MOST_INPUTS = 22;

/** Reports a stage that runs the staging workflow, and one with more inputs than GitHub accepts. */
export function wrongStages(service: unknown, index: number): Problem[] {
  const stages = at(service, 'production', 'stages');
  if (!Array.isArray(stages)) return [];
  return stages.flatMap((stage: unknown, place) => {
    const setting = `services[${index}].production.stages[${place}]`;
    return [
      ...runsStaging(service, stage, setting),
      ...tooManyInputs(service, stage, setting),
      ...checksByDeploying(service, stages, stage, setting),
    ];
  });
}

/** Its runs would be taken for results of staging. */
function runsStaging(service: unknown, stage: unknown, setting: string): Problem[] {
  const workflow = at(stage, 'workflow');
  if (typeof workflow !== 'string' || workflow !== at(service, 'staging', 'workflow')) return [];
  const expected = 'a workflow that deploys to production; this one tests in staging';
  return [{ setting: `${setting}.workflow`, found: shown(workflow), expected }];
}

/** The runs of a check would be taken for those of staging or production. */
function checksByDeploying(service: unknown, stages: readonly unknown[], stage: unknown, setting: string): Problem[] {
  const checks = at(stage, 'check');
  if (!Array.isArray(checks)) return [];
  const taken = [
    at(service, 'staging', 'workflow'),
    at(service, 'production', 'workflow'),
    ...stages.map((one) => at(one, 'workflow')),
  ];
  return checks.flatMap((check: unknown, place): Problem[] => {
    const workflow = at(check, 'workflow');
    if (typeof workflow !== 'string' || !taken.includes(workflow)) return [];
    const expected = 'a workflow that only checks; this one runs in staging or deploys';
    return [{ setting: `${setting}.check[${place}].workflow`, found: shown(workflow), expected }];
  });
}

function tooManyInputs(service: unknown, stage: unknown, setting: string): Problem[] {
  const names = [at(service, 'production', 'inputs'), at(stage, 'inputs')].flatMap((inputs) =>
    typeof inputs === 'object' && inputs !== null ? Object.keys(inputs) : [],
  );
  const count = new Set(names.map((name) => name.toLowerCase())).size;
  if (count <= MOST_INPUTS) return [];
  const found = `${count} inputs, with those of production`;
  const expected = `at most ${MOST_INPUTS} together: GitHub accepts 25, and Pushbutton sends three`;
  return [{ setting: `${setting}.inputs`, found, expected }];
}
