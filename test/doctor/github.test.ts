import { generateKeyPairSync } from 'node:crypto';
import { CONFIG, type Installation, install, line, PRODUCTION, STAGING } from '../support/installation.js';
import { SECRETS } from '../support/team.js';

let shop: Installation;
afterEach(() => shop.stop());

describe('as an App', () => {
  beforeEach(async () => {
    shop = await install();
  });
  const granted = { actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' } as const;

  test('signs in', async () => {
    expect(await shop.verdict('github.sign-in')).toBe('ok: the App acme-pushbutton');
  });

  test('with the key of another App, or an id that is none', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const checks = await shop.examined(CONFIG, { GITHUB_PRIVATE_KEY: privateKey });
    const of = (id: string) => checks.find((one) => one.id === id)?.verdict;
    expect(of('github.sign-in')).toMatchObject({ is: 'wrong', found: expect.stringContaining('GITHUB_PRIVATE_KEY') });
    for (const id of [
      'github.permission.actions',
      'github.webhook',
      'service.shop.repository',
      'service.shop.run-name',
    ])
      expect(of(id)).toEqual({ is: 'skipped', why: 'could not sign in to GitHub (see sign-in)' });
    const unknown = await shop.verdict('github.sign-in', CONFIG, { GITHUB_APP_ID: '99' });
    expect(unknown).toMatch(
      /^wrong: GitHub knows no App with the id in GITHUB_APP_ID: Integration not found\. Copy the App ID/,
    );
  });

  test.each([
    ['actions', { ...granted, actions: 'read' }, 'Actions: Read and write'],
    ['contents', { actions: 'write', pull_requests: 'read', metadata: 'read' }, 'Contents: Read-only'],
    ['pull_requests', { actions: 'write', contents: 'read', metadata: 'read' }, 'Pull requests: Read-only'],
    ['metadata', { actions: 'write', contents: 'read', pull_requests: 'read' }, 'Metadata: Read-only'],
  ] as const)('the permission %s is looked at by its name', async (area, permissions, setting) => {
    expect(await shop.verdict(`github.permission.${area}`)).toBe('ok: granted by acme');
    shop.github.permissions('app', permissions);
    const told = await shop.verdict(`github.permission.${area}`);
    expect(told).toContain(`wrong: not granted by acme. On the App's page, Permissions & events, set ${setting}.`);
    expect(told).toMatch(/https:\/\/github\.com\/organizations\/acme\/settings\/installations\/\d+$/);
  });

  test('a permission that the App asks for and nobody has accepted', async () => {
    shop.github.fail('app', {
      kind: 'status',
      status: 200,
      body: {
        slug: 'acme-pushbutton',
        html_url: 'https://github.com/apps/acme-pushbutton',
        permissions: granted,
        events: ['workflow_run', 'workflow_job'],
      },
    });
    shop.github.permissions('app', { ...granted, actions: 'read' });
    expect(await shop.verdict('github.permission.actions')).toMatch(
      /An owner must accept the App's new permissions at: https:/,
    );
  });

  test('a repository that it is not installed on', async () => {
    shop.github.uninstall('acme/shop');
    expect(await shop.verdict('service.shop.repository')).toBe(
      'wrong: the App is not installed on acme/shop, or the repository does not exist. Install it there: https://github.com/apps/acme-pushbutton/installations/new',
    );
    expect(await shop.verdict('github.permission.actions')).toMatch(/^skipped: the App is not installed on any/);
    expect(await shop.verdict('service.shop.inputs')).toBe('skipped: the repository could not be read');
  });

  test('an installation that is suspended', async () => {
    const suspended = { message: 'This installation has been suspended' };
    shop.github.fail('access-token', { kind: 'status', status: 403, body: suspended }, 9);
    expect(await shop.verdict('service.shop.repository')).toMatch(
      /^wrong: GitHub denies the App access to acme\/shop: .*suspended/,
    );
  });
});

describe('with an App in two organisations', () => {
  const two = `${CONFIG}  - name: tills
    repository: globex/tills
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    deployers: [U0ALICE]
`;
  beforeEach(async () => {
    shop = await install();
    shop.github.addRepository({
      fullName: 'globex/tills',
      workflows: [
        { file: 'staging.yml', source: STAGING },
        { file: 'production.yml', source: PRODUCTION },
      ],
    });
  });

  test('both are looked at as their own installation sees them', async () => {
    const checks = await shop.examined(two);
    expect(checks.filter(({ verdict }) => verdict.is === 'wrong')).toEqual([]);
    expect(line(checks, 'github.permission.actions')).toBe('ok: granted by acme and globex');
    expect(line(checks, 'service.tills.production')).toBe('ok: enabled, has workflow_dispatch');
  });

  test('a fault of one is a line about its services alone', async () => {
    shop.github.suspendApp('globex');
    const checks = await shop.examined(two);
    expect(line(checks, 'service.tills.repository')).toMatch(
      /access to globex\/tills: This installation has been suspended/,
    );
    expect(checks.filter(({ verdict }) => verdict.is === 'wrong').map(({ id }) => id)).toEqual([
      'service.tills.repository',
    ]);
  });

  test('where it is not installed, the owner of that organisation can do it once it is public', async () => {
    shop.github.takeAppOff('globex');
    const checks = await shop.examined(two);
    expect(line(checks, 'service.tills.repository')).toBe(
      'wrong: the App is not installed on globex/tills, or the repository does not exist. Install it there, as an owner of that organisation; the App must be public (its page, Advanced) or belong to their enterprise: https://github.com/apps/acme-pushbutton/installations/new',
    );
    expect(line(checks, 'service.shop.repository')).toMatch(/^ok/);
    expect(line(checks, 'github.permission.actions')).toBe('ok: granted by acme');
  });
});

