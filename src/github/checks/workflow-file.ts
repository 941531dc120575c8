import { parse } from 'yaml';
import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text)]).nullish();
const input = z
  .looseObject({
    required: z.boolean().nullish(),
    default: z.unknown().optional(),
    type: z.string().nullish(),
    options: z.array(text).nullish(),
  })
  .nullable();
const push = z.looseObject({ branches: texts, 'branches-ignore': texts, tags: texts, 'tags-ignore': texts }).nullish();
const dispatch = z.looseObject({ inputs: z.record(z.string(), input).nullish() }).nullish();
const file = z.looseObject({
  'run-name': text.nullish(),
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
});

const USES_SHA =
  /\binputs(\.sha\b|\['sha'\])|toJSON\(\s*(github|github\.event|(github\.event\.)?inputs)\s*\)|GITHUB_EVENT_PATH/i;

/** An input that a workflow declares. */
interface DeclaredInput {
  readonly required: boolean;
  readonly hasDefault: boolean;
  /** The values of a choice; null for any. */
  readonly options: readonly string[] | null;
}

/** What a workflow file says about its triggers and its name. */
export interface WorkflowFile {
  readonly runName: string | null;
  /** Whether a push to a branch starts it; null when no push does. */
  readonly startsOn: ((branch: string) => boolean) | null;
  /** Whether anything except its name uses the input `sha`, all inputs at once, or the event that carries them. */
  readonly usesSha: boolean;
  /** null when it cannot be dispatched. */
  readonly inputs: ReadonlyMap<string, DeclaredInput> | null;
}

/**
 * Reads a workflow file (docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax). The names of
 * inputs are in lower case, as GitHub ignores case. Returns `fault`, what is wrong, when it is not a workflow file.
 */
export function readWorkflowFile(source: string): WorkflowFile | { readonly fault: string } {
  let raw: unknown;
  try {
    raw = parse(source);
  } catch (error) {
    return {
      fault: `it is not valid YAML: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`,
    };
  }
  const read = file.safeParse(raw);
  if (!read.success) return { fault: 'it has no event under on' };
  const { on } = read.data;
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
  const details = typeof on === 'object' && !Array.isArray(on) ? on : {};
  const pushed = push.safeParse(details.push);
  const dispatched = dispatch.safeParse(details.workflow_dispatch);
  if (!pushed.success || !dispatched.success)
    return { fault: `on.${pushed.success ? 'workflow_dispatch' : 'push'} is not valid` };
  return {
    runName: read.data['run-name'] ?? null,
    startsOn: events.includes('push') ? startsOn(pushed.data) : null,
    usesSha: USES_SHA.test(JSON.stringify({ ...(raw as object), 'run-name': null, on: null })),
    inputs: events.includes('workflow_dispatch') ? declared(dispatched.data?.inputs ?? {}) : null,
  };
}

function declared(inputs: Record<string, z.infer<typeof input>>): Map<string, DeclaredInput> {
  return new Map(
    Object.entries(inputs).map(([name, given]) => [
      name.toLowerCase(),
      {
        required: given?.required === true,
        hasDefault: given?.default !== undefined && given.default !== null && given.default !== '',
        options: given?.type === 'choice' ? (given.options ?? []) : null,
      },
    ]),
  );
}

function startsOn(filter: z.infer<typeof push>): (branch: string) => boolean {
  if (filter?.branches) return (branch) => lastWord(filter.branches ?? [], branch);
  if (filter?.['branches-ignore'])
    return (branch) => !(filter['branches-ignore'] ?? []).some((pattern) => patternOf(pattern).test(branch));
  // With a filter for tags only, pushes to branches start nothing.
  if (filter?.tags || filter?.['tags-ignore']) return () => false;
  return () => true;
}

/** Patterns apply in order; one with `!` excludes what earlier patterns included. */
function lastWord(patterns: readonly string[], branch: string): boolean {
  return patterns.reduce((matches, pattern) => {
    const not = pattern.startsWith('!');
    return patternOf(not ? pattern.slice(1) : pattern).test(branch) ? !not : matches;
  }, false);
}

/**
 * GitHub's filter patterns: `*` matches anything but a slash, `**` anything; `?` and `+` repeat the character before
 * them; `[]` matches one character of a list.
 */
function patternOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|\\.|[*.^$(){}|\\]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.length === 2 ? part : `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^\b$/;
  }
}
