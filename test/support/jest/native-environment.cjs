// The environment of every test file: Node's own globals. It measures the processor time of the file for the reporter, and
// makes a file fail that prints something (see printing.cjs; `printing` in jest.config.js switches that off).
const { appendFileSync } = require('node:fs');
const printing = require('./printing.cjs');
const { processorTime } = require('./processor-time.cjs');

// When Jest is gone, for whatever reason, the worker ends. A listener for 'disconnect' would keep it alive. Jest replaces
// `process.exit` later.
const { exit } = process;
if (process.send) setInterval(() => process.connected || exit.call(process, 1), 1_000).unref();

/** Only a hang takes this long: no test fails because the machine is slow. */
const HANGS_MS = 240_000;

module.exports = class NativeEnvironment {
  constructor({ projectConfig }, { testPath }) {
    this.global = globalThis;
    this.console = globalThis.console;
    this.path = testPath;
    this.used = processorTime();
    this.quiet = projectConfig.testEnvironmentOptions.printing !== 'allowed' && !printing.mayPrint(testPath);
  }
  async setup() {
    // Jest reads the maps it has made; Node those of the loader.
    Error.prepareStackTrace = undefined;
    process.setSourceMapsEnabled(true);
    if (this.quiet) printing.listen(() => this.doing ?? 'before its first test');
  }
  async handleTestEvent({ name, test, hook }, state) {
    if (name === 'test_start') test.timeout = Math.max(test.timeout ?? 0, HANGS_MS);
    if (name === 'hook_start') hook.timeout = Math.max(hook.timeout ?? 0, HANGS_MS);
    if (name === 'test_start') this.doing = `in "${nameOf(test)}"`;
    if (name === 'test_done' || name === 'test_skip') this.doing = `after "${nameOf(test)}"`;
    const heard = name === 'run_finish' ? printing.takeHeard() : [];
    if (heard.length > 0) state.unhandledErrors.push(printing.complaint(heard));
  }
  async teardown() {
    // Not reported yet: the file could not be loaded.
    if (this.quiet) for (const { text } of printing.stopListening()) process.stderr.write(text);
    globalThis.console = this.console;
    const file = process.env.PUSHBUTTON_TEST_TIMES;
    const line = { path: this.path, processor: Math.round(processorTime() - this.used) };
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
  getVmContext() {
    return null;
  }
};

function nameOf(test) {
  const names = [test.name];
  for (let block = test.parent; block?.parent; block = block.parent) names.unshift(block.name);
  return names.join(' ');
}
