import { type Check, tally } from '../../src/core/check.js';
import { examine } from '../../src/doctor/doctor.js';
import { CONFIG, type Installation, install, line } from '../support/installation.js';
import { runDoctor } from '../support/run-doctor.js';

const wrongOnes = (checks: readonly Check[]) =>
  checks.filter(({ verdict }) => verdict.is === 'wrong').map(({ id }) => line(checks, id));

describe('an installation in which all is right', () => {
  let shop: Installation;
  beforeAll(async () => {
    shop = await install();
  });
  afterAll(() => shop.stop());

  test('has nothing wrong, and each check its line, in an order that stays', async () => {
    const checks = await shop.examined();
    expect(wrongOnes(checks)).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual([
      ...['settings.environment', 'settings.config', 'settings.digest', 'settings.freezes'],
      'settings.collector',
      ...['database.server', 'database.migrations', 'database.replicas'],
      ...[
        'slack.token',
        'slack.workspace',
        'slack.scopes',
        'slack.optional-scopes',
        'slack.inbound',
        'slack.channel.C0SHOP',
      ],
      ...['slack.user.U0ALICE', 'slack.user.U0OPS', 'slack.group.S0DEPLOY'],
      ...['github.sign-in', 'github.permission.actions', 'github.permission.contents'],
      ...['github.permission.pull_requests', 'github.permission.metadata'],
      ...['github.webhook', 'github.events', 'github.deliveries'],
      ...['service.shop.repository', 'service.shop.branch', 'service.shop.staging', 'service.shop.production'],
      ...['service.shop.inputs', 'service.shop.run-name', 'service.shop.ref', 'service.shop.authors'],
      ...['clock.database', 'clock.slack', 'clock.github', 'clock.timezone'],
    ]);
    expect(checks.flatMap(({ id, verdict }) => (verdict.is === 'skipped' ? [id] : []))).toEqual([
      'settings.collector',
      'slack.inbound',
    ]);
  });

  test('is only read: nothing is posted, started or saved', async () => {
    const before = [shop.slack.calls().length, shop.github.calls().length] as const;
    await shop.examined();
    const asked = new Set(
      shop.slack
        .calls()
        .slice(before[0])
        .map(({ method }) => method),
    );
    expect([...asked].sort()).toEqual(['auth.test', 'conversations.info', 'usergroups.list', 'users.info']);
    const sent = shop.github.calls().slice(before[1]);
    expect(sent.filter(({ method, route }) => method !== 'GET' && route !== 'access-token')).toEqual([]);
    expect(sent.length).toBeGreaterThan(10);
    expect(shop.slack.messages('C0SHOP')).toEqual([]);
  });

  test('asks each thing once, also when services share a repository', async () => {
    const again = CONFIG.slice(CONFIG.indexOf('  - name')).replace('name: shop', 'name: search');
    const before = shop.github.calls().length;
    const checks = await shop.examined(CONFIG + again.replace('staging.yml', 'other.yml'));
    expect(line(checks, 'service.search.repository')).toBe('ok: acme/shop, default branch main');
    const routes = shop.github
      .calls()
      .slice(before)
      .map(({ path, query }) => `${path} ${JSON.stringify(query)}`);
    const twice = routes.filter((route, at) => routes.indexOf(route) !== at && !route.includes('/installation'));
    expect(twice).toEqual([]);
  });
});

