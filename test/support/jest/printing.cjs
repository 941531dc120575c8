// Catches what a test file prints with console or to stdout and stderr, including Node's warnings. It makes the file fail, so
// that a green run prints the lines of the runner and nothing else.
const { writeSync } = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

/** Patterns of lines that a library prints and that cannot be switched off. */
const ALLOWED = [];
/** These files measure, and print their figures. */
const PRINTS = /\.(faults|storm|long|server)\.ts$/;

const root = path.resolve(__dirname, '../../..');
const streams = ['stdout', 'stderr'];
const real = Object.fromEntries(streams.map((name) => [name, process[name].write]));
const console = globalThis.console;
let heard = [];

// If a file ends its process, nothing else shows what it printed.
process.once('exit', () => {
  for (const { text } of heard) writeSync(2, text);
});

/** From now on, keeps what is printed instead of printing it. `doing` says what the file is doing. */
function listen(doing) {
  for (const name of streams) {
    process[name].write = (chunk, encoding, done) => {
      const text = Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8').toString();
      if (!ALLOWED.some((pattern) => pattern.test(text))) heard.push({ name, text, doing: doing(), from: caller() });
      const then = typeof encoding === 'function' ? encoding : done;
      if (then) process.nextTick(then);
      return true;
    };
  }
  // Node's console writes to the streams above; Jest's would keep the lines for its reporter.
  globalThis.console = console;
}

/** From now on, prints again. Returns what was kept. */
function stopListening() {
  for (const name of streams) process[name].write = real[name];
  return takeHeard();
}

function takeHeard() {
  const taken = heard;
  heard = [];
  return taken;
}

/** Where it was printed: the line in our files, or else in a package. */
function caller() {
  const lines = (new Error().stack ?? '').split('\n').filter((line) => !/printing\.cjs|node:/.test(line));
  const places = lines.map((line) => /(?:file:\/\/)?\/[^()]+:\d+:\d+/.exec(line)?.[0]).filter(Boolean);
  const place = places.find((one) => !one.includes('node_modules')) ?? places[0];
  if (!place) return 'by Node';
  return path.relative(root, place.startsWith('file:') ? fileURLToPath(place) : place);
}

/** The failure of the file, for Jest. */
function complaint(printed) {
  const lines = printed.map(({ name, text, doing, from }) => `${name}, ${doing}, ${from}:\n${text.trimEnd()}`);
  const error = new Error('This file prints something. A green run prints the lines of the runner and nothing else.');
  error.stack = [error.message, ...lines].join('\n\n');
  return error;
}

module.exports = { listen, takeHeard, stopListening, complaint, mayPrint: (file) => PRINTS.test(file) };
