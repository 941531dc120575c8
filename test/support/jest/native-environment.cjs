const { appendFileSync, readFileSync } = require('node:fs');
const used = () => {
  const { user, system } = process.cpuUsage();
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { own: (user + system) / 1000, children: (Number(f[13]) + Number(f[14])) * 10 };
};
const HANGS_MS = 240_000;

module.exports = class NativeEnvironment {
  constructor(_config, context) {
    this.global = globalThis;
    this.console = globalThis.console;
    this.path = context.testPath;
    this.from = used();
    this.since = performance.now();
  }
  async handleTestEvent(event) {
    // So long takes only what hangs: no test fails because the machine is slow.
    if (event.name === 'test_start') event.test.timeout = Math.max(event.test.timeout ?? 0, HANGS_MS);
    if (event.name === 'hook_start') event.hook.timeout = Math.max(event.hook.timeout ?? 0, HANGS_MS);
    if (event.name === 'run_start') {
      this.loaded = used();
      this.loadedAt = performance.now();
    }
  }
  async setup() {
    // Jest reads maps that it has made; Node those of the loader.
    Error.prepareStackTrace = undefined;
    process.setSourceMapsEnabled(true);
  }
  async teardown() {
    globalThis.console = this.console;
    const now = used();
    if (process.env.TIMES)
      appendFileSync(
        process.env.TIMES,
        JSON.stringify({
          path: this.path.replace(/.*\/test\//, ''),
          wall: Math.round(performance.now() - this.since),
          own: Math.round(now.own - this.from.own),
          children: now.children - this.from.children,
          load: Math.round((this.loaded?.own ?? 0) - this.from.own),
          loadWall: Math.round((this.loadedAt ?? 0) - this.since),
        }) + '\n',
      );
  }
  getVmContext() {
    return null;
  }
};
