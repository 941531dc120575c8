/** Logs as GitHub's runner writes them. */

/** One line, with the time at its beginning. */
export const stamped = (at: Date, text: string): string => `${at.toISOString().replace('Z', '0000Z')} ${text}\n`;

/** A whole log: each step begins with its command, and takes no time. */
export function logOf(at: Date, ...steps: { command: string; lines: string[]; error?: string }[]): string {
  const lines = steps.flatMap(({ command, lines, error }) => [
    ...[`##[group]Run ${command}`, `\u001b[36;1m${command}\u001b[0m`, 'shell: /usr/bin/bash -e {0}', '##[endgroup]'],
    ...lines,
    ...(error === undefined ? [] : [`##[error]${error}`]),
  ]);
  return `\ufeff${[...lines, ...CLEANUP].map((line) => stamped(at, line)).join('')}`;
}

const CLEANUP = [
  'Post job cleanup.',
  '[command]/usr/bin/git version',
  'git version 2.51.0',
  'Temporarily overriding HOME before making global git config changes',
  'Cleaning up orphan processes',
];

/** What Jest writes of a test that fails. */
export const JEST = [
  'PASS src/till.test.ts',
  'FAIL src/basket.test.ts',
  '  ● Basket › adds a price',
  '',
  '    expect(received).toBe(expected) // Object.is equality',
  '',
  '    Expected: \u001b[32m3\u001b[39m',
  '    Received: \u001b[31m4\u001b[39m',
  '',
  '      12 |   expect(basket.total()).toBe(3);',
  '',
  'Tests:       1 failed, 411 passed, 412 total',
  'npm error Lifecycle script `test` failed with error:',
  'npm error code 1',
  'npm error path /home/runner/work/shop/shop',
];
