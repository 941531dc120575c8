/** Reads one JUnit file as a stream. */

import { setImmediate } from 'node:timers/promises';
import { Parser } from 'htmlparser2';
import { decoded } from './decode.js';
import { type Case, declaredBy, isTestNg, type Mark, markOf, type Told } from './dialects.js';
import { createFeed } from './feed.js';
import { collectNodeCount } from './node-test.js';
import { createTally, type FileReport, type Suite } from './tally.js';

type Attributes = Readonly<Record<string, string>>;

const MOST_DEPTH = 100;
/** Characters that are read at once: less than a millisecond. */
const PIECE = 16 * 1024;
/** Other work gets its turn after this long. */
const TURN_MS = 1;
/** Characters of a text that are kept; its first line is what is shown. */
const MOST_TEXT = 4_000;
/** Failures of one testcase, and names of its properties, that are kept. */
const MOST_TOLD = 20;

const cut = (text: string): string => (text.length > MOST_TEXT ? text.slice(0, MOST_TEXT) : text);

/**
 * Reads a file. null when it is XML and no test report. Throws when it is cut off, nested too deeply or no XML. Other work
 * gets its turn every millisecond or so, and no more than the first lines of a text are kept.
 */
export async function readFile(bytes: AsyncIterable<Uint8Array>, fingerprinted: boolean): Promise<FileReport | null> {
  const summary = new Map<string, number>();
  const tally = createTally(summary, fingerprinted);
  const suites: (Suite & { readonly depth: number })[] = [];
  let test: (Case & { readonly depth: number }) | null = null;
  /** Takes the text of the element that is open at `textDepth`. */
  let text: ((piece: string) => void) | null = null;
  let textDepth = 0;
  let textLeft = 0;
  let depth = 0;
  let elements = 0;
  let isReport = false;
  let hasOwnTimes = false;

  function listen(to: (piece: string) => void): void {
    text = to;
    textDepth = depth;
    textLeft = MOST_TEXT;
  }

  function took(piece: string): void {
    text?.(piece);
    textLeft -= piece.length;
    if (textLeft <= 0) text = null;
  }

  const wanted = () => (text === null ? null : took);

  function opened(name: string, attributes: Attributes): void {
    const suite = suites.at(-1);
    if (test === null && name === 'testcase') test = caseOf(attributes, depth);
    else if (test === null && (name === 'testsuite' || name === 'testsuites'))
      suites.push({ depth, ...suiteOf(attributes, suite?.marks) });
    else if (test && depth === test.depth + 1) inTest(test, name, attributes);
    else if (test && depth === test.depth + 2 && name === 'property' && test.properties.length < MOST_TOLD)
      test.properties.push(cut(attributes.name ?? ''));
    else if (!test && suite && depth === suite.depth + 1) inSuite(suite, name, attributes);
  }

  function inTest(one: Case, name: string, attributes: Attributes): void {
    if (name === 'system-err') one.complained = true;
    else if (name === 'system-out') listen((piece) => (one.output = cut(one.output + piece)));
    else if (name === 'failure' || name === 'error' || name === 'skipped') {
      if (one.told.length === MOST_TOLD) {
        one.more ||= name !== 'skipped';
        return;
      }
      const told = toldBy(name, attributes);
      one.told.push(told);
      listen((piece) => (told.text = cut(told.text + piece)));
    } else if (name === 'flakyFailure' || name === 'flakyError') {
      const told = toldBy(name === 'flakyError' ? 'error' : 'failure', attributes);
      one.flaky ??= told;
      listen((piece) => (told.text = cut(told.text + piece)));
    }
  }

  function inSuite(suite: Suite, name: string, attributes: Attributes): void {
    if (name === 'failure' || name === 'error') {
      suite.own ??= cut(attributes.message ?? '');
      listen((piece) => (suite.own = cut((suite.own ?? '') + piece)));
    } else if (name === 'system-out' || name === 'system-err') {
      listen((piece) => (suite.output = cut(suite.output + piece)));
    }
  }

  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        elements += 1;
        if (depth > MOST_DEPTH) throw new Error('the report is nested too deeply');
        opened(name, attributes);
        const mark = test === null ? markOf(name, attributes) : undefined;
        if (mark) suites.at(-1)?.marks.add(mark);
        isReport ||= test !== null || suites.length > 0;
      },
      ontext: (piece) => wanted()?.(piece),
      oncomment: (comment) => {
        collectNodeCount(summary, comment);
        hasOwnTimes ||= isTestNg(comment);
      },
      onclosetag: () => {
        if (textDepth === depth) text = null;
        if (test?.depth === depth) {
          tally.test(test, suites.at(-1), hasOwnTimes ? '' : test.time);
          test = null;
        } else if (suites.at(-1)?.depth === depth) {
          const suite = suites.pop() as Suite;
          tally.suite(suite, suites.at(-1));
        }
        depth -= 1;
      },
    },
    { xmlMode: true },
  );
  const feed = createFeed(parser, wanted);
  let turn = performance.now();
  for await (const chunk of decoded(bytes)) {
    // Chunks that are already there would be read without a pause.
    for (let at = 0; at < chunk.length; at += PIECE) {
      feed(chunk.slice(at, at + PIECE));
      if (performance.now() - turn < TURN_MS) continue;
      await setImmediate();
      turn = performance.now();
    }
  }
  if (depth !== 0) throw new Error('the report is cut off');
  if (elements === 0) throw new Error('the report is no XML');
  return isReport ? tally.report() : null;
}

/** The properties stand one by one: V8 takes six times as long for objects that are spread into one. */
function caseOf(attributes: Attributes, depth: number): Case & { readonly depth: number } {
  const of = (name: string): string => cut(attributes[name] ?? '');
  return {
    depth,
    name: of('name'),
    className: of('classname') || of('class'),
    status: of('status'),
    result: of('result'),
    file: of('file'),
    time: of('time'),
    written: cut(Object.keys(attributes).join(' ')),
    properties: [],
    told: [],
    more: false,
    flaky: null,
    complained: false,
    output: '',
  };
}

const suiteOf = (attributes: Attributes, around: ReadonlySet<Mark> = new Set()): Suite => ({
  ...{ name: cut(attributes.name ?? ''), file: cut(attributes.file ?? ''), declared: declaredBy(attributes) },
  marks: new Set(around),
  ...{ cases: 0, passed: 0, skipped: 0, failed: 0, outside: null, excused: 0, own: null, output: '' },
});

const toldBy = (element: Told['element'], attributes: Attributes): Told => ({
  element,
  type: cut(attributes.type ?? ''),
  message: cut(attributes.message ?? ''),
  tag: attributes.tag ?? '',
  text: '',
});
