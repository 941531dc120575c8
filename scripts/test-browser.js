// npm run test:browser: the tests of pages, in the machine's Chromium. Arguments are passed to Jest.
import { accessSync, constants } from 'node:fs';
import { runSuite } from './testing/suite.js';

const chromium = process.env.CHROMIUM || '/usr/bin/chromium';
// Each test file needs its own browser, demo and database, so fewer run at once.
const only = ['--maxWorkers', '5', '--testMatch', '<rootDir>/test/browser/**/*.browser.ts'];

if (isProgram(chromium)) {
  process.env.CHROMIUM = chromium;
  await runSuite({ parts: [[...process.argv.slice(2), ...only]], command: 'npm run test:browser --' });
} else {
  console.error(`browser tests: no Chromium at ${chromium}; install it, or set CHROMIUM to its path`);
  process.exitCode = 1;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
