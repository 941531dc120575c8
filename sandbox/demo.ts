/** `npm run demo`: Pushbutton on this machine alone, with a stand-in Slack and GitHub behind a page. */

import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startDemo } from './demo/start.js';
import { whyNot } from './demo/why-not.js';
import { drawSheet } from './sheet/draw.js';
import { playTour } from './tour.js';

const { port, tour, sheet, pictures } = new Command('demo')
  .description('Pushbutton on one machine: embedded database, stand-in Slack and GitHub, and a page that shows them.')
  .option('--port <number>', 'where the page is served; 0 takes a free one', readPort, 4000)
  .option('--tour', 'play the tour in Chromium, leave its pictures, and end')
  .option(
    '--sheet',
    'draw every card in every state in Chromium, leave the pictures in cards/ beside those of the tour, and end',
  )
  .option('--pictures <folder>', 'where the tour leaves its pictures', 'docs/pictures')
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'demo:')) })
  .parse()
  .opts<{ port: number; tour?: true; sheet?: true; pictures: string }>();

if (sheet) {
  const drawn = await drawSheet(path.join(pictures, 'cards'));
  console.log(`${path.join(pictures, 'cards')} holds ${drawn.join(', ')}`);
  process.exit(0);
}

const folder = path.resolve(process.env.PUSHBUTTON_DATA?.trim() || '.pushbutton', 'demo');
const interrupted = new AbortController();
/** npm passes the terminal's Ctrl-C on, so one press arrives twice; a second press comes later. */
const secondPressMs = 1_000;
let stoppingSince: number | null = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
if (process.env.npm_lifecycle_event) endWithNpm(process.ppid);

const starting = startDemo({
  folder,
  port,
  log: console.log,
  ended: (why) => stop(1, why),
  signal: interrupted.signal,
});
await starting.then(
  (demo) => {
    if (stoppingSince !== null) return;
    console.log(`Pushbutton demo: ${demo.address}`);
    console.log(`the bot's log: ${demo.logFile}`);
    console.log('Ctrl-C ends it');
    if (tour) void showTour(demo.address);
  },
  (error: unknown) => {
    if (stoppingSince === null) console.error(`demo: ${whyNot(error, folder)}`);
    process.exit(stoppingSince === null ? 1 : 0);
  },
);

/** Ends the demo when the tour is over. */
function showTour(address: string): Promise<void> {
  return playTour({ address, pictures }).then(
    (taken) => {
      console.log(`the tour is over; ${pictures} holds ${taken.join(', ')}`);
      stop(0);
    },
    (error: unknown) => stop(1, `the tour ended early: ${whyNot(error, folder)}`),
  );
}

/** Stops what was started, even if the start is still under way. A second call a second later stops at once. */
function stop(code: number, why?: string): void {
  if (stoppingSince !== null) {
    if (performance.now() - stoppingSince > secondPressMs) process.exit(1);
    return;
  }
  stoppingSince = performance.now();
  if (why) console.error(`demo: ${why}`);
  interrupted.abort();
  starting
    .then((demo) => demo.stop())
    .then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(`demo: ${whyNot(error, folder)}`);
        process.exit(1);
      },
    );
}

/** A killed npm sends SIGTERM to its shell, and the shell to nobody: a demo without its parent would stay forever. */
function endWithNpm(parent: number): void {
  setInterval(() => process.ppid !== parent && stop(0), 500).unref();
}

function readPort(written: string): number {
  if (/^\d{1,5}$/.test(written) && Number(written) <= 65_535) return Number(written);
  throw new InvalidArgumentError('Expected a port, 0 to 65535.');
}
