import { CONFIG, type Installation, install, PRODUCTION } from '../support/installation.js';

/** Each stage of production has a workflow that can be started with what it gives. */

let shop: Installation;
beforeEach(async () => {
  shop = await install();
});
afterEach(() => shop.stop());

const STAGED = CONFIG.replace(
  '{ workflow: production.yml, inputs: { region: eu } }',
  '{ workflow: production.yml, stages: [{ name: canary, inputs: { region: canary } }, { name: eu, inputs: { region: eu } }, { name: us, workflow: production-us.yml, inputs: { region: us } }] }',
);
/** The workflow that the team has copied, with any region. */
const ANY = PRODUCTION.replace('{ type: choice, options: [eu, us], default: eu }', '{ type: string }');
const of = (check: string) => shop.verdict(`service.shop.${check}`, STAGED);

test('a stage whose workflow is not there is named, and the others are ok', async () => {
  shop.github.setFile('acme/shop', 'main', 'production.yml', ANY);
  expect(await of('inputs')).toBe('ok: sha, deploy_id, requested_by and region');
  expect(await of('stage.eu')).toMatch(/^ok: /);
  expect(await of('stage.us')).toMatch(/^wrong: \.github\/workflows\/production-us\.yml is not on main/);
  shop.github.setFile('acme/shop', 'main', 'production-us.yml', ANY);
  expect(await of('stage.us')).toMatch(/^ok: /);
});

test('a stage whose workflow does not take its inputs, or cannot be found by its run-name', async () => {
  const set = (text: string) => shop.github.setFile('acme/shop', 'main', 'production-us.yml', text);
  set(ANY.replaceAll('region', 'country'));
  expect(await of('stage.us')).toMatch(/^wrong: .*region not declared/);
  set(ANY.replace(/^run-name:.*$/m, 'run-name: Deploy'));
  expect(await of('stage.us')).toMatch(/^wrong: .*run-name/);
});
