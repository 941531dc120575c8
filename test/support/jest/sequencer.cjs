// Starts the slowest files first, so that a run does not end with one long file. Files that were never measured come before all
// others. `npm test -- --measure` writes the seconds to durations.json. Also tells global-setup.js which files were chosen.
const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const seconds = require('./durations.json');

const root = path.resolve(__dirname, '../../..');

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    globalThis.pushbuttonTestFiles = tests.map((test) => test.path);
    const known = (test) => seconds[path.relative(root, test.path).split(path.sep).join('/')];
    // Jest uses `duration`, too: it runs a few short files without workers.
    for (const test of tests) if (known(test) !== undefined) test.duration = known(test) * 1000;
    return tests.sort((a, b) => (known(b) ?? Infinity) - (known(a) ?? Infinity) || (a.path < b.path ? -1 : 1));
  }
};
