/** `npm run demo`: Pushbutton on this machine and nothing else, with a stand-in Slack and GitHub behind a page. */

import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startDemo } from './demo/start.js';
import { playTour } from './tour.js';

const { port, tour, pictures } = new Command('demo')
  .description('Pushbutton on one machine: embedded database, stand-in Slack and GitHub, and a page that shows them.')
  .option('--port <number>', 'where the page is served; 0 takes a free one', readPort, 4000)
  .option('--tour', 'play the tour in Chromium, leave its pictures, and end')
  .option('--pictures <folder>', 'where the tour leaves its pictures', 'docs/pictures')
  .parse()
  .opts<{ port: number; tour?: true; pictures: string }>();
const folder = path.resolve(process.env.PUSHBUTTON_DATA?.trim() || '.pushbutton', 'demo');

const starting = startDemo({ folder, port, log: console.log, ended: (why) => stop(1, why) });
let stopping = false;
process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
process.on('SIGHUP', () => stop(0));

await starting.then(
  (demo) => {
    if (stopping) return;
    console.log(`Pushbutton demo: ${demo.address}`);
    console.log(`the bot's log: ${demo.logFile}`);
    console.log('Ctrl-C ends it');
    if (tour) void showTour(demo.address);
  },
  (error: unknown) => {
    // Ctrl-C reaches the children too, so that a start which was interrupted fails by itself.
    if (!stopping) console.error(`demo: ${whyNot(error)}`);
    process.exit(stopping ? 0 : 1);
  },
);

/** Ends the demo when the tour is over. */
function showTour(address: string): Promise<void> {
  return playTour({ address, pictures }).then(
    (taken) => {
      console.log(`the tour is over; ${pictures} holds ${taken.join(', ')}`);
      stop(0);
    },
    (error: unknown) => stop(1, `the tour ended early: ${whyNot(error)}`),
  );
}

/** Ends what was started, also when the start is still under way. */
function stop(code: number, why?: string): void {
  if (stopping) return;
  stopping = true;
  if (why) console.error(`demo: ${why}`);
  starting
    .then((demo) => demo.stop())
    .then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(`demo: ${whyNot(error)}`);
        process.exit(1);
      },
    );
}

function readPort(written: string): number {
  if (/^\d{1,5}$/.test(written) && Number(written) <= 65_535) return Number(written);
  throw new InvalidArgumentError('Expected a port, 0 to 65535.');
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
