import type { Config } from '../../src/config/config.js';
import { CONFIG, type Installation, install, PRODUCTION, STAGING } from '../support/installation.js';

let shop: Installation;
beforeEach(async () => {
  shop = await install();
});
afterEach(() => shop.stop());

const of = (check: string, config?: string) => shop.verdict(`service.shop.${check}`, config);
const production = (source: string | null, ref = 'main') =>
  shop.github.setFile('acme/shop', ref, 'production.yml', source);
const staging = (source: string | null, ref = 'main') => shop.github.setFile('acme/shop', ref, 'staging.yml', source);
const onRef = (ref: string) => CONFIG.replace('inputs: { region: eu }', `inputs: { region: eu }, ref: ${ref}`);

const JOBS = 'jobs: { test: { runs-on: ubuntu-latest, steps: [{ run: make }] } }';

describe('the repository', () => {
  test('that is archived runs nothing', async () => {
    shop.github.archive('acme/shop');
    expect(await of('repository')).toMatch(/^wrong: acme\/shop is archived: no workflow runs there\. Unarchive it/);
  });
  test('that got another name is known by that', async () => {
    const renamed = {
      full_name: 'acme/store',
      default_branch: 'main',
      private: true,
      html_url: 'https://github.com/acme/store',
    };
    shop.github.fail('repository', { kind: 'status', status: 200, body: renamed });
    expect(await of('repository')).toBe(
      'wrong: acme/shop is now called acme/store. Set repository: acme/store for shop in the config.',
    );
  });
});

describe('the branch and the ref', () => {
  test('that are there', async () => {
    expect(await of('branch')).toMatch(/^ok: main, at [0-9a-f]{7}$/);
    expect(await of('ref')).toBe('ok: the branch main');
    const { sha } = await shop.github.push('acme/shop', { title: 'One', branch: 'release/1' });
    shop.github.tag('acme/shop', 'v1', sha);
    expect(await of('ref', onRef('release/1'))).toBe('ok: the branch release/1');
    expect(await of('ref', onRef('v1'))).toBe('ok: the tag v1');
  });
  test('that are not', async () => {
    const config = CONFIG.replace('repository: acme/shop', 'repository: acme/shop\n    branch: trunk');
    expect(await of('branch', config)).toBe(
      'wrong: acme/shop has no branch trunk. Set branch for shop in the config; the default branch is main.',
    );
    expect(await of('ref', onRef('v9'))).toMatch(
      /^wrong: acme\/shop has neither a branch nor a tag v9\. Set production\.ref/,
    );
  });
});

describe('the staging workflow', () => {
  test('of the examples is right', async () => {
    expect(await of('staging')).toBe('ok: enabled, runs on push to main');
  });

  test.each([
    [
      'is not on the branch',
      () => staging(null),
      /^wrong: \.github\/workflows\/staging\.yml is not on main\. Put it there/,
    ],
    [
      'is switched off',
      () => shop.github.workflowState('acme/shop', 'staging.yml', 'disabled_manually'),
      /^wrong: staging\.yml is disabled manually\. Press Enable workflow at: https:\/\/github\.com\/acme\/shop\/actions\/workflows\/staging\.yml$/,
    ],
    [
      'runs for pull requests alone',
      () => staging(`on: pull_request\n${JOBS}`),
      /^wrong: staging\.yml does not run on push\. Put into staging\.yml: on: \{ push: \{ branches: \[main\] \} \}$/,
    ],
    [
      'runs on push to other branches',
      () => staging(`on: { push: { branches: ["release/**"] } }\n${JOBS}`),
      /^wrong: a push to main does not start staging\.yml: its branch filter/,
    ],
    ['is no YAML', () => staging('on: [push'), /^wrong: staging\.yml on main: it is not valid YAML: .*\. Compare it/],
    ['is no workflow', () => staging('hello: world'), /^wrong: staging\.yml on main: it has no event under on/],
    [
      'cannot be read now',
      () => shop.github.fail('contents', { kind: 'status', status: 500 }, 9),
      /^skipped: no usable answer from GitHub: HTTP 500$/,
    ],
  ] as const)('that %s', async (_, breaks, expected) => {
    breaks();
    expect(await of('staging')).toMatch(expected);
  });

  test('counts as it stands on the branch of the service', async () => {
    await shop.github.push('acme/shop', { title: 'One', branch: 'trunk' });
    const config = CONFIG.replace('repository: acme/shop', 'repository: acme/shop\n    branch: trunk');
    staging(STAGING.replace('[main]', '[main, trunk]'), 'trunk');
    expect(await of('staging', config)).toBe('ok: enabled, runs on push to trunk');
    // A push runs the copy of its own branch.
    staging(null);
    expect(await of('staging', config)).toBe('ok: exists, runs on push to trunk');
    staging(null, 'trunk');
    expect(await of('staging', config)).toMatch(/^wrong: \.github\/workflows\/staging\.yml is not on trunk\./);
  });
});

