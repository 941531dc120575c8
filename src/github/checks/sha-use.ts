import { expressionsIn, holdsInput, readExpression } from './expression.js';
import { followValue, stronger, type Use, VALUE } from './script.js';

/**
 * What a workflow does with the input `sha`: passes it on to something that can deploy it; perhaps, and where to look;
 * or nothing, and where it only shows it.
 */
export type ShaUse =
  | { readonly is: 'used' }
  | { readonly is: 'unclear'; readonly lookAt: readonly string[] }
  | { readonly is: 'unused'; readonly shownIn: readonly string[] };

type Mapping = Readonly<Record<string, unknown>>;

/** Keys of a job and of a step whose text deploys nothing. */
const LABELS = ['name', 'id', 'environment', 'concurrency', 'permissions', 'runs-on', 'needs', 'timeout-minutes'];
/** Public actions that read no inputs but those under `with`, by their owners; any other may read the event. */
const DEAF =
  /^(?:actions|aws-actions|azure|google-github-actions|docker|hashicorp|github|gradle|ruby|pnpm|oven-sh|denoland|astral-sh|dtolnay|slackapi|sigstore|aquasecurity|codecov)\//i;
/** Actions that tell people about a deployment. */
const TELLS = /slack|notif|discord|teams|telegram|mail|comment|deployment-status/i;

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

  const everywhere = withEnv(new Set(), mapping(workflow).env);
  const labels = { name: mapping(workflow).name, concurrency: mapping(workflow).concurrency };
  if (holdsSha(labels, everywhere)) note('shown', 'the name or the concurrency group');
  for (const [id, job] of Object.entries(mapping(mapping(workflow).jobs))) lookAtJob(id, mapping(job));

  function lookAtJob(id: string, job: Mapping): void {
    const names = withEnv(everywhere, job.env);
    const place = `the job ${id}`;
    if (holdsSha(labelsOf(job), names)) note('shown', `labels of ${place}`);
    if (conditionHoldsSha(job.if, names)) note('compared', `the condition of ${place}`);
    const { env: _env, steps, if: _if, uses, ...rest } = job;
    if (holdsSha(withoutLabels(rest), names)) note('passed on', place);
    else if (typeof uses === 'string') note('compared', `the workflow ${uses}`);
    if (Array.isArray(steps)) for (const step of steps) lookAtStep(mapping(step), names, place);
  }

  function lookAtStep(step: Mapping, outer: ReadonlySet<string>, job: string): void {
    const own = withEnv(new Set(), step.env, outer);
    const names = new Set([...outer, ...own]);
    const called = typeof step.name === 'string' ? step.name : (step.uses ?? firstLine(step.run));
    const place = `the step ${String(called ?? step.id ?? 'without a name')} of ${job}`;
    if (holdsSha(labelsOf(step), names)) note('shown', `the name of a step of ${job}`);
    if (conditionHoldsSha(step.if, names)) note('compared', `the condition of ${place}`);
    if (typeof step.uses === 'string') note(actionUse(step.uses, step, own, names), place);
    else if (typeof step.run === 'string') {
      const { use: found, startsPrograms } = followValue(marked(step.run, names), names);
      note(startsPrograms ? (found === null ? inherited(own, outer) : atLeast(found, names)) : found, place);
      if (holdsSha({ at: step['working-directory'], in: step.shell }, names)) note('passed on', place);
    }
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

function actionUse(uses: string, step: Mapping, own: ReadonlySet<string>, names: ReadonlySet<string>): Use {
  const given = mapping(step.with);
  const holds = holdsSha(given, names);
  if (/^actions\/checkout(?:@|$)/i.test(uses)) {
    if (holdsSha({ ref: inputOf(given, 'ref') }, names)) return 'passed on';
    return holds ? 'shown' : null;
  }
  if (/^actions\/github-script@/i.test(uses)) {
    const script = String(inputOf(given, 'script') ?? '').replace(/(^|\s)\/\/.*$/gm, '$1');
    return stronger(followValue(marked(script, names), names).use, eventUse(script));
  }
  if (/^actions\/upload-artifact(?:@|\/)/i.test(uses)) return holds ? 'shown' : null;
  if (holds || own.size > 0) return TELLS.test(uses) ? 'compared' : 'passed on';
  return DEAF.test(uses) ? null : 'compared';
}

/** actions/github-script has the event as `context.payload`. */
function eventUse(script: string): Use {
  if (/\bpayload\b/.test(script) && /\binputs\b/.test(script) && /\bsha\b/i.test(script)) return 'passed on';
  return /\bpayload\b|\bcontext\b(?!\s*\.\s*(?!payload)\w)/.test(script) ? 'compared' : null;
}

/** The variables that hold the SHA: those around, and those of this `env`. */
function withEnv(around: ReadonlySet<string>, env: unknown, readable = around): Set<string> {
  const own = Object.entries(mapping(env)).filter(([, value]) => holdsSha({ value }, readable));
  return new Set([...around, ...own.map(([name]) => name)]);
}

/** A text with VALUE in place of each expression that has the SHA, and a word in place of the others. */
function marked(text: string, names: ReadonlySet<string>): string {
  let result = '';
  let done = 0;
  for (const { from, to, source } of expressionsIn(text) ?? []) {
    result += text.slice(done, from) + (readsSha(source, names) ? VALUE : 'x');
    done = to;
  }
  return result + text.slice(done);
}

/** Whether an expression anywhere in a value has the SHA. */
function holdsSha(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return (expressionsIn(value) ?? []).some(({ source }) => readsSha(source, names));
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => holdsSha(one, names));
}

/** A condition is an expression also without `${{ }}`. */
function conditionHoldsSha(value: unknown, names: ReadonlySet<string>): boolean {
  return typeof value === 'string' && (value.includes('${{') ? holdsSha(value, names) : readsSha(value, names));
}

function readsSha(source: string, names: ReadonlySet<string>): boolean {
  return readExpression(source).references.some((reference) => {
    if (holdsInput(reference, 'sha') !== null) return true;
    return reference[0] === 'env' && [...names].some((name) => name.toLowerCase() === reference[1]);
  });
}

const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};

const labelsOf = (of: Mapping): Mapping => Object.fromEntries(LABELS.map((key) => [key, of[key]]));
const withoutLabels = (of: Mapping): Mapping =>
  Object.fromEntries(Object.entries(of).filter(([key]) => !LABELS.includes(key)));

/** The names of an action's inputs are the same in capitals. */
const inputOf = (of: Mapping, key: string): unknown =>
  Object.entries(of).find(([name]) => name.toLowerCase() === key)?.[1];

const firstLine = (text: unknown): unknown =>
  typeof text === 'string' ? text.trim().split('\n')[0]?.slice(0, 60) : text;
