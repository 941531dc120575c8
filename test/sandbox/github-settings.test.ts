import { generateKeyPairSync } from 'node:crypto';
import { App, Octokit } from 'octokit';
import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, dispatch, refused, shop, startReceiver, startShop, token } from './github-setup.js';

let github: GitHubStandIn;
afterEach(() => github.stop());

const granted = { actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' } as const;

describe('an App', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const app = () => {
    const Quiet = Octokit.defaults({ baseUrl: github.url, retry: { enabled: false }, throttle: { enabled: false } });
    return new App({ appId: '123456', privateKey, Octokit: Quiet });
  };
  beforeEach(async () => {
    github = await startShop({
      app: { id: '123456', slug: 'pushbutton', publicKey },
      webhookUrl: 'https://bot.acme.test/github/webhooks',
    });
  });

  test('sees its webhook, without the secret, and what it is subscribed to', async () => {
    const { data } = await app().octokit.request('GET /app/hook/config');
    expect(data).toEqual({
      content_type: 'json',
      insecure_ssl: '0',
      secret: '********',
      url: 'https://bot.acme.test/github/webhooks',
    });
    github.setHook({ hasSecret: false, contentType: 'form', events: ['workflow_run'] });
    expect((await app().octokit.request('GET /app/hook/config')).data).not.toHaveProperty('secret');
    expect((await app().octokit.request('GET /app')).data?.events).toEqual(['workflow_run']);
    expect(await refused(client(github).request('GET /app/hook/config'))).toMatchObject({ status: 401 });
  });

  test('sees its deliveries, the newest first, with what was answered', async () => {
    const bot = await startReceiver((nth) => (nth === 1 ? 202 : 503));
    github.setWebhookUrl(bot.url);
    await github.deliver('ping', {});
    await github.deliver('workflow_run', { action: 'completed' });
    await bot.stop();
    await github.deliver('workflow_job', { action: 'queued' });
    const { data } = await app().octokit.request('GET /app/hook/deliveries', { per_page: 2 });
    expect(data).toMatchObject([
      { event: 'workflow_job', action: 'queued', status_code: 0, status: 'failed to connect to host' },
      { event: 'workflow_run', status_code: 503, status: 'Invalid HTTP Response: 503', redelivery: false },
    ]);
  });

  test('does not see what it is not installed on', async () => {
    const installed = () => app().octokit.request('GET /repos/{owner}/{repo}/installation', shop);
    const octokit = await app().getInstallationOctokit((await installed()).data.id);
    expect((await octokit.rest.repos.get(shop)).status).toBe(200);
    github.uninstall('acme/shop');
    expect(await refused(installed())).toMatchObject({ status: 404 });
    expect(await refused(octokit.rest.repos.get(shop))).toMatchObject({ status: 404 });
  });
});