describe('the production workflow', () => {
  test('of the examples is right', async () => {
    expect(await of('production')).toBe('ok: enabled, has workflow_dispatch');
    expect(await of('inputs')).toBe('ok: sha, deploy_id, requested_by and region');
    expect(await of('run-name')).toBe('ok: holds [deploy_id]');
  });

  test('that checks out the tip of its branch would deploy what nobody approved', async () => {
    production(PRODUCTION.replaceAll('inputs.sha', 'github.sha'));
    expect(await of('inputs')).toMatch(
      /^wrong: nothing in production\.yml uses inputs\.sha: it would deploy the tip of main, not what was approved\. Check out exactly that commit: /,
    );
    production(PRODUCTION.replaceAll('inputs.sha', 'github.event.inputs.sha'));
    expect(await of('inputs')).toMatch(/^ok: /);
  });

  test('that cannot be dispatched is started by nobody', async () => {
    production(
      PRODUCTION.replace('workflow_dispatch:', 'workflow_call:').replace(
        'type: choice, options: [eu, us]',
        'type: string',
      ),
    );
    expect(await of('production')).toMatch(/^wrong: production\.yml has no workflow_dispatch/);
    expect(await of('inputs')).toBe('skipped: production.yml cannot be dispatched');
    expect(await of('run-name')).toBe('ok: holds [deploy_id]');
  });

  test.each([
    [
      'lacks an input of ours',
      (file: string) => file.replace('deploy_id:', 'deployment:'),
      /^wrong: .*: deploy_id not declared; deployment required but not given\. Declare deploy_id under/,
    ],
    [
      'lacks an input of the config',
      (file: string) => file.replace('region:', 'place:'),
      /^wrong: .*: region not declared\. Declare region under on\.workflow_dispatch\.inputs of production\.yml\.$/,
    ],
    [
      'has none of the options',
      (file: string) => file.replace('[eu, us]', '[us]'),
      /^wrong: .*: region: eu is not one of its options\. Set it to one/,
    ],
    [
      'requires one more',
      (file: string) => file.replace('region:', 'tier: { required: true }\n      region:'),
      /^wrong: .*: tier required but not given\. Give tier a default there/,
    ],
    [
      'requires one more that has a default',
      (file: string) => file.replace('region:', 'tier: { required: true, default: gold }\n      region:'),
      /^ok: /,
    ],
    ['has them in capitals', (file: string) => file.replace('sha:', 'SHA:'), /^ok: /],
  ])('whose inputs: it %s', async (_, change, expected) => {
    production(change(PRODUCTION));
    expect(await of('inputs')).toMatch(expected);
  });

  describe('with questions', () => {
    const config = (ask: string) => CONFIG.replace('inputs: { region: eu }', `inputs: { region: eu }, ask: [${ask}]`);
    const how = '{ input: how, choice: [rolling, all at once], default: rolling }';
    const declared = (how: string, more = '') =>
      PRODUCTION.replace('region:', `how: ${how}\n${more === '' ? '' : `      ${more}\n`}      region:`);

    test.each([
      ['declares them', declared('{ type: choice, options: [rolling, all at once] }'), how, /^ok: .*region and how$/],
      ['lacks one', PRODUCTION, how, /^wrong: .*: how not declared\. Declare how under/],
      [
        'takes fewer choices',
        declared('{ type: choice, options: [rolling] }'),
        how,
        /^wrong: .*how may be answered with all at once, which it does not take\. Offer what production\.yml takes of how/,
      ],
      [
        'takes a number',
        declared('{ type: number }'),
        '{ input: how, text: true }',
        /^wrong: .*how is a number, and is/,
      ],
      ['takes yes or no', declared('{ type: boolean }'), '{ input: how, yes_or_no: true, default: no }', /^ok: /],
      [
        'requires a text that Roll back does not send',
        declared('{ required: true }'),
        '{ input: how, text: true }',
        /^wrong: .*how required but not given\. Give how a default there, or .* a default in production\.ask/,
      ],
    ] as const)('of which it %s', async (_, file, ask, expected) => {
      production(file);
      expect(await of('inputs', config(ask))).toMatch(expected);
    });
  });

  const named = (name: string) => PRODUCTION.replace(/^run-name:.*$/m, name);
  /** An expression of GitHub's. */
  const filled = (expression: string) => `$\{{${expression}}}`;
  test.each([
    [
      'none',
      '',
      /^wrong: production\.yml has none: .* Put into production\.yml: run-name: "Deploy \$\{\{ inputs\.sha \}\} \[\$\{\{ inputs\.deploy_id \}\}\]"$/,
    ],
    [
      'without brackets',
      `run-name: "Deploy ${filled(' inputs.deploy_id ')}"`,
      /^wrong: it does not hold deploy_id in brackets/,
    ],
    [
      'with blanks in the brackets',
      `run-name: "Deploy [ ${filled(' inputs.deploy_id ')} ]"`,
      /^wrong: it does not hold/,
    ],
    ['with a blank behind it', `run-name: "Deploy [${filled(' inputs.deploy_id ')} ]"`, /^wrong: it does not hold/],
    ['without blanks in the expression', `run-name: "[${filled('inputs.deploy_id')}]"`, /^ok: holds/],
    ['of the event', `run-name: "[${filled(' github.event.inputs.deploy_id ')}]"`, /^ok: holds/],
    [
      'made by a function',
      `run-name: "${filled(" format('Deploy [{0}]', inputs.deploy_id) ")}"`,
      /^skipped: it is an expression/,
    ],
  ])('run-name %s', async (_, line, expected) => {
    production(named(line));
    expect(await of('run-name')).toMatch(expected);
  });

  test('counts as it stands on the ref that it is started on', async () => {
    await shop.github.push('acme/shop', { title: 'One', branch: 'releases' });
    production(named(''), 'releases');
    expect(await of('run-name')).toMatch(/^ok/);
    expect(await of('run-name', onRef('releases'))).toMatch(/^wrong/);
    production(null, 'releases');
    expect(await of('production', onRef('releases'))).toMatch(
      /^wrong: \.github\/workflows\/production\.yml is not on releases\./,
    );
    expect(await of('inputs', onRef('releases'))).toBe('skipped: production.yml could not be read');
  });
});

