import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { until } from '../support/until.js';
import { client, dispatch, inputs, refused, shop, startShop, token } from './github-setup.js';

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startShop();
});
afterEach(() => github.stop());

const details = { return_run_details: true };

describe('a dispatch', () => {
  test('with return_run_details names its run, which stands on the branch tip and not on the input', async () => {
    const { sha } = await github.push('acme/shop', { title: 'Fix the cart' });
    const answer = await dispatch(client(github), details);
    const [run] = github.runs('acme/shop', 'production.yml');
    expect(answer.status).toBe(200);
    expect(answer.data as unknown).toEqual({
      workflow_run_id: run?.id,
      run_url: `${github.url}/repos/acme/shop/actions/runs/${run?.id}`,
      html_url: `https://github.com/acme/shop/actions/runs/${run?.id}`,
    });
    expect(run).toMatchObject({
      headSha: sha,
      title: `Deploy ${inputs.sha} [d-1]`,
      inputs: { ...inputs, region: 'eu' },
      actor: 'release-bot',
      status: 'queued',
    });
    expect(run?.id).toBeGreaterThan(2 ** 31);
  });

  test('without return_run_details is answered 204 and nothing', async () => {
    const answer = await dispatch(client(github));
    expect(answer.status).toBe(204);
    expect(github.runs('acme/shop')).toHaveLength(1);
  });

  test('is recorded with its body, token and version', async () => {
    await dispatch(client(github), { headers: { 'x-github-api-version': '2022-11-28' } });
    expect(github.calls({ route: 'dispatch' })).toMatchObject([
      { method: 'POST', token, apiVersion: '2022-11-28', body: { ref: 'main', inputs }, status: 204 },
    ]);
  });

  test('can go by workflow id, by tag, by full ref, and under the Enterprise base path', async () => {
    const { sha } = await github.push('acme/shop', { title: 'Fix the cart' });
    github.tag('acme/shop', 'v1', sha);
    const octokit = client(github, token, '/api/v3');
    const { data } = await octokit.rest.actions.getWorkflow({ ...shop, workflow_id: 'production.yml' });
    await dispatch(octokit, { ref: 'v1' }, data.id);
    await dispatch(octokit, { ref: 'refs/heads/main' });
    expect(github.runs('acme/shop', 'production.yml').map((run) => run.branch)).toEqual(['v1', 'main']);
  });

  test('takes inputs that are not strings by their text', async () => {
    await dispatch(client(github), { inputs: { ...inputs, requested_by: 7 } });
    expect(github.runs('acme/shop')[0]?.inputs.requested_by).toBe('7');
  });

  test('may be answered 204 although details were asked for', async () => {
    github.dispatchAnswers('204');
    expect((await dispatch(client(github), details)).status).toBe(204);
  });

  test('always gives details under version 2026-03-10, which no longer knows the key', async () => {
    const headers = { 'x-github-api-version': '2026-03-10' };
    expect((await dispatch(client(github), { headers })).status).toBe(200);
    expect(await refused(dispatch(client(github), { headers, ...details }))).toMatchObject({ status: 422 });
  });
});

