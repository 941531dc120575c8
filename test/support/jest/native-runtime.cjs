// Loads tests as Node itself does, once a worker, instead of anew for each file in a realm of its own: that took more processor
// time than the tests. The interface is that of jest-runtime, as far as jest-runner and jest-circus call it (`runtime` in Jest's
// configuration). It has no module mocks; no test wants them.
const { pathToFileURL } = require('node:url');

const loaders = import('tsx/esm/api').then(({ register }) => register());

module.exports = class NativeRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }
  async unstable_importModule(file) {
    await loaders;
    // Each run of a file declares its tests anew.
    return import(`${pathToFileURL(file).href}?run=${Date.now()}`);
  }
  /** jest-circus keeps what a file declares, and who hears of it, in one state: each file has a fresh one. */
  requireInternalModule(file) {
    delete require.cache[file];
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
    return require(file);
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
  static createHasteMap(...args) {
    return require('jest-runtime').default.createHasteMap(...args);
  }
  static createContext(...args) {
    return require('jest-runtime').default.createContext(...args);
  }
  static createResolver(...args) {
    return require('jest-runtime').default.createResolver(...args);
  }
};
