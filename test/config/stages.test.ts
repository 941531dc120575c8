import { ConfigProblems, loadConfig } from '../../src/config/config.js';

/** What is said of stages that cannot be. */

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};

function linesOf(stages: string, more = ''): string[] {
  const file = `
channel: C0RELEASES
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, ${more}stages: ${stages} }
    deployers: [U0ALICE]
`;
  try {
    loadConfig(env, () => file);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

test('stages that are right', () => {
  expect(linesOf('[{ name: canary, bake: 15m }, { name: eu, workflow: production-eu.yml }]')).toEqual([]);
});

test('two stages of one name', () => {
  const [line, ...more] = linesOf('[{ name: canary }, { name: canary }]');
  expect(line).toMatch(/^services\[0\]\.production\.stages: .*each name once/);
  expect(more).toEqual([]);
});

test('a stage that runs the staging workflow', () => {
  expect(linesOf('[{ name: canary, workflow: staging.yml }, { name: eu }]')).toEqual([
    expect.stringMatching(
      /^services\[0\]\.production\.stages\[0\]\.workflow: .*staging\.yml.*this one tests in staging/,
    ),
  ]);
});

test('more inputs than GitHub accepts, together with those of production', () => {
  const inputs = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `input_${from + at}: x`).join(', ');
  const own = `inputs: { ${inputs(0, 20)} }, `;
  expect(linesOf(`[{ name: canary, inputs: { ${inputs(18, 22)} } }, { name: eu }]`, own)).toEqual([]);
  expect(linesOf(`[{ name: canary, inputs: { ${inputs(20, 23)} } }, { name: eu }]`, own)).toEqual([
    expect.stringMatching(/^services\[0\]\.production\.stages\[0\]\.inputs: .*23 inputs, with those of production/),
  ]);
});

test('a last stage that waits for Continue', () => {
  const [line] = linesOf('[{ name: canary }, { name: eu, next: press }]');
  expect(line).toContain('nothing follows it');
});
