import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type ArtifactStep, findArtifactSteps } from './artifacts.js';
import { type Declarations, dispatchShape, readInputs } from './dispatch-inputs.js';
import { jobsFault } from './jobs-fault.js';
import { findShaUse, type ShaUse } from './sha-use.js';
import { readStructure, type Structure } from './structure.js';
import { filterFault, type WorkflowFault, yamlFault } from './workflow-faults.js';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text)]).nullish();
const push = z.looseObject({ branches: texts, 'branches-ignore': texts, tags: texts, 'tags-ignore': texts }).nullish();
const file = z.looseObject({
  'run-name': text.nullish(),
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
});

/** What a workflow file says about its triggers and its name. */
export interface WorkflowFile {
  readonly runName: string | null;
  /** What starts it. */
  readonly events: readonly string[];
  /** Whether a push to a branch starts it; null when no push does. */
  readonly startsOn: ((branch: string) => boolean) | null;
  readonly shaUse: ShaUse;
  /** The steps that keep or fetch artifacts. */
  readonly artifactSteps: readonly ArtifactStep[];
  /** null when it cannot be dispatched. */
  readonly inputs: Declarations['inputs'] | null;
  readonly declarations: Declarations;
  readonly structure: Structure;
}

/**
 * Reads a workflow file (docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax). The names of
 * inputs are in lower case, as GitHub ignores case. Returns `fault`, what is wrong, when GitHub would refuse the file.
 */
export function readWorkflowFile(source: string): WorkflowFile | WorkflowFault {
  const raw = readYaml(source);
  if ('fault' in raw) return raw;
  const read = file.safeParse(raw.is);
  if (!read.success) return { fault: 'it has no event under on' };
  const { on } = read.data;
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
  const details = typeof on === 'object' && !Array.isArray(on) ? on : {};
  const pushed = push.safeParse(details.push);
  const dispatched = dispatchShape.safeParse(details.workflow_dispatch);
  if (!pushed.success || !dispatched.success)
    return { fault: `on.${pushed.success ? 'workflow_dispatch' : 'push'} is not valid` };
  const refused = filterFault(details);
  if (refused) return refused;
  const declarations = readInputs(dispatched.data?.inputs ?? {});
  return {
    runName: read.data['run-name'] ?? null,
    events,
    startsOn: events.includes('push') ? startsOn(pushed.data) : null,
    shaUse: findShaUse(raw.is),
    artifactSteps: findArtifactSteps(raw.is),
    inputs: events.includes('workflow_dispatch') ? declarations.inputs : null,
    declarations,
    structure: withJobs(readStructure(raw.document, raw.lines), raw.is),
  };
}

/** What GitHub refuses in the order of the jobs is only said where each of them can be read. */
function withJobs(structure: Structure, is: unknown): Structure {
  const fault = structure.faults.length === 0 ? jobsFault(is) : null;
  return fault ? { ...structure, faults: [fault] } : structure;
}

interface Yaml {
  readonly is: unknown;
  readonly document: Document;
  readonly lines: LineCounter;
}

function readYaml(source: string): Yaml | WorkflowFault {
  const lines = new LineCounter();
  const invalid = (error: unknown): WorkflowFault => ({
    fault: `it is not valid YAML: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`,
  });
  try {
    const document = parseDocument(source, { lineCounter: lines, logLevel: 'error' });
    const [error] = document.errors;
    if (error) return invalid(error);
    const refused = yamlFault(document, lines);
    if (refused) return refused;
    const is: unknown = document.toJS();
    return hasEnd(is) ? { is, document, lines } : invalid('an alias stands in what it stands for');
  } catch (error) {
    return invalid(error);
  }
}

/** Whether a value ends: an alias can stand in what it stands for. */
function hasEnd(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
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
