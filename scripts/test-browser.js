// npm run test:browser: the tests of pages, in the machine's Chromium. Arguments are passed to Jest.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'test', 'browser');
const chromium = process.env.CHROMIUM || '/usr/bin/chromium';

const problem = whatIsMissing();
if (problem) {
  console.error(`browser tests: ${problem}`);
  process.exitCode = 1;
} else {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  // Each test file needs its own browser, demo and database, so fewer run at once.
  const only = ['--maxWorkers', '5', '--testMatch', '<rootDir>/test/browser/**/*.browser.ts'];
  const ran = spawnSync(process.execPath, [...jest, ...process.argv.slice(2), ...only], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM: chromium },
  });
  process.exitCode = ran.status ?? 1;
}

function whatIsMissing() {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
  if (!files.some((file) => String(file).endsWith('.browser.ts'))) return 'no test/browser/*.browser.ts was found';
  try {
    accessSync(chromium, constants.X_OK);
    return undefined;
  } catch {
    return `no Chromium at ${chromium}; install it, or set CHROMIUM to its path`;
  }
}
