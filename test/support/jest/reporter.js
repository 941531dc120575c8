// Shows how many files are done, and each failure at once and in full. Writes one line of results for each file to the file in
// PUSHBUTTON_TEST_RESULTS, from which scripts/testing/summary.js makes the summary.
import { appendFileSync } from 'node:fs';
import path from 'node:path';

const SECONDS_BETWEEN_LINES = 10;
const SECONDS_TO_END = 10;
const CLEARED = '\r\u001b[K';

export default class Reporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
    // As it is before a test in this process replaces it (printing.cjs).
    this.write = process.stdout.write.bind(process.stdout);
    this.onTerminal = process.stdout.isTTY === true;
    this.failed = 0;
    this.done = 0;
    this.running = new Set();
  }

  onRunStart({ numTotalTestSuites }) {
    this.all = numTotalTestSuites;
    this.since = performance.now();
    const ms = this.onTerminal ? 1_000 : SECONDS_BETWEEN_LINES * 1_000;
    this.timer = setInterval(() => this.tell(), ms).unref();
    if (this.onTerminal) this.tell();
  }

  onTestFileStart(test) {
    this.running.add(this.nameOf(test));
  }

  onTestFileResult(test, result) {
    const name = this.nameOf(test);
    this.running.delete(name);
    const wall = (result.perfStats.end - result.perfStats.start) / 1_000;
    const broken = Boolean(result.testExecError);
    const failed = result.testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    this.done += 1;
    this.failed += failed.length + (broken ? 1 : 0);
    // Only files that may print have these: they measure.
    for (const { message } of result.console ?? []) this.print(`${name}: ${message}`);
    if (result.failureMessage) this.print(`FAIL ${name} (${wall.toFixed(1)} s)\n${result.failureMessage}`);
    if (this.onTerminal) this.tell();
    keep({
      name,
      wall,
      broken,
      failed,
      passed: result.numPassingTests,
      skipped: result.numPendingTests + result.numTodoTests,
    });
  }

  onRunComplete() {
    clearInterval(this.timer);
    if (this.onTerminal) this.write(CLEARED);
    keep({ complete: true });
    // Tests that ran in this process may have left something open.
    setTimeout(() => {
      this.print(
        'A test has left something open, and Jest cannot end. `npx jest --detectOpenHandles FILE` shows what it is.',
      );
      process.exit(1);
    }, SECONDS_TO_END * 1_000).unref();
  }

  nameOf(test) {
    return path.relative(this.rootDir, test.path).split(path.sep).join('/');
  }

  tell() {
    const seconds = Math.round((performance.now() - this.since) / 1_000);
    const failed = this.failed > 0 ? `, ${this.failed} failed` : '';
    // The last ones, or those that hang.
    const left = this.running.size <= 2 ? [...this.running].map((name) => `; ${name}`).join('') : '';
    const line = `${this.done} of ${this.all} files done${failed}, ${seconds} s${left}`;
    this.write(this.onTerminal ? CLEARED + line.slice(0, (process.stdout.columns || 80) - 1) : `${line}\n`);
  }

  print(text) {
    if (this.onTerminal) this.write(CLEARED);
    this.write(`${text.trimEnd()}\n\n`);
  }
}

function keep(line) {
  const file = process.env.PUSHBUTTON_TEST_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
