/** Which lines of a log say why something failed, and which say nothing. */

/** How test runners, compilers and linters begin what they say of a failure: it is hardly ever anything else. */
const SURE: readonly RegExp[] = [
  /^\s*(?:✕|✗|✖|×|⨯|●) \S/,
  /^\s*not ok \d/,
  /^\s*--- FAIL: /,
  /^\s*FAIL(?:ED|URE)?\b/,
  /^\[\s*FAILED\s*\]/,
  /^(?:> Task )?\S.* FAILED$/,
  /^=+ (?:FAILURES|ERRORS) =+$/,
  /^(?:Failures|Failed tests?|Failing tests?):/i,
  /^\s*\d+\) .*(?:Test|Spec|#|›|»)/,
  /^E {2,}\S/,
  /\berror TS\d+: /,
  /^error(?:\[E\d+\])?: /,
  /^\S+[:(]\d+(?:[:,]\d+)?\)?: (?:fatal )?error\b/i,
  /^\[ERROR\] (?!(?:\s|$|-> |To see|Re-run|For more|After correcting|Failed to execute goal))/,
  /^ERROR: /,
  /^Traceback \(most recent call last\)/,
  /^panic: /,
  /^thread '.*' panicked at /,
  /^Error: /,
];

/** What mostly tells of a failure, and now and then of something that a program only mentions. */
const LIKELY: readonly RegExp[] = [
  /\b[A-Z]\w*(?:Error|Exception)\b/,
  /\b(?:fatal|error)\b(?:\[\w+\])?:/i,
  /\bERR!|\bnpm error\b/,
  /\b(?:command not found|no such file or directory|permission denied|connection refused|out of memory|access denied)\b/i,
  /\b(?:timed out|timeout exceeded|could not|cannot|failed to|unable to|unauthorized|forbidden)\b/i,
  /\bKilled$|segmentation fault|core dumped|OOMKilled|CrashLoopBackOff|ImagePullBackOff/i,
  /\bfail(?:ed|ure)?\b/i,
];

const isOneOf = (looks: readonly RegExp[], text: string): boolean => looks.some((look) => look.test(text));

/** So much of a line is looked at. */
const LOOKED_AT = 400;

/** `Tests: 0 failed`, `no errors found`: the words are there, and say the opposite. */
const GOOD =
  /\b(?:0|no|zero) (?:errors?|failures?|failed|failing|problems?)\b|\b(?:failed|failures?|errors?)[:=] ?0\b/i;

/** `Failures: 1, Errors: 0`: of several counts, one that is not zero. */
const COUNTED =
  /\b[1-9]\d* (?:errors?|failures?|failed|failing|problems?)\b|\b(?:failed|failures?|errors?)[:=] ?[1-9]/i;

type Tells = 'surely' | 'likely' | 'no';

export function tells(line: string): Tells {
  const text = line.slice(0, LOOKED_AT);
  if (GOOD.test(text) && !COUNTED.test(text)) return 'no';
  if (isOneOf(SURE, text)) return 'surely';
  return isOneOf(LIKELY, text) ? 'likely' : 'no';
}

/** What stands at the end of a failed step and says no more than that it failed. */
const CHATTER: readonly RegExp[] = [
  /^\s*$/,
  /^npm (?:ERR!|error)(?:\s*$| A complete log of this run| {2,}\S*_logs\b)/,
  /^error Command failed with exit code \d+\.$/,
  /^info Visit https:\/\/yarnpkg\.com/,
  /^.{0,3}ELIFECYCLE.{0,3}(?:Command|Test) failed/,
  /^\[ERROR\] (?:-> \[Help|To see the full stack|Re-run Maven|For more information about the errors)/,
  /^\[ERROR\]\s*$/,
  /^Error: Process completed with exit code \d+\.$/,
];

/** The lines of npm about a script that failed: what the script itself said stands before them. */
const OF_SCRIPT = /^npm (?:ERR!|error) (?:Lifecycle script|code \d+$|path |workspace |location |command |errno \d)/;

/** The lines without the chatter at their end. */
export function withoutChatter(lines: readonly string[]): readonly string[] {
  const ofScript = lines.some((line) => /^npm (?:ERR!|error) (?:Lifecycle script|command failed)/.test(line));
  const says = (line: string) => !isOneOf(CHATTER, line) && !(ofScript && OF_SCRIPT.test(line));
  const last = lines.findLastIndex(says);
  return lines.slice(0, last + 1);
}