describe('the authors of recent commits', () => {
  const required = (config: Config): Config => ({
    ...config,
    services: config.services.map((one) => ({ ...one, approvals: { ...one.approvals, required: 1 } })),
  });
  const withApproval = () => shop.verdict('service.shop.authors', CONFIG, {}, required);

  test('whom people names can be told from those who approve', async () => {
    expect(await of('authors')).toBe('ok: in people: octocat');
    expect(await withApproval()).toBe('ok: in people: octocat');
  });

  test('which are tools for people are no authors to tell apart', async () => {
    await shop.github.push('acme/shop', {
      title: 'One',
      author: { login: 'Copilot', name: 'Copilot', email: '1+Copilot@users.noreply.github.com' },
    });
    expect(await withApproval()).toMatch(/^wrong: not in people: Copilot/);
    const config = CONFIG.replace('octocat: U0ALICE', 'octocat: U0ALICE, Copilot: tool');
    expect(await shop.verdict('service.shop.authors', config, {}, required)).toBe('ok: in people: octocat');
    expect((await shop.examined(config)).filter(({ id }) => id.startsWith('slack.user')).map(({ id }) => id)).toEqual([
      'slack.user.U0ALICE',
      'slack.user.U0OPS',
    ]);
  });

  test('whom nobody names: wrong where four eyes are asked for, told where they are not', async () => {
    await shop.github.push('acme/shop', {
      title: 'One',
      author: { login: 'Bob', name: 'Bob', email: 'bob@acme.test' },
    });
    await shop.github.push('acme/shop', { title: 'Two', author: { name: 'Carol', email: 'carol@home.test' } });
    await shop.github.push('acme/shop', {
      title: 'Three',
      author: { login: 'dependabot[bot]', name: 'd', email: 'd@x.test' },
    });
    expect(await of('authors')).toMatch(
      /^ok: not in people: Bob and Carol \(no GitHub account\); no approvals are required/,
    );
    expect(await withApproval()).toMatch(
      /^wrong: not in people: Bob and Carol .*unless Slack knows the e-mail of their commits.*Add to people in the config: Bob: U…$/,
    );
    const authors = (config: Config): Config => ({
      ...config,
      services: required(config).services.map((one) => ({ ...one, approvals: { ...one.approvals, authors: true } })),
    });
    expect(await shop.verdict('service.shop.authors', CONFIG, {}, authors)).toMatch(/^ok: .*authors may approve here/);
  });
});