describe('as a command', () => {
  let shop: Installation;
  beforeAll(async () => {
    shop = await install();
  });
  afterAll(() => shop.stop());

  test('it prints a line for each check and ends with 0', async () => {
    const { code, stdout, stderr } = await runDoctor(shop.env, CONFIG);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Settings\n {2}ok {7}environment/);
    expect(stdout).toMatch(/^ {2}ok {7}channel C0SHOP {7}#shop, with the bot in it$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Nothing is wrong: \d+ ok, 2 skipped\.$/);
    // Colours are for terminals.
    expect(stdout).not.toContain('\u001b');
  });

  test('when something is wrong it says the mend and ends with 1', async () => {
    shop.slack.remove('C0SHOP');
    const { code, stdout } = await runDoctor(shop.env, CONFIG);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}wrong {4}channel C0SHOP {7}the bot is not in #shop\. Fix: .*\/invite @pushbutton$/m);
    expect(stdout).toMatch(/^1 wrong, \d+ ok, 2 skipped\.$/m);
    shop.slack.invite('C0SHOP');
  });

  test('--json is one document, with the same exit code', async () => {
    const right = await runDoctor(shop.env, CONFIG, '--json');
    const report = JSON.parse(right.stdout);
    expect([right.code, report.ok, report.counts.wrong]).toEqual([0, true, 0]);
    expect(report.checks).toContainEqual({
      id: 'service.shop.run-name',
      group: 'Service shop',
      name: 'run-name',
      status: 'ok',
      detail: 'holds [deploy_id]',
      mend: null,
    });
    const broken = await runDoctor({ ...shop.env, SLACK_BOT_TOKEN: 'xoxb-another-token-1234' }, CONFIG, '--json');
    const told = JSON.parse(broken.stdout);
    expect([broken.code, told.ok]).toEqual([1, false]);
    expect(told.checks).toContainEqual(
      expect.objectContaining({ id: 'slack.token', status: 'wrong', mend: expect.stringContaining('SLACK_BOT_TOKEN') }),
    );
  });

  test('no secret stands in what it prints, whatever is wrong', async () => {
    const env: NodeJS.ProcessEnv = {
      ...shop.env,
      SLACK_BOT_TOKEN: 'xoxb-another-token-1234',
      GITHUB_APP_ID: '99',
      SLACK_APP_TOKEN: 'xapp-1-wrong-one',
    };
    env.DATABASE_URL = 'postgres://pushbutton:open-sesame-1234@127.0.0.1:1/none';
    for (const option of [[], ['--json']]) {
      const { code, stdout, stderr } = await runDoctor(env, CONFIG, ...option);
      expect(code).toBe(1);
      const secrets = ['xoxb-another', 'xapp-1-wrong', 'open-sesame', String(env.SLACK_SIGNING_SECRET), 'PRIVATE KEY'];
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
      expect(stdout + stderr).not.toMatch(/^\s+at /m);
    }
  });
});

describe('when settings are wrong', () => {
  test('every problem of environment and file is told at once, and the rest is skipped with the reason', async () => {
    const { code, stdout } = await runDoctor({ SLACK_BOT_TOKEN: 'xoxp-1234' }, 'services: [{ name: Shop }]', '--json');
    const { checks, counts } = JSON.parse(stdout) as {
      checks: { id: string; status: string; detail: string; mend: string | null }[];
      counts: Record<string, number>;
    };
    expect(code).toBe(1);
    const wrong = checks.filter(({ status }) => status === 'wrong').map(({ id }) => id);
    expect(wrong).toEqual(
      expect.arrayContaining([
        'settings.SLACK_BOT_TOKEN',
        'settings.SLACK_SIGNING_SECRET',
        'settings.GITHUB_APP_ID',
        'settings.GITHUB_WEBHOOK_SECRET',
        'settings.services[0].name',
        'settings.services[0].repository',
      ]),
    );
    expect(checks.filter(({ status }) => status === 'wrong').every(({ mend }) => mend)).toBe(true);
    expect(checks.filter(({ status }) => status === 'skipped').map(({ id }) => id)).toEqual([
      'database',
      'slack',
      'github',
      'services',
      'clock',
    ]);
    expect(counts.ok).toBe(0);
  });

  test('a config that is not there is said so', async () => {
    const checks = await examine({ PUSHBUTTON_CONFIG: '/nowhere/pushbutton.yml' });
    expect(line(checks, 'settings.PUSHBUTTON_CONFIG')).toMatch(
      /^wrong: "\/nowhere\/pushbutton\.yml", which does not exist/,
    );
    expect(tally(checks)).toMatchObject({ ok: 0, skipped: 5 });
  });
});
