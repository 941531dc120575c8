/**
 * What a script does with a value: passes it on to a program or a file, only compares it, or only shows it. null: the
 * value is not in it.
 */
export type Use = 'passed on' | 'compared' | 'shown' | null;

/** What stands in a script for an expression with the value. */
export const VALUE = '\u0001';

/** A script's use of a value, and whether it starts programs that could read the variables around it. */
export interface ScriptUse {
  readonly use: Use;
  readonly startsPrograms: boolean;
}

const LEADING = /^(?:(?:if|elif|while|until|then|else|do|!|\{|\(|time|sudo)\s+)+/i;
const SHOWS =
  /^(?:echo|printf|print|write-(?:host|output|verbose|information)|exit|shopt|sleep|true|false|pwd|then|else|do|fi|done|esac|return|break|continue|console\.\w+|core\.(?:info|notice|debug|warning|error))(?![\w./-])|^[:)}]|^$/i;
const COMPARES = /^(?:\[\[?|test|case|expr|cd|set)(?![\w./-])|^\(\(/;
/** What a group or a loop printed goes on. */
const COLLECTS = /^(?:[)}]|done|fi|esac|exec)\s*(?:\d?>|\|)/;
/** Commands of a workflow that an echo gives to the runner. */
const SETS = /::set-(?:output|env)\b/;
/** `cat`, what it is fed up to a word, and where that goes. */
const REPORT = /^[ \t]*(?:cat|tee)\b([^\n<]*)<<-?[ \t]*["']?(\w+)["']?([^\n]*)\n([\s\S]*?)\n[ \t]*\2[ \t]*$/gm;
const SUMMARY = /["'\s>]\$\{?GITHUB_STEP_SUMMARY\b/;
/** Functions may be called where their output goes on. */
const FUNCTION = /(?:^|[\s;])(?:function\s+[\w-]+|[\w-]+\s*\(\s*\))\s*\{/;
/** Commands of git that look at a commit and check nothing out. */
const LOOKS =
  /^git\s+(?:-[cC]\s+\S+\s+|-(?![cC]\s)\S+\s+)*(?:merge-base|cat-file|rev-parse|rev-list|log|show|diff|branch|describe|fetch|status|tag)\b/;
const ASSIGNS =
  /^(export\s+|\$env:|local\s+|readonly\s+|declare\s+(?:-\w+\s+)*|(?:const|let|var)\s+|\$)?([A-Za-z_]\w*)\s?=(?![=~])\s?((?:"[^"]*"|'[^']*'|\$\([^)]*\)|\$(?!\()|[^\s"'$])*)$/;
/** Commands whose result is only the value in another form, and those that they may be piped through. */
const REWRITES = /(?:\$\(|`)\s*(?:echo|printf|git\s+rev-parse)\b/;
const THROUGH = /\|(?!\s*(?:cut|head|tail|tr|sed|awk|grep|base64)\b)|[;&]/;

/**
 * Follows a value through a script of a shell, statement by statement: `script` has VALUE where an expression has it,
 * and `names` are the variables that hold it. In doubt, the value counts as passed on or compared, never as only shown.
 */
export function followValue(script: string, names: Iterable<string>): ScriptUse {
  const holders = new Set([...names, 'GITHUB_EVENT_PATH']);
  const { statements, whole } = statementsOf(withoutReports(script));
  let use = null as Use;
  let startsPrograms = false;
  let exported = false;
  let collected = false;
  for (const raw of statements) {
    const statement = raw.trim().replace(LEADING, '');
    const found = statement.includes(VALUE) || [...holders].some((name) => mentions(statement, name));
    const printed = /^printf\s+-v\s+(\w+)/.exec(statement)?.[1];
    if (found && printed) holders.add(printed);
    // git fetch leaves what it fetched there.
    if (found && /^git\b.*\bfetch\b/.test(statement)) holders.add('FETCH_HEAD');
    collected ||= COLLECTS.test(withoutSummary(statement));
    const assigned = ASSIGNS.exec(statement);
    if (assigned) {
      const [, how = '', name = '', value = ''] = assigned;
      if (!found) continue;
      holders.add(name);
      exported ||= /^(?:export|\$env)/.test(how);
      use = stronger(use, /\$\(|`/.test(value) && !rewrites(value) ? 'compared' : 'shown');
    } else if (SHOWS.test(statement)) {
      if (found) use = stronger(use, goesOn(statement) ? 'passed on' : 'shown');
    } else if (COMPARES.test(statement) || LOOKS.test(statement)) {
      if (found) use = stronger(use, 'compared');
    } else {
      startsPrograms = true;
      if (found || exported) use = stronger(use, 'passed on');
    }
  }
  if (use !== 'shown') return { use, startsPrograms };
  if (collected) return { use: 'passed on', startsPrograms };
  // Where the quotes do not pair up, no statement is certain.
  return { use: whole ? use : 'compared', startsPrograms };
}

/** The stronger of two uses. */
export function stronger(one: Use, other: Use): Use {
  const order: Use[] = [null, 'shown', 'compared', 'passed on'];
  return order.indexOf(one) < order.indexOf(other) ? other : one;
}

function mentions(statement: string, name: string): boolean {
  const plain = name.replace(/\W/g, '\\$&');
  return new RegExp(`(?<![\\w-])${plain}(?![\\w-])`).test(statement);
}

const rewrites = (text: string): boolean => REWRITES.test(text) && !THROUGH.test(text);

/** Whether what is shown goes into a file or another program; not if that is the summary of the run. */
function goesOn(statement: string): boolean {
  const bare = withoutSummary(statement);
  if (SETS.test(bare)) return true;
  if (/\$\([^)]*\)|`/.test(bare) && !rewrites(bare)) return true;
  return /[>|]/.test(bare.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, ''));
}

/** A statement without what it sends to the summary of the run, to another stream or nowhere. */
const withoutSummary = (statement: string): string =>
  statement.replace(/>>?\s*["']?\$\{?GITHUB_STEP_SUMMARY\}?["']?/g, '').replace(/\d?>&\d|&?\d?>\s*\/dev\/\w+/g, '');

/** A here-document for the summary of the run is like an echo: its text starts nothing. */
const withoutReports = (script: string): string =>
  script.replace(REPORT, (_all, before: string, _word: string, after: string, text: string) =>
    SUMMARY.test(before + after) ? `echo "${text.replace(/["'`\\]/g, ' ')}"` : _all,
  );

/** Splits a script at line ends, `;`, `&&` and `||` outside quotes, and leaves its comments out. */
function statementsOf(script: string): { statements: string[]; whole: boolean } {
  const hasHeredoc = /<<-?\s*['"]?\w/.test(script);
  const statements: string[] = [];
  let statement = '';
  let quote = '';
  const text = script.replace(/\\\n/g, ' ');
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quote !== '') {
      if (char === '\\' && quote === '"') statement += text[at++];
      else if (char === quote) quote = '';
      statement += text[at] ?? '';
    } else if (char === '#' && !hasHeredoc && /(?:^|\s)$/.test(statement)) {
      while (at + 1 < text.length && text[at + 1] !== '\n') at += 1;
    } else if (char === '\n' || char === ';' || text.startsWith('&&', at) || text.startsWith('||', at)) {
      statements.push(statement);
      statement = '';
      if (char === '&' || char === '|') at += 1;
    } else {
      if (char === '"' || char === "'" || char === '`') quote = char;
      statement += char;
    }
  }
  return { statements: [...statements, statement], whole: quote === '' && !hasHeredoc && !FUNCTION.test(text) };
}
