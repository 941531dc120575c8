import { generateKeyPairSync } from 'node:crypto';
import { App, Octokit } from 'octokit';
import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, dispatch, refused, shop, startReceiver, startShop } from './github-setup.js';

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const { privateKey, publicKey } = pair();

let now: Date;
let github: GitHubStandIn;
beforeEach(async () => {
  now = new Date();
  github = await startShop({ app: { id: '123456', slug: 'pushbutton', publicKey }, now: () => now });
});
afterEach(() => github.stop());

/** octokit's App against the stand-in, and the client of the shop's installation. */
function app(key = privateKey, appId = '123456') {
  const Quiet = Octokit.defaults({
    baseUrl: github.url,
    retry: { enabled: false },
    throttle: { enabled: false },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  return new App({ appId, privateKey: key, webhooks: { secret: 'unused' }, Octokit: Quiet });
}

async function installation() {
  const { data } = await app().octokit.request('GET /repos/{owner}/{repo}/installation', shop);
  return { id: data.id, octokit: await app().getInstallationOctokit(data.id) };
}

test('an App finds its installation and dispatches as its bot', async () => {
  const { data } = await app().octokit.request('GET /app');
  expect(data).toMatchObject({ id: 123456, slug: 'pushbutton', permissions: { actions: 'write' } });
  const { octokit } = await installation();
  expect((await dispatch(octokit)).status).toBe(204);
  expect(github.runs('acme/shop')[0]?.actor).toBe('pushbutton[bot]');
  const [call] = github.calls({ route: 'dispatch' });
  expect(call?.token).toMatch(/^ghs_123456_/);
  expect(call?.token?.length).toBeGreaterThan(100);
  const { data: run } = await octokit.rest.actions.getWorkflowRun({
    ...shop,
    run_id: github.runs('acme/shop')[0]?.id ?? 0,
  });
  expect(run.actor).toMatchObject({ login: 'pushbutton[bot]', type: 'Bot' });
});

test('its webhooks name the installation', async () => {
  const bot = await startReceiver();
  github.setWebhookUrl(bot.url);
  await github.push('acme/shop', { title: 'One' });
  const { id } = await installation();
  expect(bot.received[0]?.body.installation).toMatchObject({ id });
  expect(bot.received[0]?.headers['x-github-hook-installation-target-type']).toBe('integration');
  await bot.stop();
});

test('a JWT of another key or App is refused, and a token where a JWT is due', async () => {
  const wrongKey = app(pair().privateKey).octokit.request('GET /app');
  expect(await refused(wrongKey)).toMatchObject({ status: 401, message: 'A JSON web token could not be decoded' });
  const wrongApp = app(privateKey, '99').octokit.request('GET /app');
  expect(await refused(wrongApp)).toMatchObject({ status: 404, message: 'Integration not found' });
  expect(await refused(client(github).request('GET /app'))).toMatchObject({ status: 401 });
  const { token } = (await app().octokit.auth({ type: 'app' })) as { token: string };
  expect(await refused(client(github, token).rest.repos.get(shop))).toMatchObject({ status: 401 });
});

test('an expired JWT is refused', async () => {
  const { token } = (await app().octokit.auth({ type: 'app' })) as { token: string };
  const ask = async () => {
    const answer = await fetch(`${github.url}/app`, { headers: { authorization: `Bearer ${token}` } });
    return [answer.status, ((await answer.json()) as { message?: string }).message];
  };
  expect(await ask()).toEqual([200, undefined]);
  now = new Date(now.getTime() + 11 * 60_000);
  expect(await ask()).toEqual([401, expect.stringMatching(/^'Expiration time' claim/)]);
});

async function issued(body: Record<string, unknown> = {}) {
  const { id } = await installation();
  const { data } = await app().octokit.request('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: id,
    ...body,
  });
  return data;
}

test('an installation token lives for an hour', async () => {
  const { token, expires_at } = await issued();
  expect(Date.parse(expires_at) - now.getTime()).toBeGreaterThan(3_598_000);
  expect((await client(github, token).rest.repos.get(shop)).status).toBe(200);
  now = new Date(now.getTime() + 3_601_000);
  const late = client(github, token).rest.repos.get(shop);
  expect(await refused(late)).toMatchObject({ status: 401, message: 'Bad credentials' });
});

test('each organisation has an installation, whose tokens see nothing private of another', async () => {
  github.addRepository({ fullName: 'globex/tills', workflows: [] });
  github.addRepository({ fullName: 'globex/site', private: false, workflows: [] });
  const tills = { owner: 'globex', repo: 'tills' };
  const { id, octokit } = await installation();
  const other = await app().octokit.request('GET /repos/{owner}/{repo}/installation', tills);
  expect(other.data.id).not.toBe(id);
  expect(other.data.account).toMatchObject({ login: 'globex' });
  expect((await app().octokit.request('GET /app/installations')).data).toHaveLength(2);
  const octokitOfOther = await app().getInstallationOctokit(other.data.id);
  expect((await octokitOfOther.rest.repos.get(tills)).status).toBe(200);
  expect(await refused(octokit.rest.repos.get(tills))).toMatchObject({ status: 404, message: 'Not Found' });
  expect(await refused(octokitOfOther.rest.repos.get(shop))).toMatchObject({ status: 404 });
  expect((await octokit.rest.repos.get({ owner: 'globex', repo: 'site' })).status).toBe(200);
});

test('an installation has one hourly limit for all of its tokens, apart from others', async () => {
  github.addRepository({ fullName: 'globex/tills', workflows: [] });
  const { octokit } = await installation();
  github.exhaust('globex');
  expect((await octokit.rest.repos.get(shop)).headers['x-ratelimit-remaining']).toBe('4999');
  github.exhaust('acme', 1);
  expect((await octokit.rest.repos.get(shop)).status).toBe(200);
  const again = await installation();
  expect(await refused(again.octokit.rest.repos.get(shop))).toMatchObject({ status: 403 });
});

test('a suspended installation is refused tokens, and those it has; a removed one has another id when it is back', async () => {
  const { id, octokit } = await installation();
  expect((await octokit.rest.repos.get(shop)).status).toBe(200);
  const suspended = { status: 403, message: 'This installation has been suspended' };
  const resume = github.suspendApp('acme');
  expect(await refused(octokit.rest.repos.get(shop))).toMatchObject(suspended);
  expect(await refused((await installation()).octokit.rest.repos.get(shop))).toMatchObject(suspended);
  resume();
  const putBack = github.takeAppOff('acme');
  expect(await refused(installation())).toMatchObject({ status: 404 });
  putBack();
  expect((await installation()).id).not.toBe(id);
});

test('an installation may lose a permission, and tokens may be revoked', async () => {
  const { token } = await issued();
  github.permissions('app', { actions: 'read', contents: 'read', pull_requests: 'read', metadata: 'read' });
  const octokit = client(github, token);
  expect(await refused(dispatch(octokit))).toMatchObject({
    status: 403,
    message: 'Resource not accessible by integration',
  });
  expect(await refused(octokit.request('GET /user'))).toMatchObject({ status: 403 });
  expect(await refused(issued({ permissions: { actions: 'write' } }))).toMatchObject({ status: 422 });
  github.revoke('app');
  expect(await refused(octokit.rest.repos.get(shop))).toMatchObject({ status: 401 });
});

test('a token may be narrowed to repositories and permissions', async () => {
  github.addRepository({ fullName: 'acme/api', workflows: [] });
  const { token, repository_selection } = await issued({ repositories: ['api'], permissions: { contents: 'read' } });
  expect(repository_selection).toBe('selected');
  const octokit = client(github, token);
  expect((await octokit.rest.repos.get({ owner: 'acme', repo: 'api' })).status).toBe(200);
  expect(await refused(octokit.rest.repos.get(shop))).toMatchObject({ status: 404 });
  const runs = octokit.rest.actions.listWorkflowRunsForRepo({ owner: 'acme', repo: 'api' });
  expect(await refused(runs)).toMatchObject({ status: 403 });
  expect(await refused(issued({ repositories: ['none'] }))).toMatchObject({ status: 422 });
  const nobody = app().octokit.request('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: 1,
  });
  expect(await refused(nobody)).toMatchObject({ status: 404 });
});