describe('GitHub refuses a dispatch', () => {
  const sha = 'b'.repeat(40);
  const many = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`input_${index}`, 'x']));
  test.each<[string, Record<string, unknown>, number, string]>([
    ['of an unknown branch', { ref: 'nowhere' }, 422, 'No ref found for: nowhere'],
    ['of a SHA as ref', { ref: sha }, 422, `No ref found for: ${sha}`],
    ['with undeclared inputs', { inputs: { ...inputs, x: 1 } }, 422, 'Unexpected inputs provided: ["x"]'],
    [
      'without a required input',
      { inputs: { sha, deploy_id: 'd' } },
      422,
      "Required input 'requested_by' not provided",
    ],
    [
      'with a choice that is none',
      { inputs: { ...inputs, region: 'mars' } },
      422,
      "Provided value 'mars' for input 'region' not in the list of allowed values",
    ],
    [
      'with 26 inputs',
      { inputs: many },
      422,
      'Invalid request.\n\nNo more than 25 properties are allowed; 26 were supplied.',
    ],
    ['with an unknown key', { reference: 'x' }, 422, 'Invalid request.\n\n"reference" is not a permitted key.'],
    ['without a ref', { ref: undefined }, 422, 'Invalid request.\n\n"ref" wasn\'t supplied.'],
    [
      'with inputs that are a list',
      { inputs: [] },
      422,
      "Invalid request.\n\nFor 'properties/inputs', [] is not an object.",
    ],
  ])('%s', async (_what, body, status, message) => {
    expect(await refused(dispatch(client(github), body))).toMatchObject({ status, message });
    expect(github.runs('acme/shop')).toEqual([]);
  });

  test('of a workflow that does not exist, has no such trigger, or is disabled', async () => {
    const octokit = client(github);
    expect(await refused(dispatch(octokit, {}, 'gone.yml'))).toMatchObject({ status: 404, message: 'Not Found' });
    expect(await refused(dispatch(octokit, {}, 'staging.yml'))).toMatchObject({
      status: 422,
      message: "Workflow does not have 'workflow_dispatch' trigger",
    });
    github.workflowState('acme/shop', 'production.yml', 'disabled_manually');
    expect(await refused(dispatch(octokit))).toMatchObject({
      status: 403,
      message: "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
    });
  });

  test.each([400, 422] as const)('with return_run_details on an older Enterprise Server (%i)', async (status) => {
    github.dispatchAnswers('old-ghes', status);
    expect(await refused(dispatch(client(github), details))).toMatchObject({
      status,
      message: 'Invalid request.\n\n"return_run_details" is not a permitted key.',
    });
    expect((await dispatch(client(github))).headers['x-github-enterprise-version']).toBe('enterprise-server@3.19.0');
  });

  test.each([
    ['3.19.4', 422, 'refused'],
    ['3.20.0', 204, 'refused'],
    ['3.21.0', 204, 200],
  ])('as an Enterprise Server of version %s does: eleven inputs, and details', async (version, eleven, asked) => {
    const names = Array.from({ length: 8 }, (_, at) => `own_${at}`);
    const own = Object.fromEntries(names.map((name) => [name, {}]));
    const declared = { sha: {}, deploy_id: {}, requested_by: {}, ...own };
    github.addRepository({
      fullName: 'acme/many',
      workflows: [{ file: 'production.yml', on: ['workflow_dispatch'], inputs: declared }],
    });
    github.enterprise(version);
    const status = async (body: object) => {
      const call = client(github).request('POST /repos/acme/many/actions/workflows/production.yml/dispatches', {
        ref: 'main',
        ...body,
      });
      return call.then(
        (answer) => answer.status,
        (error: { status: number }) => error.status,
      );
    };
    const given = { ...inputs, ...Object.fromEntries(names.map((name) => [name, 'a'])) };
    expect(await status({ inputs: given })).toBe(eleven);
    expect(await status({ inputs, ...details })).toBe(asked === 'refused' ? 422 : asked);
    const { data, headers } = await client(github).request('GET /meta');
    expect([
      (data as { installed_version?: string }).installed_version,
      headers['x-github-enterprise-version'],
    ]).toEqual([version, `enterprise-server@${version}`]);
  });
});

