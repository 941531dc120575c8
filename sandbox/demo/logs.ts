/** What the jobs of the demo write when they fail. */

const CYAN = '\u001b[36m';
const RED = '\u001b[31m';
const GREEN = '\u001b[32m';
const PLAIN = '\u001b[39m';

export const UNIT_TESTS: readonly string[] = [
  ...Array.from(
    { length: 30 },
    (_, n) => ` ${GREEN}✓${PLAIN} src/module-${n + 1}.test.ts (${(n % 7) + 2} tests) ${n + 4}ms`,
  ),
  ` ${RED}❯${PLAIN} src/tokens.test.ts (12 tests | 1 failed) 41ms`,
  `   ${RED}×${PLAIN} keeps the plural of a word 6ms`,
  `     → expected 'boxes' to be 'box' // Object.is equality`,
  '',
  `${RED}⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯${PLAIN}`,
  '',
  ' FAIL  src/tokens.test.ts > keeps the plural of a word',
  `AssertionError: expected 'boxes' to be 'box' // Object.is equality`,
  '',
  `Expected: ${GREEN}"box"${PLAIN}`,
  `Received: ${RED}"boxes"${PLAIN}`,
  '',
  ` ${CYAN}❯${PLAIN} src/tokens.test.ts:48:31`,
  '',
  ' Test Files  1 failed | 30 passed (31)',
  '      Tests  1 failed | 148 passed (149)',
];

export const SMOKE_TEST: readonly string[] = [
  'Waiting for the new version …',
  'GET /healthz 200 in 41 ms',
  'GET /basket 200 in 88 ms',
  'POST /checkout 502 in 5004 ms',
  'error: POST /checkout answered 502: upstream "payments" timed out after 5 s',
  'hint: x-request-id 4be1c0, Authorization: Bearer demo-demo-demo-1234',
];

/** The log of a step that ends with exit code 1, with what the runner writes around it. */
export function logOf(at: Date, command: string, lines: readonly string[]): string {
  const stamp = at.toISOString().replace('Z', '0000Z');
  return [
    `##[group]Run ${command}`,
    `\u001b[36;1m${command}\u001b[0m`,
    'shell: /usr/bin/bash -e {0}',
    '##[endgroup]',
    ...lines,
    '##[error]Process completed with exit code 1.',
    'Post job cleanup.',
    'Cleaning up orphan processes',
  ]
    .map((line) => `${stamp} ${line}\n`)
    .join('');
}
