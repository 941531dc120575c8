import { CONFIG, type Installation, install, line } from '../support/installation.js';
import { CHECKOUTS } from './checkout-texts.js';
import { DECLARED } from './declared-texts.js';
import { file } from './workflow-text.js';

let shop: Installation;
beforeAll(async () => {
  // They ask more in a minute than GitHub allows an installation.
  shop = await install({ github: { limits: 'off' } });
});
afterAll(() => shop.stop());

const OURS = ['production', 'inputs', 'run-name'];

describe('the production workflow', () => {
  const setTo = (text: string) => shop.github.setFile('acme/shop', 'main', 'production.yml', text);

  test.each([...DECLARED, ...CHECKOUTS].map((one) => [one.doctor[0], one.what, one] as const))(
    '%s: %s',
    async (check, _, { text, doctor, parser }) => {
      setTo(text);
      const checks = await shop.examined();
      expect(line(checks, `service.shop.${check}`)).toMatch(doctor[1]);
      const wrong = OURS.filter((id) => line(checks, `service.shop.${id}`).startsWith('wrong'));
      // What GitHub's parser takes is wrong only where it would deploy another commit, or its run would not be found.
      if (parser === null && !/^\^?wrong/.test(doctor[1].source)) expect(wrong).toEqual([]);
      // One fault is one line: the checks that it hides are skipped or ok.
      else expect(wrong).toEqual(/^\^?wrong/.test(doctor[1].source) ? [check] : []);
    },
  );

  test('with 26 inputs is refused by GitHub, with 25 it is not', async () => {
    const all = (more: number) => {
      const inputs = Array.from({ length: more }, (_, at) => `      more_${at}: { type: string }\n`);
      return file({}).replace('      region:', `${inputs.join('')}      region:`);
    };
    setTo(all(21));
    expect(await shop.verdict('service.shop.inputs')).toMatch(/^ok: /);
    setTo(all(22));
    expect(await shop.verdict('service.shop.inputs')).toBe(
      'wrong: GitHub refuses production.yml: it declares 26 inputs, and GitHub here takes 25. Declare no more than 25, three of them sha, deploy_id and requested_by.',
    );
  });

  test.each([
    [
      '{ type: boolean }',
      'yes',
      /^wrong: GitHub would refuse the start: dry: yes is not true or false\. Set dry to true/,
    ],
    ['{ type: boolean }', '1', /^wrong: .*dry: 1 is not true or false/],
    ['{ type: boolean }', 'true', /^ok: /],
    ['{ type: boolean }', '"false"', /^ok: /],
    ['{ type: string }', 'yes', /^ok: /],
    ['{ type: number }', '3', /^ok: /],
    [
      '{ type: number }',
      'many',
      /^skipped: GitHub may refuse .*: dry is a number, and production\.inputs gives it many$/,
    ],
  ])('that declares %s and is given %s by the config', async (declared, given, expected) => {
    setTo(file({}).replace('      region:', `      dry: ${declared}\n      region:`));
    const config = CONFIG.replace('{ region: eu }', `{ dry: ${given} }`);
    expect(await shop.verdict('service.shop.inputs', config)).toMatch(expected);
  });
});

describe('the staging workflow', () => {
  test.each([
    [
      'branches and what they ignore',
      'push: { branches: [main], branches-ignore: [wip] }',
      /^wrong: staging\.yml on main: on\.push has branches and branches-ignore, and GitHub takes one of them\. Remove branches-ignore there/,
    ],
    [
      'paths and what they ignore',
      'push: { paths: [src/**], paths-ignore: [docs/**] }',
      /^wrong: .*on\.push has paths and paths-ignore/,
    ],
    [
      'both for another event',
      'push: , pull_request: { tags: [a], tags-ignore: [b] }',
      /^wrong: .*on\.pull_request has tags and tags-ignore/,
    ],
    ['one filter for branches, another for tags', 'push: { branches: [main], tags-ignore: [b] }', /^ok: /],
    ['what is ignored alone', 'push: { branches-ignore: [wip] }', /^ok: /],
    ['a merge key', 'push: &all { branches: [main] }, pull_request: { <<: *all }', /^wrong: .*line 1 has <</],
    [
      'keys that differ in capitals',
      'push: { branches: [main], Branches: [main] }',
      /^wrong: .*Branches, which is the same key as branches/,
    ],
  ])('with %s', async (_, events, expected) => {
    const jobs = 'jobs: { staging: { runs-on: ubuntu-latest, steps: [{ run: make }] } }';
    shop.github.setFile('acme/shop', 'main', 'staging.yml', `on: { ${events} }\n${jobs}\n`);
    expect(await shop.verdict('service.shop.staging')).toMatch(expected);
  });
});
