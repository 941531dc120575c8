import { CONFIG, type Installation, install } from '../support/installation.js';

let shop: Installation;
afterEach(() => shop.stop());

const requiring = (...requires: string[]) =>
  CONFIG.replace(
    'staging: { workflow: staging.yml }',
    `staging: { workflow: staging.yml, requires: [${requires.join(', ')}] }`,
  );
const E2E = '{ workflow: e2e.yml, event: deployment_status }';
const AFTER = '{ workflow: after.yml, event: workflow_run }';
const SCAN = '{ check: scan, app: snyk }';
const LEGACY = '{ status: ci/legacy, by: jenkins }';

const workflow = (on: string, more = '') =>
  `${more}on:\n  ${on}\njobs:\n  test: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n`;

test('a required workflow is there, and its event starts it', async () => {
  shop = await install();
  const verdict = () => shop.verdict('service.shop.requires.e2e.yml.deployment_status', requiring(E2E));
  expect(await verdict()).toMatch(/^wrong: \.github\/workflows\/e2e\.yml is not on main/);
  shop.github.setFile('acme/shop', 'main', 'e2e.yml', workflow('push:'));
  expect(await verdict()).toMatch(/^wrong: deployment_status does not start e2e\.yml/);
  shop.github.setFile('acme/shop', 'main', 'e2e.yml', workflow('deployment_status:'));
  expect(await verdict()).toMatch(/^ok: .*runs on deployment_status$/);
});

test('what another workflow starts says in its name which commit it tests', async () => {
  shop = await install();
  const verdict = () => shop.verdict('service.shop.requires.after.yml.workflow_run', requiring(AFTER));
  const on = 'workflow_run: { workflows: [Staging], types: [completed] }';
  shop.github.setFile('acme/shop', 'main', 'after.yml', workflow(on));
  expect(await verdict()).toMatch(/^wrong: the runs of after\.yml do not say which commit.*workflow_run\.head_sha/s);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
  const named = 'run-name: "Smoke ${{ github.event.workflow_run.head_sha }}"\n';
  shop.github.setFile('acme/shop', 'main', 'after.yml', workflow(on, named));
  expect(await verdict()).toMatch(/^ok: .*name the commit/);
});

test.each(['app', 'token'] as const)(
  'permissions and events are asked for only where they are used: %s',
  async (as) => {
    shop = await install({ as });
    const ids = async (config: string) => (await shop.examined(config)).map(({ id }) => id);
    expect((await ids(CONFIG)).filter((id) => /checks|statuses/.test(id))).toEqual([]);
    const config = requiring(SCAN, LEGACY);
    expect(await shop.verdict('github.permission.checks', config)).toMatch(/^wrong: .*Checks: Read-only/);
    expect(await shop.verdict('github.permission.statuses', config)).toMatch(/^wrong: .*Commit statuses: Read-only/);
    if (as === 'app') {
      expect(await shop.verdict('github.events', config)).toMatch(
        /^wrong: the App does not subscribe to check_run and status/,
      );
      shop.github.setHook({ events: ['workflow_run', 'workflow_job', 'check_run', 'status'] });
      expect(await shop.verdict('github.events', config)).toMatch(/^ok: .*check_run and status$/);
    }
  },
);
