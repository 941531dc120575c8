import { type Document, isAlias, isCollection, isMap, isPair, isScalar, type LineCounter, visit } from 'yaml';

/** What GitHub refuses in a workflow file, and how to mend it. */
export interface WorkflowFault {
  readonly fault: string;
  readonly mend?: string;
}

/** Of YAML's own kinds, and `!`, which is no tag. */
const TAGS = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

/**
 * What the YAML of a workflow file may have and GitHub refuses: merge keys, tags, and keys that differ only in capitals. Under
 * `strategy`, where any key may stand, `<<` is one more (@actions/workflow-parser 0.3.61).
 */
export function yamlFault(document: Document, lines: LineCounter): WorkflowFault | null {
  let fault: WorkflowFault | null = null;
  visit(document, {
    Node(_key, node) {
      const { tag } = node as { tag?: string };
      if (isAlias(node) || tag === undefined || TAGS.test(tag)) return undefined;
      fault = {
        fault: `line ${lines.linePos(node.range?.[0] ?? 0).line} has the tag ${tag}, which GitHub does not take`,
        mend: 'Put the whole value in quotes: ! at its beginning means a tag to YAML.',
      };
      return visit.BREAK;
    },
    Map(_key, map, path) {
      const known = new Map<string, string>();
      for (const { key, value } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const line = lines.linePos(key.range?.[0] ?? 0).line;
        if (name === '<<' && (isAlias(value) || isCollection(value)) && !underStrategy(path)) {
          fault = {
            fault: `line ${line} has <<, a merge key, which GitHub does not take`,
            mend: 'Write its keys out there. An alias alone (env: *name) is allowed.',
          };
          return visit.BREAK;
        }
        const before = known.get(name.toUpperCase());
        if (before !== undefined) {
          fault = {
            fault: `line ${line} has ${name}, which is the same key as ${before} to GitHub`,
            mend: `Remove or rename one of ${before} and ${name}.`,
          };
          return visit.BREAK;
        }
        known.set(name.toUpperCase(), name);
      }
      return undefined;
    },
  });
  return fault;
}

function underStrategy(path: readonly unknown[]): boolean {
  return path.some((node) => isPair(node) && isScalar(node.key) && node.key.value === 'strategy' && isMap(node.value));
}

/** An event may have a filter or the one that ignores, not both (docs.github.com, workflow-syntax, on.push). */
export function filterFault(events: Readonly<Record<string, unknown>>): WorkflowFault | null {
  for (const [event, given] of Object.entries(events)) {
    if (typeof given !== 'object' || given === null) continue;
    const filters = given as Record<string, unknown>;
    const both = ['branches', 'tags', 'paths'].find((name) => has(filters[name]) && has(filters[`${name}-ignore`]));
    if (both)
      return {
        fault: `on.${event} has ${both} and ${both}-ignore, and GitHub takes one of them`,
        mend: `Remove ${both}-ignore there, and put what it excludes at the end of ${both} with a ! before it.`,
      };
  }
  return null;
}

const has = (value: unknown): boolean => value !== undefined && value !== null;
