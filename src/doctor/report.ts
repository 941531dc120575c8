import { styleText } from 'node:util';
import { Help } from 'commander';
import { plain } from '../core/change/plain.js';
import { type Check, tally, type Verdict } from '../core/check.js';

export interface Paper {
  /** Columns to wrap at; null leaves each check on one line, for files and pipes. */
  readonly width: number | null;
  readonly colour: boolean;
}

const COLOURS = { ok: 'green', wrong: 'red', skipped: 'yellow' } as const;
/** The caller decides whether to colour. */
const styled = (style: 'bold' | 'cyan' | (typeof COLOURS)[Verdict['is']], text: string, colour: boolean): string =>
  colour ? styleText(style, text, { validateStream: false }) : text;
/** commander's wrapping, which by default does not wrap columns narrower than 40. */
const wrapper = Object.assign(new Help(), { minWidthToWrap: 20 });
const STATUS_WIDTH = 'skipped'.length + 2;
const MOST_NAME = 22;

/** The report for people: a heading per group, a line per check, and a summary. Colour alone carries no meaning. */
export function reportText(checks: readonly Check[], paper: Paper): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  const longest = Math.max(...checks.map(({ name }) => (name.length > MOST_NAME ? 0 : name.length)));
  const bold = (text: string) => styled('bold', text, paper.colour);
  const body = groups.map((group) => {
    const lines = checks.filter((check) => check.group === group).map((check) => lineOf(check, longest, paper));
    return [bold(group), ...lines].join('\n');
  });
  return `${[...body, bold(sum(checks))].join('\n\n')}\n`;
}

function lineOf({ name, verdict }: Check, longest: number, { width, colour }: Paper): string {
  const status = verdict.is.padEnd(STATUS_WIDTH);
  const first = `  ${styled(COLOURS[verdict.is], status, colour)}${name.padEnd(longest)}  `;
  const indent = 2 + STATUS_WIDTH + longest + 2;
  const sentences = sentencesOf(verdict);
  const copy = verdict.is === 'wrong' && verdict.copy !== null ? plain(verdict.copy) : '';
  if (width === null) return first + [...sentences, copy].join(' ').trimEnd();
  const margin = `\n${' '.repeat(indent)}`;
  const lines = sentences.flatMap((sentence) => wrapper.boxWrap(sentence, width - indent).split('\n'));
  const text = (name.length > longest ? first.trimEnd() + margin : first) + lines.join(margin);
  if (copy === '') return text;
  // The text to copy stays in one piece; if it is too long for the column, it starts further left.
  const fits = indent + copy.length <= width;
  return `${text}${fits ? margin : `\n${' '.repeat(2 + STATUS_WIDTH)}`}${styled('cyan', copy, colour)}`;
}

function sentencesOf(verdict: Verdict): string[] {
  switch (verdict.is) {
    case 'ok':
      return [plain(verdict.says)];
    case 'skipped':
      return [plain(verdict.why)];
    case 'wrong':
      return [`${plain(verdict.found)}.`, `Fix: ${plain(verdict.mend)}`];
  }
}

function sum(checks: readonly Check[]): string {
  const { ok, wrong, skipped } = tally(checks);
  const rest = `${ok} ok, ${skipped} skipped`;
  return wrong === 0 ? `Nothing is wrong: ${rest}.` : `${wrong} wrong, ${rest}.`;
}

/** The report for machines: one JSON document with stable keys. `mend` is null unless the status is `wrong`. */
export function reportJson(checks: readonly Check[]): string {
  const counts = tally(checks);
  const lines = checks.map(({ id, group, name, verdict }) => ({
    id,
    group,
    name,
    status: verdict.is,
    detail: plain(verdict.is === 'ok' ? verdict.says : verdict.is === 'wrong' ? verdict.found : verdict.why),
    mend: verdict.is === 'wrong' ? plain(`${verdict.mend} ${verdict.copy ?? ''}`) : null,
  }));
  return `${JSON.stringify({ ok: counts.wrong === 0, counts, checks: lines }, null, 2)}\n`;
}