describe('a personal token', () => {
  beforeEach(async () => {
    github = await startShop({ webhookUrl: 'https://bot.acme.test/github/webhooks' });
  });
  const hooks = () => client(github).rest.repos.listWebhooks(shop);

  test('sees webhooks only with the permission and as an administrator', async () => {
    expect(await refused(hooks())).toMatchObject({
      status: 403,
      message: 'Resource not accessible by personal access token',
    });
    github.addToken(token, 'bot', { ...granted, repository_hooks: 'read' }, { role: 'admin' });
    const { data } = await hooks();
    expect(data).toMatchObject([
      { active: true, events: ['workflow_run', 'workflow_job'], config: { content_type: 'json', secret: '********' } },
    ]);
    const deliveries = await client(github).rest.repos.listWebhookDeliveries({ ...shop, hook_id: data[0]?.id ?? 0 });
    expect(deliveries.data).toEqual([]);
    expect(await refused(client(github).rest.repos.listWebhookDeliveries({ ...shop, hook_id: 7 }))).toMatchObject({
      status: 404,
    });
    github.addToken(token, 'bot', undefined, { scopes: ['repo'] });
    expect(await refused(hooks())).toMatchObject({ status: 404, message: 'Not Found' });
  });

  test('tells what it is: classic by its scopes, when it expires, what its owner may do', async () => {
    const plain = await client(github).rest.repos.get(shop);
    expect(plain.headers).not.toHaveProperty('x-oauth-scopes');
    expect(plain.data.permissions).toMatchObject({ push: true, admin: false });
    github.addToken(token, 'bot', undefined, {
      scopes: ['repo', 'workflow'],
      expires: new Date('2027-01-02T03:04:05Z'),
    });
    const { headers } = await client(github).rest.repos.get(shop);
    expect(headers).toMatchObject({
      'x-oauth-scopes': 'repo, workflow',
      'github-authentication-token-expiration': '2027-01-02 03:04:05 UTC',
    });
  });

  test('of somebody who may only read starts nothing; one without scopes sees nothing private', async () => {
    github.addToken(token, 'intern', granted, { role: 'read' });
    expect((await client(github).rest.repos.get(shop)).data.permissions).toMatchObject({ push: false, pull: true });
    expect(await refused(dispatch(client(github)))).toMatchObject({
      status: 403,
      message: 'Must have admin rights to Repository.',
    });
    github.addToken(token, 'bot', undefined, { scopes: [] });
    expect(await refused(client(github).rest.repos.get(shop))).toMatchObject({ status: 404 });
    github.addRepository({ fullName: 'acme/open', private: false, workflows: [] });
    expect((await client(github).rest.repos.get({ owner: 'acme', repo: 'open' })).status).toBe(200);
  });
});

describe('a repository', () => {
  beforeEach(async () => {
    github = await startShop();
  });

  test('lists the commits of a branch, the newest first, and finds branches and tags by ref', async () => {
    const octokit = client(github);
    const one = await github.push('acme/shop', { title: 'One' });
    await github.push('acme/shop', { title: 'Aside', branch: 'aside' });
    const two = await github.push('acme/shop', { title: 'Two' });
    github.tag('acme/shop', 'v1', one.sha);
    const { data } = await octokit.rest.repos.listCommits({ ...shop, sha: 'main', per_page: 2 });
    expect(data.map(({ sha }) => sha)).toEqual([two.sha, one.sha]);
    expect((await octokit.rest.git.getRef({ ...shop, ref: 'tags/v1' })).data.object.sha).toBe(one.sha);
    expect((await octokit.rest.git.getRef({ ...shop, ref: 'heads/main' })).data.object.sha).toBe(two.sha);
    expect(await refused(octokit.rest.git.getRef({ ...shop, ref: 'tags/v2' }))).toMatchObject({ status: 404 });
    expect(await refused(octokit.rest.repos.listCommits({ ...shop, sha: 'nowhere' }))).toMatchObject({ status: 404 });
  });

  test('may hold a workflow file that differs on a branch, or lacks it', async () => {
    await github.push('acme/shop', { title: 'One', branch: 'old' });
    github.setFile('acme/shop', 'old', 'staging.yml', 'on: push');
    const read = async (ref: string) => {
      const path = '.github/workflows/staging.yml';
      const { data } = await client(github).rest.repos.getContent({ ...shop, path, ref });
      return 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : '';
    };
    expect(await read('old')).toBe('on: push');
    expect(await read('main')).toContain('name: Staging');
    github.setFile('acme/shop', 'main', 'staging.yml', null);
    expect(await refused(read('main'))).toMatchObject({ status: 404 });
    const workflow = client(github).rest.actions.getWorkflow({ ...shop, workflow_id: 'staging.yml' });
    expect(await refused(workflow)).toMatchObject({ status: 404 });
  });

  test('that is archived says so', async () => {
    github.archive('acme/shop');
    expect((await client(github).rest.repos.get(shop)).data.archived).toBe(true);
  });
});
