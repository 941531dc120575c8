// npm run test:faults: kills replicas at each instant between two steps and at random instants, and puts four replicas
// through a storm of presses and faults. KILLS and ROUNDS set how many; SEED repeats a run. Arguments are passed to Jest.
import { runSuite } from './testing/suite.js';

const only = ['--testMatch', '<rootDir>/test/faults/**/*.{faults,storm,long}.ts'];
await runSuite({ parts: [[...process.argv.slice(2), ...only]], command: 'npm run test:faults --' });
