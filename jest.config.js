export default {
  // Tests are loaded by Node itself, not in a realm of their own for each file: see native-runtime.cjs.
  runtime: '<rootDir>/test/support/jest/native-runtime.cjs',
  testEnvironment: '<rootDir>/test/support/jest/native-environment.cjs',
  // 'fails': a file that prints fails. 'allowed': it may.
  testEnvironmentOptions: { printing: 'fails' },
  testSequencer: '<rootDir>/test/support/jest/sequencer.cjs',
  transform: {},
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  // A test often waits, for a person's patience or a pause that is promised: more workers than processors. Each compiles the
  // product for itself, so seven take a tenth more processor time than four.
  maxWorkers: 5,
  testTimeout: 30_000,
  // Bolt waits three seconds for the acknowledgement of what was answered 503, and keeps the process as long.
  workerGracefulExitTimeout: 5_000,
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
