import { CONFIG, type Installation, install, line, PRODUCTION, STAGING } from '../support/installation.js';

let shop: Installation;
afterEach(() => shop.stop());

/** A config with so many inputs of its own, and a production workflow that declares them and `more`. */
function withInputs(own: number, more = 0): string {
  const names = Array.from({ length: own + more }, (_, at) => `own_${at}`);
  const declared = names.map((name) => `      ${name}: { type: string }\n`).join('');
  const source = PRODUCTION.replace(/ {6}region: .*\n/, declared);
  shop.github.setFile('acme/shop', 'main', 'production.yml', source);
  const given = names.slice(0, own).map((name) => `${name}: a`);
  return CONFIG.replace('{ region: eu }', `{ ${given.join(', ')} }`);
}

describe.each(['app', 'token'] as const)('signed in with the %s', (as) => {
  beforeEach(async () => {
    shop = await install({ as });
  });

  test('github.com has no line of its own', async () => {
    expect((await shop.examined()).map(({ id }) => id)).not.toContain('github.server');
  });

  test.each([
    [
      '3.19.2',
      'ok: GitHub Enterprise Server 3.19.2: up to 7 inputs of your own; it answers a start without the id of the run, which is then looked up by its name',
    ],
    [
      '3.20.0',
      'ok: GitHub Enterprise Server 3.20.0: up to 22 inputs of your own; it answers a start without the id of the run, which is then looked up by its name',
    ],
    ['3.21.0', 'ok: GitHub Enterprise Server 3.21.0: up to 22 inputs of your own'],
    ['unreleased', 'ok: GitHub Enterprise Server unreleased: up to 22 inputs of your own'],
  ])('a server of version %s says so, also where a proxy drops its header', async (version, expected) => {
    for (const told of [true, false]) {
      shop.github.enterprise(version, told);
      expect(await shop.verdict('github.server')).toBe(expected);
    }
  });
});

describe('a GitHub Enterprise Server', () => {
  beforeEach(async () => {
    shop = await install();
    shop.github.enterprise('3.19.2');
  });

  test('of version 3.19 takes ten inputs of a start, three of them ours', async () => {
    expect(await shop.verdict('service.shop.inputs', withInputs(7))).toMatch(/^ok: /);
    expect(await shop.verdict('service.shop.inputs', withInputs(8))).toBe(
      'wrong: GitHub refuses production.yml: it declares 11 inputs, and GitHub here takes 10. Declare no more than 10, three of them sha, deploy_id and requested_by.',
    );
    expect(await shop.verdict('service.shop.inputs', withInputs(3, 5))).toMatch(/^wrong: .*it declares 11 inputs/);
    shop.github.enterprise('3.20.0');
    expect(await shop.verdict('service.shop.inputs', withInputs(8))).toMatch(/^ok: /);
    expect(await shop.verdict('service.shop.inputs', withInputs(22))).toMatch(/^ok: /);
  });

  const staged = (uses: string, more = '') => {
    const source = STAGING.replace(/uses: actions\/upload-artifact@.*/, `uses: ${uses}${more}`);
    shop.github.setFile('acme/shop', 'main', 'staging.yml', source);
    return shop.verdict('service.shop.staging');
  };
  const conditional = (condition: string) => (file: string) => file.replace('if: always()', `if: ${condition}`);

  test('cannot run the example as it is for github.com, and can with the step that the doctor names', async () => {
    const told = await shop.verdict('service.shop.staging');
    expect(told).toBe(
      'wrong: staging.yml uses actions/upload-artifact@v6, which refuses to run on GitHub Enterprise Server: its runs cannot pass. Use instead, without overwrite (and with v3.2.2-node20 where runners have no Node 24): uses: actions/upload-artifact@v3.2.2',
    );
    expect(await staged(/uses: (actions\S+)$/.exec(told)?.[1] ?? '')).toBe('ok: enabled, runs on push to main');
    const checks = await shop.examined();
    expect(checks.filter(({ verdict }) => verdict.is === 'wrong').map(({ id }) => line(checks, id))).toEqual([]);
  });

  test.each([
    ['actions/upload-artifact@v4', /^wrong/],
    ['actions/upload-artifact@4.6.2', /^wrong/],
    ['Actions/Upload-Artifact@v10', /^wrong/],
    ['actions/download-artifact@v5', /^wrong: .*Use instead: uses: actions\/download-artifact@v3$/],
    ['actions/upload-artifact/merge@v4', /^wrong: .*Leave the step out/],
    ['actions/upload-artifact@v3-node20', /^ok/],
    ['actions/upload-artifact@v2.3.1', /^ok/],
    ['actions/upload-artifact@main', /^skipped: look at the step actions\/upload-artifact@main of staging\.yml/],
    [`actions/upload-artifact@${'4'.repeat(40)}`, /^skipped: look at the step/],
    ['acme/upload-artifact@v4', /^ok/],
  ])('with the step %s', async (uses, expected) => {
    expect(await staged(uses)).toMatch(expected);
  });

  test.each([
    ['a condition of its own', conditional("github.server_url == 'https://github.com'"), /^skipped/],
    ['a condition of how the run goes', conditional('${' + '{ !cancelled() }}'), /^wrong/],
    ['no condition', (file: string) => file.replace('        if: always()\n', ''), /^wrong/],
    ['leave to fail', conditional('always()\n        continue-on-error: true'), /^skipped/],
  ])('with a step that has %s', async (_, change, expected) => {
    shop.github.setFile('acme/shop', 'main', 'staging.yml', change(STAGING));
    expect(await shop.verdict('service.shop.staging')).toMatch(expected);
  });

  test('looks at the steps of the production workflow too', async () => {
    const source = PRODUCTION.replace(
      '      - uses: actions/checkout@v6',
      '      - uses: actions/download-artifact@v5\n$&',
    );
    shop.github.setFile('acme/shop', 'main', 'production.yml', source);
    expect(await shop.verdict('service.shop.production')).toMatch(
      /^wrong: production\.yml uses actions\/download-artifact@v5/,
    );
    expect(await shop.verdict('service.shop.run-name')).toMatch(/^ok/);
  });
});