describe('GitHub refuses', () => {
  test('a token that it does not know, and none', async () => {
    expect(await refused(dispatch(client(github, 'wrong')))).toMatchObject({ status: 401, message: 'Bad credentials' });
    const anonymous = await fetch(`${github.url}/repos/acme/shop`);
    expect([anonymous.status, await anonymous.json()]).toEqual([
      401,
      { message: 'Requires authentication', documentation_url: 'https://docs.github.com/rest', status: '401' },
    ]);
    github.revoke(token);
    expect(await refused(dispatch(client(github)))).toMatchObject({ status: 401 });
  });

  test('what the token was not granted, naming the permission', async () => {
    github.permissions(token, { actions: 'read', metadata: 'read' });
    const octokit = client(github);
    expect(await refused(dispatch(octokit))).toMatchObject({
      status: 403,
      message: 'Resource not accessible by personal access token',
      headers: { 'x-accepted-github-permissions': 'actions=write' },
    });
    const compare = octokit.rest.repos.compareCommitsWithBasehead({ ...shop, basehead: 'main...main' });
    expect(await refused(compare)).toMatchObject({ status: 403 });
    const pulls = octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha: 'main' });
    expect(await refused(pulls)).toMatchObject({ status: 403 });
    expect((await octokit.rest.actions.listWorkflowRunsForRepo(shop)).status).toBe(200);
  });

  test('a path, repository or run that it does not have', async () => {
    const octokit = client(github);
    expect(await refused(octokit.request('GET /nothing/here'))).toMatchObject({
      status: 404,
      data: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
    });
    expect(await refused(octokit.rest.repos.get({ owner: 'acme', repo: 'none' }))).toMatchObject({ status: 404 });
    expect(await refused(octokit.rest.actions.getWorkflowRun({ ...shop, run_id: 1 }))).toMatchObject({ status: 404 });
  });

  test('a body that is not JSON, a version that it does not know, a caller without a name', async () => {
    const url = `${github.url}/repos/acme/shop/actions/workflows/production.yml/dispatches`;
    const headers = { authorization: `Bearer ${token}` };
    const broken = await fetch(url, { method: 'POST', headers, body: '{"ref":' });
    expect([broken.status, await broken.json()]).toMatchObject([400, { message: 'Problems parsing JSON' }]);
    const version = { ...headers, 'x-github-api-version': '2019-01-01' };
    expect((await fetch(`${github.url}/repos/acme/shop`, { headers: version })).status).toBe(400);
    const unnamed = { ...headers, 'user-agent': '' };
    expect((await fetch(`${github.url}/repos/acme/shop`, { headers: unnamed })).status).toBe(403);
  });

  test('more than the limits allow', async () => {
    const octokit = client(github);
    github.exhaust(token);
    const over = await refused(octokit.rest.repos.get(shop));
    expect(over).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } });
    expect((await octokit.rest.rateLimit.get()).data.rate).toMatchObject({ limit: 5000, used: 5000, remaining: 0 });

    const tight = await startShop({ limits: { perHour: 100, pointsPerMinute: 7 } });
    await dispatch(client(tight));
    await client(tight).rest.repos.get(shop);
    const burst = await refused(dispatch(client(tight)));
    expect(burst).toMatchObject({ status: 403, headers: { 'retry-after': '60', 'x-ratelimit-remaining': '97' } });
    expect(tight.runs('acme/shop')).toHaveLength(1);
    await tight.stop();
  });

  test('more writes in a minute or an hour than the limits allow, or more at once', async () => {
    const secondary = { status: 403, headers: { 'retry-after': '60' } };
    let now = Date.now();
    const hourly = { perHour: 100, pointsPerMinute: 900, contentPerMinute: 2, contentPerHour: 3, concurrent: 2 };
    const tight = await startShop({ limits: hourly, now: () => new Date(now) });
    const octokit = client(tight);
    await dispatch(octokit);
    await dispatch(octokit);
    expect(await refused(dispatch(octokit))).toMatchObject(secondary);
    await octokit.rest.repos.get(shop);
    now += 61_000;
    expect(await refused(dispatch(octokit))).toMatchObject(secondary);
    expect(tight.runs('acme/shop')).toHaveLength(2);
    now += 3_600_000;
    await dispatch(octokit);
    // Two that hang and one more.
    tight.fail('repository', { kind: 'slow', ms: 300 }, 2);
    const hanging = [octokit.rest.repos.get(shop), octokit.rest.repos.get(shop)];
    const underWay = () => tight.calls({ route: 'repository' }).filter((call) => call.status === null).length;
    await until('both are under way', () => underWay() === 2);
    expect(await refused(octokit.rest.repos.get(shop))).toMatchObject(secondary);
    await Promise.all(hanging);
    await octokit.rest.repos.get(shop);
    await tight.stop();
  });
});
