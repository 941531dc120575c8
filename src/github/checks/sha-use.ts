import { followValue, stronger, type Use } from './script.js';
import {
  conditionHoldsSha,
  givenBy,
  type Holders,
  holdsSha,
  type Mapping,
  mapping,
  marked,
  NO_HOLDERS,
  neverHolds,
  outputsOf,
  ownVariables,
  withEnv,
  withMatrix,
} from './sha-holders.js';

/**
 * What a workflow does with the input `sha`: passes it on to something that can deploy it; perhaps, and where to look;
 * or nothing, and where it only shows it.
 */
export type ShaUse =
  | { readonly is: 'used' }
  | { readonly is: 'unclear'; readonly lookAt: readonly string[] }
  | { readonly is: 'unused'; readonly shownIn: readonly string[] };

/** Keys of a job and of a step whose text deploys nothing by itself. */
const LABELS = [
  'outputs',
  'strategy',
  'name',
  'id',
  'environment',
  'concurrency',
  'permissions',
  'runs-on',
  'needs',
  'timeout-minutes',
];
/** Public actions that read no inputs but those under `with`, by their owners; any other may read the event. */
const DEAF =
  /^(?:actions|aws-actions|azure|google-github-actions|docker|hashicorp|github|gradle|ruby|pnpm|oven-sh|denoland|astral-sh|dtolnay|slackapi|sigstore|aquasecurity|codecov)\//i;
/** Actions that tell people about a deployment. */
const TELLS = /slack|notif|discord|teams|telegram|mail|comment|deployment-status/i;

/** Actions that prepare a runner or keep something: what they are given deploys nothing. */
const PREPARES = /^actions\/(?:upload-artifact|setup-[\w-]+)(?:@|\/)/i;

/** Finds what a workflow does with the input `sha`. Takes the parsed file; ignores what has another shape. */
export function findShaUse(workflow: unknown): ShaUse {
  let use = null as Use;
  const shownIn = new Set<string>();
  const lookAt = new Set<string>();
  const note = (found: Use, where: string): void => {
    use = stronger(use, found);
    if (found === 'shown') shownIn.add(where);
    if (found === 'compared') lookAt.add(where);
  };

  const { name, concurrency, env, jobs } = mapping(workflow);
  const everywhere = outputsOf(mapping(jobs), withEnv(NO_HOLDERS, env));
  if (holdsSha({ name, concurrency }, everywhere)) note('shown', 'the name or the concurrency group');
  for (const [id, job] of Object.entries(mapping(jobs))) lookAtJob(id, mapping(job));

  function lookAtJob(id: string, job: Mapping): void {
    const holders = withEnv(withMatrix(everywhere, job.strategy), job.env);
    const place = `the job ${id}`;
    if (neverHolds(job.if)) {
      idle(job, holders, place);
      return;
    }
    if (holdsSha(labelsOf(job), holders)) note('shown', `labels of ${place}`);
    if (conditionHoldsSha(job.if, holders)) note('compared', `the condition of ${place}`);
    const { env: _env, steps, if: _if, uses, ...rest } = job;
    if (holdsSha(withoutLabels(rest), holders)) note('passed on', place);
    else if (typeof uses === 'string') note('compared', `the workflow ${uses}`);
    if (Array.isArray(steps)) for (const step of steps) lookAtStep(mapping(step), holders, place);
  }

  function lookAtStep(step: Mapping, outer: Holders, job: string): void {
    const own = ownVariables(step.env, outer);
    const holders = withEnv(outer, step.env);
    const called = typeof step.name === 'string' ? step.name : (step.uses ?? firstLine(step.run));
    const place = `the step ${String(called ?? step.id ?? 'without a name')} of ${job}`;
    if (neverHolds(step.if)) {
      idle(step, holders, place);
      return;
    }
    if (holdsSha(labelsOf(step), holders)) note('shown', `the name of a step of ${job}`);
    if (conditionHoldsSha(step.if, holders)) note('compared', `the condition of ${place}`);
    if (typeof step.uses === 'string') note(actionUse(step.uses, step, own, holders), place);
    else if (typeof step.run === 'string') {
      const { variables } = holders;
      const { use: found, startsPrograms } = followValue(marked(step.run, holders), variables);
      note(
        startsPrograms ? (found === null ? inherited(own, outer.variables) : atLeast(found, variables)) : found,
        place,
      );
      if (holdsSha({ at: step['working-directory'], in: step.shell }, holders)) note('passed on', place);
    }
  }

  function idle(part: Mapping, holders: Holders, place: string): void {
    if (holdsSha(part, holders)) note('shown', `${place}, which no start runs`);
  }

  if (use === 'passed on') return { is: 'used' };
  return lookAt.size > 0 ? { is: 'unclear', lookAt: [...lookAt] } : { is: 'unused', shownIn: [...shownIn] };
}

/** A program that a script starts may read the variables of its step, which were set for it, or those around it. */
function inherited(own: ReadonlySet<string>, outer: ReadonlySet<string>): Use {
  if (own.size > 0) return 'passed on';
  return outer.size > 0 ? 'compared' : null;
}

/** A script that shows a variable may start a program that reads it too. */
function atLeast(found: Use, names: ReadonlySet<string>): Use {
  return names.size > 0 ? stronger(found, 'compared') : found;
}

function actionUse(uses: string, step: Mapping, own: ReadonlySet<string>, holders: Holders): Use {
  const given = mapping(step.with);
  const holds = holdsSha(given, holders);
  if (/^actions\/checkout(?:@|$)/i.test(uses)) {
    const ref = inputOf(given, 'ref');
    if (!holdsSha({ ref }, holders)) return holds ? 'shown' : null;
    const outcome = givenBy(ref, holders);
    // With text around it, it is the name of something else: a tag, perhaps.
    if (outcome === null) return 'compared';
    return outcome.value ? 'passed on' : 'shown';
  }
  if (/^actions\/github-script@/i.test(uses)) {
    const script = String(inputOf(given, 'script') ?? '').replace(/(^|\s)\/\/.*$/gm, '$1');
    return stronger(followValue(marked(script, holders), holders.variables).use, eventUse(script));
  }
  if (PREPARES.test(uses)) return holds ? 'shown' : null;
  // A cache may bring back what was built of that commit.
  if (/^actions\/cache(?:@|\/)/i.test(uses)) return holds ? 'compared' : null;
  if (holds || own.size > 0) return TELLS.test(uses) ? 'compared' : 'passed on';
  return DEAF.test(uses) ? null : 'compared';
}

/** actions/github-script has the event as `context.payload`. */
function eventUse(script: string): Use {
  if (/\bpayload\b/.test(script) && /\binputs\b/.test(script) && /\bsha\b/i.test(script)) return 'passed on';
  return /\bpayload\b|\bcontext\b(?!\s*\.\s*(?!payload)\w)/.test(script) ? 'compared' : null;
}

const labelsOf = (of: Mapping): Mapping => Object.fromEntries(LABELS.map((key) => [key, of[key]]));
const withoutLabels = (of: Mapping): Mapping =>
  Object.fromEntries(Object.entries(of).filter(([key]) => !LABELS.includes(key)));

/** The names of an action's inputs are the same in capitals. */
const inputOf = (of: Mapping, key: string): unknown =>
  Object.entries(of).find(([name]) => name.toLowerCase() === key)?.[1];

const firstLine = (text: unknown): unknown =>
  typeof text === 'string' ? text.trim().split('\n')[0]?.slice(0, 60) : text;
