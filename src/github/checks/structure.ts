import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type YAMLMap } from 'yaml';
import { inWords } from '../../core/check.js';
import { expressionIn, NOTHING, refusedIn, refusedOf } from './allowed.js';
import { closestTo } from './closest.js';
import { KEYS, WORKFLOW } from './grammar.js';
import type { Rule } from './rule.js';
import type { WorkflowFault } from './workflow-faults.js';

/** What GitHub refuses in the structure of a workflow file, and what it may refuse unless it is newer than these rules. */
export interface Structure {
  readonly faults: readonly WorkflowFault[];
  readonly doubts: readonly string[];
}

type Found = WorkflowFault & { readonly sure?: false };

/** Compares a workflow file with what GitHub takes: its keys, the kinds of their values and the expressions in them. */
export function readStructure(document: Document, lines: LineCounter): Structure {
  const found: Found[] = [];
  // An alias may stand in many places: each node is compared once with each rule.
  const done = new Map<Node, Set<Rule>>();
  const lineOf = (node: Node | null | undefined): number => lines.linePos(node?.range?.[0] ?? 0).line;
  const say = (at: Node | null | undefined, words: string, mend?: string, sure?: false): void => {
    found.push({ fault: `line ${lineOf(at)}: ${words}`, ...(mend && { mend }), ...(sure === false && { sure }) });
  };

  function compare(given: unknown, rule: Rule, place: string, key: Node | null): void {
    const node = isAlias(given) ? given.resolve(document) : (given as Node | null);
    const at = isScalar(node) && node.value === null ? key : (node ?? key);
    if (node) {
      const known = done.get(node) ?? new Set();
      if (known.has(rule)) return;
      done.set(node, known.add(rule));
    }
    if (rule.byKeys && isMap(node)) {
      const chosen = rule.byKeys(node.items.map((item) => nameOf(item.key)));
      if (typeof chosen === 'string') say(at, `${place}: ${chosen}`);
      else compare(node, chosen, place, key);
    } else if (rule.anything) {
      if (rule.reads) everyText(node, rule, place);
    } else if (isMap(node)) compareMap(node, rule, place);
    else if (isSeq(node)) {
      if (!rule.list) {
        say(at, `${place} is a list, and GitHub takes ${taken(rule)}`);
        return;
      }
      for (const item of node.items) compare(item, rule.list, place, node);
    } else compareScalar(isScalar(node) ? node.value : null, rule, place, at);
  }

  function compareMap(node: YAMLMap, rule: Rule, place: string): void {
    if (!rule.map) {
      say(node, `${place} is a mapping, and GitHub takes ${taken(rule)}`);
      return;
    }
    const { keys = {}, needs = [], others, named } = rule.map;
    const names = node.items.map((item) => nameOf(item.key));
    const missing = needs.filter((need) => !names.includes(need));
    if (missing.length > 0) say(node, `${place || 'the file'} has no ${inWords(missing)}`);
    for (const { key, value } of node.items) {
      const name = nameOf(key);
      const inner = Object.hasOwn(keys, name) ? keys[name] : others;
      const where = place === '' ? name : `${place}.${name}`;
      if (!isScalar(key)) say(key as Node, `${place} has a key that is no text`);
      else if (!inner) unknownKey(key, name, Object.keys(keys), place);
      else if (named && !named.test(name))
        say(key, `${where} is no name that GitHub takes`, 'Use letters, digits, - and _, beginning with a letter.');
      else compare(value, inner, where, key);
    }
  }

  function unknownKey(key: Node, name: string, known: readonly string[], place: string): void {
    const meant = closestTo(name, known);
    const elsewhere = KEYS.has(name);
    const of = place === '' ? 'a workflow file' : place;
    if (meant) say(key, `GitHub knows no ${name} in ${of}`, `Did you mean ${meant}?`);
    else if (elsewhere || known.length === 0)
      say(key, `${name} does not belong into ${of}`, `Move ${name} to where GitHub reads it, or remove it.`);
    else say(key, `GitHub knows no ${name} in ${of}`, undefined, false);
  }

  function compareScalar(value: unknown, rule: Rule, place: string, at: Node | null): void {
    const kinds = `GitHub takes ${taken(rule)}`;
    if (value === null || value === '') {
      if (!rule.nothing && rule.text !== 'any') say(at, `${place} is empty, and ${kinds}`);
      return;
    }
    if (typeof value === 'string' && (value.includes('${{') || rule.condition)) {
      const allowed = rule.reads ?? NOTHING;
      const refused = value.includes('${{') ? refusedIn(value, allowed, place) : refusedOf(value, allowed, place);
      if (refused) {
        say(at, refused.fault, undefined, refused.sure ? undefined : false);
        return;
      }
      if (rule.text || expressionIn(value)) return;
    }
    if (typeof value === 'boolean' && rule.flag) return;
    if (typeof value === 'number' && rule.count) return;
    if (typeof value === 'string' && rule.count && value.trim() !== '' && !Number.isNaN(Number(value))) return;
    const { text } = rule;
    if (text === 'any' || text === 'some') return;
    // It may be long, or meant for nobody to see.
    const plain = clipped(String(value));
    if (text instanceof RegExp && text.test(String(value))) return;
    if (Array.isArray(text)) {
      if (text.includes(plain)) return;
      const meant = closestTo(plain, text);
      say(at, `${place} is ${plain}, and ${kinds}`, meant ? `Did you mean ${meant}?` : undefined);
      return;
    }
    say(at, `${place} is ${plain}, and ${kinds}`);
  }

  function everyText(node: unknown, rule: Rule, place: string): void {
    const it = isAlias(node) ? node.resolve(document) : node;
    if (isMap(it)) for (const { value } of it.items) compare(value, rule, place, it);
    else if (isSeq(it)) for (const item of it.items) compare(item, rule, place, it);
    else if (isScalar(it) && typeof it.value === 'string') {
      const refused = refusedIn(it.value, rule.reads ?? NOTHING, place);
      if (refused) say(it, refused.fault, undefined, refused.sure ? undefined : false);
    }
  }

  compare(document.contents, WORKFLOW, '', null);
  return {
    faults: found.filter(({ sure }) => sure !== false),
    doubts: found.flatMap(({ sure, fault }) => (sure === false ? [fault] : [])),
  };
}

/** The beginning of a value, on one line. */
const clipped = (value: string): string => {
  const [line = ''] = value.split('\n');
  return line.length > 60 || line !== value ? `${line.slice(0, 60)}…` : line;
};

const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : '');

/** What a rule takes, in words. */
function taken({ text, flag, count, list, map, says }: Rule): string {
  if (says) return says;
  const words = [
    ...(flag ? ['true or false'] : []),
    ...(count ? ['a number'] : []),
    ...(Array.isArray(text) ? (text.length > 6 ? ['a known word'] : text) : []),
    ...(text === 'any' || text === 'some' ? ['a text'] : []),
    ...(list ? ['a list'] : []),
    ...(map ? ['a mapping'] : []),
  ];
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? 'nothing');
}
