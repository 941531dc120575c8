import { parse, stringify } from 'yaml';
import { z } from 'zod';

interface WorkflowInput {
  required?: boolean;
  default?: string;
  type?: 'string' | 'boolean' | 'number' | 'choice' | 'environment';
  options?: string[];
}

/** A workflow file as the stand-in understands it. */
export interface WorkflowDefinition {
  file: string;
  name: string;
  on: string[];
  /** The branches whose pushes start it; null for all. Exact names, or `*` patterns. */
  branches: string[] | null;
  /** The tags whose pushes start it; null for all, unless there are branches. */
  tags: string[] | null;
  inputs: Record<string, WorkflowInput>;
  runName: string | null;
  jobs: string[];
  source: string;
}

/** What a test writes: the few words it needs, or the file's own text. */
export type WorkflowOptions =
  | { file: string; source: string }
  | {
      file: string;
      name?: string;
      on: string[];
      branches?: string[];
      inputs?: Record<string, WorkflowInput>;
      runName?: string;
      jobs?: string[];
    };

const inputSchema = z.object({
  required: z.boolean().optional(),
  default: z.union([z.string(), z.boolean(), z.number()]).transform(String).optional(),
  type: z.enum(['string', 'boolean', 'number', 'choice', 'environment']).optional(),
  options: z.array(z.coerce.string()).optional(),
});

const fileSchema = z.object({
  name: z.string().optional(),
  'run-name': z.string().optional(),
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  jobs: z.record(z.string(), z.looseObject({ name: z.string().optional() })),
});

const pushSchema = z
  .object({ branches: z.array(z.string()).optional(), tags: z.array(z.string()).optional() })
  .nullish();

const dispatchSchema = z.object({ inputs: z.record(z.string(), inputSchema.nullable()).nullish() }).nullish();

/** Reads a workflow's options or its YAML text; throws if the text is not a workflow. */
export function defineWorkflow(options: WorkflowOptions): WorkflowDefinition {
  if (!('source' in options)) {
    const { file, on } = options;
    const plain = {
      file,
      on,
      name: options.name ?? file.replace(/\.ya?ml$/, ''),
      branches: options.branches ?? null,
      tags: null,
      inputs: options.inputs ?? {},
      runName: options.runName ?? null,
      jobs: options.jobs ?? ['build'],
    };
    return { ...plain, source: write(plain) };
  }
  const file = fileSchema.parse(parse(options.source));
  const triggers = typeof file.on === 'string' ? { [file.on]: null } : file.on;
  const on = Array.isArray(triggers) ? triggers : Object.keys(triggers);
  const push = Array.isArray(triggers) ? null : pushSchema.parse(triggers.push);
  const dispatch = Array.isArray(triggers) ? null : dispatchSchema.parse(triggers.workflow_dispatch);
  const inputs: Record<string, WorkflowInput> = {};
  for (const [key, input] of Object.entries(dispatch?.inputs ?? {})) inputs[key] = known(input ?? {});
  return {
    file: options.file,
    name: file.name ?? `.github/workflows/${options.file}`,
    on,
    branches: push?.branches ?? null,
    tags: push?.tags ?? null,
    inputs,
    runName: file['run-name'] ?? null,
    jobs: Object.entries(file.jobs).map(([key, job]) => job.name ?? key),
    source: options.source,
  };
}

function known(input: z.infer<typeof inputSchema>): WorkflowInput {
  return {
    ...(input.required !== undefined && { required: input.required }),
    ...(input.default !== undefined && { default: input.default }),
    ...(input.type !== undefined && { type: input.type }),
    ...(input.options !== undefined && { options: input.options }),
  };
}

function write(workflow: Omit<WorkflowDefinition, 'source'>): string {
  const dispatch = Object.keys(workflow.inputs).length > 0 ? { inputs: workflow.inputs } : null;
  const on = workflow.on.map((event) => [
    event,
    event === 'workflow_dispatch'
      ? dispatch
      : event === 'push' && workflow.branches
        ? { branches: workflow.branches }
        : null,
  ]);
  const runName = workflow.runName?.replace(/\$\{(\w+)\}/g, '$${{ inputs.$1 }}');
  const jobs = workflow.jobs.map((name) => {
    const key = name.replace(/\W+/g, '-');
    return [key, { name, 'runs-on': 'ubuntu-latest', steps: [{ run: 'true' }] }];
  });
  return stringify({
    name: workflow.name,
    ...(runName && { 'run-name': runName }),
    on: Object.fromEntries(on),
    jobs: Object.fromEntries(jobs),
  });
}

/**
 * Fills a workflow's `run-name`: `${{ inputs.sha }}` as in the file, or `${sha}` for short. A run without one is named
 * after its fallback (the commit's title, or the workflow).
 */
export function titleOf(workflow: WorkflowDefinition, inputs: Record<string, string>, fallback: string): string {
  if (workflow.runName === null) return fallback;
  const filled = workflow.runName
    .replace(/\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/g, (_all, key: string) => inputs[key] ?? '')
    .replace(/\$\{(\w+)\}/g, (_all, key: string) => inputs[key] ?? '')
    .trim();
  return filled || fallback;
}

/**
 * Checks a dispatch's inputs against the workflow's own. Returns GitHub's message for the first fault, or the inputs as
 * strings with defaults filled in. Values that are not strings are converted to text, as GitHub does.
 */
export function checkInputs(
  workflow: WorkflowDefinition,
  given: Record<string, unknown>,
): { refusal: string } | { inputs: Record<string, string> } {
  const unexpected = Object.keys(given).filter((key) => !(key in workflow.inputs));
  if (unexpected.length > 0) return { refusal: `Unexpected inputs provided: ${JSON.stringify(unexpected)}` };
  const inputs: Record<string, string> = {};
  for (const [key, declared] of Object.entries(workflow.inputs)) {
    const value = given[key] ?? declared.default ?? '';
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (declared.required && text === '') return { refusal: `Required input '${key}' not provided` };
    if (declared.type === 'choice' && text !== '' && !declared.options?.includes(text)) {
      return { refusal: `Provided value '${text}' for input '${key}' not in the list of allowed values` };
    }
    inputs[key] = text;
  }
  return { inputs };
}

/** Whether a push to this branch starts the workflow. With filters for tags alone, no branch does. */
export function startsOnPush(workflow: WorkflowDefinition, branch: string): boolean {
  const { on, branches, tags } = workflow;
  return on.includes('push') && (branches === null ? tags === null : someMatch(branches, branch));
}

/** Whether a push of this tag starts the workflow. With filters for branches alone, no tag does. */
export function startsOnTag(workflow: WorkflowDefinition, tag: string): boolean {
  const { on, branches, tags } = workflow;
  return on.includes('push') && (tags === null ? branches === null : someMatch(tags, tag));
}

function someMatch(patterns: readonly string[], name: string): boolean {
  const pattern = (text: string) =>
    new RegExp(
      `^${text.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*+/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`,
    );
  return patterns.some((each) => pattern(each).test(name));
}
