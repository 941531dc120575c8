// npm run test:faults: kills replicas at each instant between two steps and at random instants, and puts four replicas
// through a storm of presses and faults. KILLS and ROUNDS set how many; SEED repeats a run. Arguments are passed to Jest.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const only = ['--testMatch', '<rootDir>/test/faults/**/*.{faults,storm,long}.ts'];
// When no file matches, Jest ends with 1.
const ran = spawnSync(process.execPath, [...jest, ...process.argv.slice(2), ...only], { cwd: root, stdio: 'inherit' });
process.exitCode = ran.status ?? 1;
