// The order of the test files: at any time some that mostly wait beside some that mostly work, and of both the slowest first, so
// that a run does not end with one long file. Files that were never measured come before all others. `npm test -- --measure`
// writes the figures to durations.json. Also tells global-setup.js which files were chosen.
const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const figures = require('./durations.json');

/** A file that takes less than this share of a processor mostly waits. */
const WAITS = 0.2;
const root = path.resolve(__dirname, '../../..');

module.exports = class MixedSlowestFirst extends Sequencer {
  sort(tests) {
    globalThis.pushbuttonTestFiles = tests.map((test) => test.path);
    const known = tests.flatMap((test) => {
      const figure = figures[path.relative(root, test.path).split(path.sep).join('/')];
      return figure ? [{ test, seconds: figure[0], share: figure[1] / figure[0] }] : [];
    });
    // Jest uses `duration`, too: it runs a few short files without workers.
    for (const { test, seconds } of known) test.duration = seconds * 1000;
    const measured = new Set(known.map(({ test }) => test));
    return [...tests.filter((test) => !measured.has(test)).sort(byPath), ...mixed(known)];
  }
};

const byPath = (a, b) => (a.path < b.path ? -1 : 1);

/** Next is always the kind of which the smaller part has begun, so that both kinds last until the end. */
function mixed(all) {
  const slowestFirst = all.sort((a, b) => b.seconds - a.seconds || byPath(a.test, b.test));
  const waits = (one) => one.share < WAITS;
  const kinds = [waits, (one) => !waits(one)].map((is) => {
    const files = slowestFirst.filter(is);
    return { files, whole: files.reduce((sum, { seconds }) => sum + seconds, 0), begun: 0 };
  });
  const order = [];
  while (order.length < all.length) {
    const [next] = kinds.filter(({ files }) => files.length > 0).sort((a, b) => a.begun * b.whole - b.begun * a.whole);
    const file = next.files.shift();
    next.begun += file.seconds;
    order.push(file.test);
  }
  return order;
}
