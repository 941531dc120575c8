import { startReceiver } from '../sandbox/github-setup.js';
import { CONFIG, type Installation, install } from '../support/installation.js';
import { freshDatabase } from '../support/postgres.js';
import { SECRETS } from '../support/team.js';

let shop: Installation;
afterEach(() => shop.stop());

const NONE = Number.POSITIVE_INFINITY;

describe("the App's webhook", () => {
  beforeEach(async () => {
    shop = await install();
  });
  const webhook = (config?: string) => shop.verdict('github.webhook', config);

  test('leads to us, signed, with both events', async () => {
    expect(await webhook()).toBe('ok: https://pushbutton.acme.test/github/webhooks');
    expect(await shop.verdict('github.events')).toBe('ok: workflow_run and workflow_job');
    expect(await shop.verdict('github.deliveries')).toBe('ok: none yet');
  });

  test.each([
    [
      'leads elsewhere',
      () => shop.github.setWebhookUrl('https://user:word@acme.test/slack/events?token=abc'),
      /^wrong: it leads to https:\/\/acme\.test\/slack\/events\. On the App's page, Webhook: set a URL that ends in \/github\/webhooks$/,
    ],
    [
      'leads nowhere',
      () => shop.github.setWebhookUrl(''),
      /^wrong: no address is set\. On the App's page, Webhook: tick Active/,
    ],
    [
      'sends forms',
      () => shop.github.setHook({ contentType: 'form' }),
      /^wrong: its content type is form\. .*application\/json\.$/,
    ],
    [
      'is not signed',
      () => shop.github.setHook({ hasSecret: false }),
      /^wrong: it has no secret\. .*GITHUB_WEBHOOK_SECRET/,
    ],
    [
      'trusts any certificate',
      () => shop.github.setHook({ insecureSsl: '1' }),
      /^ok: .* whose certificate GitHub does not verify$/,
    ],
    [
      'cannot be looked at',
      () => void shop.github.fail('app-hook', { kind: 'status', status: 500 }, 9),
      /^skipped: no usable answer from GitHub: HTTP 500$/,
    ],
  ])('that %s', async (_, breaks, expected) => {
    breaks();
    expect(await webhook()).toMatch(expected);
  });

  test('that sends no jobs', async () => {
    shop.github.setHook({ events: ['workflow_run'] });
    expect(await shop.verdict('github.events')).toMatch(
      /^wrong: the App does not subscribe to workflow_job\. .*tick Workflow job\.$/,
    );
  });

  test('is not asked for where GitHub is polled', async () => {
    const checks = await shop.examined(`github: { webhooks: false, poll: 30s }\n${CONFIG}`);
    expect(checks.filter(({ id }) => /^github\.(webhook|events|deliveries)/.test(id))).toMatchObject([
      {
        id: 'github.webhook',
        verdict: { is: 'skipped', why: 'github.webhooks is false: GitHub is polled every 30 s' },
      },
    ]);
  });
});

describe('recent deliveries', () => {
  /** Delivers once for each status, and looks. */
  const delivered = async (...statuses: number[]) => {
    const bot = await startReceiver((nth) => statuses[nth - 1] ?? 202);
    shop.github.setWebhookUrl(bot.url);
    for (const _ of statuses) await shop.github.deliver('workflow_run', { action: 'completed' });
    await bot.stop();
    return shop.verdict('github.deliveries');
  };
  beforeEach(async () => {
    shop = await install();
  });

  test('that arrived', async () => {
    expect(await delivered(202, 202)).toBe('ok: the last 2 arrived, the newest just now');
  });

  test.each([
    [401, /Put the same secret into the webhook and GITHUB_WEBHOOK_SECRET/],
    [400, /content type to application\/json/],
    [404, /ends in \/github\/webhooks/],
    [413, /pass bodies of up to 25 MB/],
    [301, /GitHub follows no redirects/],
  ])('answered %d are named with their mend', async (status, mend) => {
    const told = await delivered(202, status, status);
    expect(told).toMatch(
      new RegExp(`^wrong: the newest 2 failed, just now with ${status} Invalid HTTP Response: ${status}\\.`),
    );
    expect(told).toMatch(mend);
  });

  test('that failed before the newest arrived are told, and not wrong', async () => {
    expect(await delivered(202, 503, 202)).toBe(
      'ok: the newest arrived; 1 of the last 3 failed, the latest just now with 503 Invalid HTTP Response: 503',
    );
  });

  test('that nobody answered: no fault while nothing runs, one while a replica does', async () => {
    expect(await delivered(503)).toMatch(/^skipped: the newest failed \(503 .*Pushbutton is not running: start it/);
    await shop.stop();
    const database = await freshDatabase();
    shop = await install({ database });
    await shop.query(
      "insert into replicas (id, seen_at) values ('replica-one', clock_timestamp() + interval '1 hour')",
    );
    expect(await delivered(502)).toMatch(
      /^wrong: the newest failed, just now with 502 .*Make sure that GitHub can reach Pushbutton/,
    );
    expect(await delivered(503)).toMatch(/^wrong: the newest 2 failed, .*could not save it: see the database above\.$/);
    expect(await shop.verdict('database.replicas')).toBe('ok: one is running');
    await database.drop();
  });

  test('of events that nobody uses count for nothing', async () => {
    const bot = await startReceiver(() => 401);
    shop.github.setWebhookUrl(bot.url);
    await shop.github.deliver('ping', { zen: 'Speak like a human.' });
    await bot.stop();
    expect(await shop.verdict('github.deliveries')).toBe('ok: none yet');
  });
});

describe('the webhook of a repository, by a token', () => {
  const granted = { actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' } as const;
  beforeEach(async () => {
    shop = await install({ as: 'token' });
  });
  const mayLook = () =>
    shop.github.addToken(
      SECRETS.githubToken,
      'release-bot',
      { ...granted, repository_hooks: 'read' },
      { role: 'admin' },
    );
  const of = (what: string) => shop.verdict(`github.${what}.acme/shop`);

  test('may mostly not be looked at: that is no fault', async () => {
    expect(await of('webhook')).toMatch(
      /^skipped: the token may not read webhooks, and need not; look at acme\/shop, Settings, Webhooks/,
    );
    shop.github.addToken(SECRETS.githubToken, 'release-bot', undefined, { scopes: ['repo'] });
    expect(await of('webhook')).toMatch(/^skipped: the token may not read webhooks/);
  });

  test('is looked at where it may be', async () => {
    mayLook();
    expect(await of('webhook')).toBe('ok: https://pushbutton.acme.test/github/webhooks');
    expect(await of('events')).toBe('ok: workflow_run and workflow_job');
    expect(await of('deliveries')).toBe('ok: none yet');
    shop.github.setHook({ events: ['push', 'workflow_job'] });
    expect(await of('events')).toMatch(
      /^wrong: it does not send workflow_run\. In acme\/shop, Settings, Webhooks: tick Workflow runs\.$/,
    );
    shop.github.setHook({ events: ['*'] });
    expect(await of('events')).toMatch(/^ok/);
    shop.github.setHook({ active: false });
    expect(await of('webhook')).toMatch(/^wrong: it is not active/);
  });

  test('that nobody made', async () => {
    mayLook();
    shop.github.setWebhookUrl('https://ci.acme.test/hooks');
    expect(await of('webhook')).toMatch(
      /^wrong: no webhook of acme\/shop leads to \/github\/webhooks\. .*Add webhook: https:/,
    );
    shop.github.fail('hooks', { kind: 'status', status: 502 }, NONE);
    expect(await of('webhook')).toBe('skipped: no usable answer from GitHub: HTTP 502');
  });
});
