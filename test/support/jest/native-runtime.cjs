// Loads tests as Node itself does, once per worker, instead of afresh for each file in its own realm: that took more
// processor time and memory than many of the tests. The interface is that of jest-runtime, as far as jest-runner and
// jest-circus call it (`runtime` in Jest's configuration). It does not mock modules; no test needs that.
const asyncHooks = require('node:async_hooks');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const root = path.resolve(__dirname, '../../..');

module.exports = class NativeRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }
  async unstable_importModule(file) {
    // As set-up/code.js has translated it.
    const translated = path.join(process.env.PUSHBUTTON_TEST_CODE, path.relative(root, file).replace(/\.ts$/, '.js'));
    return import(pathToFileURL(translated).href).catch(throwNamed);
  }
  /** jest-circus keeps what a file declares, and its listeners, in one state: each file gets a fresh one. */
  requireInternalModule(file) {
    delete require.cache[file];
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
    return withOneStore(() => require(file));
  }
  requireModule(file) {
    return require(file);
  }
  setGlobalsForRuntime() {}
  getSourceMaps() {
    return null;
  }
  getAllCoverageInfoCopy() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
};

/**
 * jest-circus keeps the running test in an AsyncLocalStorage, which on Node 20 makes every promise of the tests slower, by a
 * tenth. Here tests run one after the other, so it is enough to remember which one. Later versions of Node do not let anybody
 * replace it.
 */
function withOneStore(load) {
  const { AsyncLocalStorage } = asyncHooks;
  if (!Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage')?.writable) return load();
  asyncHooks.AsyncLocalStorage = OneAtATime;
  try {
    return load();
  } finally {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }
}

class OneAtATime {
  getStore() {
    return this.store;
  }
  run(store, work) {
    const before = this.store;
    this.store = store;
    return work().finally(() => {
      this.store = before;
    });
  }
}

/** Jest hides stack lines without a name, and the top level of a module has none. */
function throwNamed(error) {
  if (typeof error?.stack === 'string') error.stack = error.stack.replaceAll('at <anonymous> (', 'at module (');
  throw error;
}