describe('with a fine-grained token', () => {
  beforeEach(async () => {
    shop = await install({ as: 'token' });
  });
  const of = { actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' } as const;
  const permission = (area: string) => shop.verdict(`github.permission.${area}`);

  test('what reads is looked at; what only a write would tell is skipped with the reason', async () => {
    expect(await shop.verdict('github.sign-in')).toBe('ok: a fine-grained token of release-bot');
    expect(await permission('actions')).toMatch(/^skipped: reading works; .*Actions: Read and write$/);
    for (const area of ['contents', 'pull_requests', 'metadata']) expect(await permission(area)).toBe('ok: read');
  });

  test.each([
    ['actions', { contents: 'read', pull_requests: 'read', metadata: 'read' }, 'Actions: Read and write'],
    ['contents', { actions: 'write', pull_requests: 'read', metadata: 'read' }, 'Contents: Read-only'],
    ['pull_requests', { actions: 'write', contents: 'read', metadata: 'read' }, 'Pull requests: Read-only'],
  ] as const)('without %s it is wrong', async (area, permissions, setting) => {
    shop.github.permissions(SECRETS.githubToken, permissions);
    expect(await permission(area)).toBe(
      `wrong: the token may not read it in acme/shop. In the settings of the token, Repository permissions, set ${setting}.`,
    );
  });

  test('of somebody who may not write there it can start nothing', async () => {
    shop.github.addToken(SECRETS.githubToken, 'intern', of, { role: 'read' });
    expect(await permission('actions')).toMatch(
      /^wrong: intern may not write to acme\/shop\. Give intern the role Write/,
    );
    expect(await permission('contents')).toBe('ok: read');
  });

  test('that expires soon', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    shop.github.addToken(SECRETS.githubToken, 'release-bot', of, { expires: inDays(60) });
    expect(await shop.verdict('github.sign-in')).toMatch(
      /^ok: a fine-grained token of release-bot, valid until \d{4}-\d\d-\d\d$/,
    );
    shop.github.addToken(SECRETS.githubToken, 'release-bot', of, { expires: inDays(3) });
    expect(await shop.verdict('github.sign-in')).toMatch(/^wrong: .* expires on .*Regenerate it/);
  });

  test('that is revoked', async () => {
    shop.github.revoke(SECRETS.githubToken);
    expect(await shop.verdict('github.sign-in')).toMatch(
      /^wrong: GitHub refuses GITHUB_TOKEN: Bad credentials\. Create a new token/,
    );
    expect(await permission('actions')).toMatch(/^skipped: could not sign in to GitHub/);
  });

  test('a repository that it does not see, or that wants it authorised', async () => {
    const elsewhere = CONFIG.replace('acme/shop', 'acme/shoop');
    expect(await shop.verdict('service.shop.repository', elsewhere)).toMatch(
      /^wrong: the token cannot see acme\/shoop \(404 Not Found\)/,
    );
    const message = 'Resource protected by organization SAML enforcement. You must grant your token access.';
    shop.github.fail('repository', { kind: 'status', status: 403, body: { message } });
    expect(await shop.verdict('service.shop.repository')).toMatch(
      /^wrong: .*requires the token to be authorised\. .*Configure SSO/,
    );
  });

  test('a GitHub that does not answer, or is not reached', async () => {
    const forget = shop.github.fail('*', { kind: 'refuse' }, Number.POSITIVE_INFINITY);
    expect(await shop.verdict('github.sign-in')).toMatch(
      /^wrong: GitHub does not answer: (ECONNRESET|UND_ERR_SOCKET).*GITHUB_API_URL/,
    );
    forget();
    shop.github.fail('*', { kind: 'rate-limit', limit: 'secondary', retryAfter: 9 }, 1);
    expect(await shop.verdict('github.sign-in')).toMatch(/^skipped: .*rate limit reached, run again in 9 s/);
    shop.github.fail('branch', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
    expect(await shop.verdict('service.shop.branch')).toBe('skipped: no usable answer from GitHub: HTTP 502');
  });
});

describe('with a classic token', () => {
  beforeEach(async () => {
    shop = await install({ as: 'token' });
  });
  const withScopes = (scopes: string[]) =>
    shop.github.addToken(SECRETS.githubToken, 'release-bot', undefined, { scopes });

  test('the scope repo is all of it', async () => {
    withScopes(['repo', 'workflow']);
    expect(await shop.verdict('github.sign-in')).toBe('ok: a classic token of release-bot');
    for (const area of ['actions', 'contents', 'pull_requests', 'metadata'])
      expect(await shop.verdict(`github.permission.${area}`)).toBe('ok: by the scope repo');
  });

  test('public_repo is enough where all is public, and no scope is not', async () => {
    shop.github.addRepository({ fullName: 'acme/open', private: false, workflows: [] });
    const open = CONFIG.replace('acme/shop', 'acme/open');
    withScopes(['public_repo']);
    expect(await shop.verdict('github.permission.actions', open)).toBe('ok: by the scope public_repo');
    withScopes([]);
    expect(await shop.verdict('github.permission.actions', open)).toMatch(
      /^wrong: the token lacks the scope repo\. Tick repo/,
    );
    expect(await shop.verdict('service.shop.repository')).toMatch(/^wrong: the token cannot see acme\/shop/);
  });
});
