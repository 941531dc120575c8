import { readFileSync } from 'node:fs';
import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, refused, shop, startShop } from './github-setup.js';

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startShop({ limits: 'off' });
});
afterEach(() => github.stop());

const bob = { login: 'bob', name: 'Bob', email: 'bob@acme.test' };

describe('a comparison', () => {
  const compare = async (basehead: string, paging = {}) => {
    const { data } = await client(github).rest.repos.compareCommitsWithBasehead({ ...shop, basehead, ...paging });
    return data;
  };

  test('is identical, ahead, behind or diverged, commits oldest first', async () => {
    const one = await github.push('acme/shop', { title: 'One' });
    const two = await github.push('acme/shop', { title: 'Two', author: bob, body: 'Why it was needed.' });
    const three = await github.push('acme/shop', { title: 'Three' });
    const aside = await github.push('acme/shop', { title: 'Aside', branch: 'feature/aside' });
    const four = await github.push('acme/shop', { title: 'Four' });
    expect(await compare(`${one.sha}...${one.sha}`)).toMatchObject({ status: 'identical', ahead_by: 0, commits: [] });
    const ahead = await compare(`${one.sha}...${three.sha}`);
    expect(ahead).toMatchObject({ status: 'ahead', ahead_by: 2, behind_by: 0, total_commits: 2 });
    expect(ahead.commits.map((commit) => commit.sha)).toEqual([two.sha, three.sha]);
    expect(ahead.commits[0]).toMatchObject({
      commit: { message: 'Two\n\nWhy it was needed.', author: { name: 'Bob', email: 'bob@acme.test' } },
      author: { login: 'bob', type: 'User' },
    });
    expect(ahead.merge_base_commit.sha).toBe(one.sha);
    expect(ahead.html_url).toBe(`https://github.com/acme/shop/compare/${one.sha}...${three.sha}`);
    expect(await compare(`${three.sha}...${one.sha}`)).toMatchObject({ status: 'behind', ahead_by: 0, behind_by: 2 });
    const diverged = await compare('main...feature/aside');
    expect(diverged).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 });
    expect(diverged.merge_base_commit.sha).toBe(three.sha);
    expect(diverged.base_commit.sha).toBe(four.sha);
    expect(diverged.commits[0]?.sha).toBe(aside.sha);
  });

  test('of something unknown is not found', async () => {
    expect(await refused(compare(`main...${'f'.repeat(40)}`))).toMatchObject({ status: 404, message: 'Not Found' });
    expect(await refused(compare('nowhere...main'))).toMatchObject({ status: 404 });
  });

  test('stops at 250 commits unless paged', async () => {
    const { sha: first } = await github.push('acme/shop', { title: 'First' });
    for (let nth = 1; nth <= 260; nth += 1) await github.push('acme/shop', { title: `Change ${nth} [skip ci]` });
    const whole = await compare(`${first}...main`);
    expect(whole).toMatchObject({ total_commits: 260, ahead_by: 260 });
    expect(whole.commits).toHaveLength(250);
    expect(whole.commits.at(-1)?.commit.message).toBe('Change 260 [skip ci]');
    const page = await compare(`${first}...main`, { per_page: 100, page: 3 });
    expect(page.commits).toHaveLength(60);
    // octokit's paginate follows the links but does not join the commits: a comparison has a url of its own.
    const pages = await client(github).paginate('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...shop,
      basehead: `${first}...main`,
      per_page: 100,
    });
    const all = (pages as unknown as Array<typeof page>).flatMap((each) => each.commits);
    expect(all).toHaveLength(260);
  });
});

describe('a commit', () => {
  test('is found by SHA, short SHA and branch, with its merged pull request and co-authors', async () => {
    const octokit = client(github);
    const pushed = await github.push('acme/shop', {
      title: 'Fix the cart',
      author: bob,
      actor: 'carol',
      coAuthors: [{ name: 'Dan', email: 'dan@acme.test' }],
      pullRequest: { number: 12, title: 'Fix the cart', author: 'bob', labels: ['bug'] },
    });
    const commit = async (ref: string) => (await octokit.rest.repos.getCommit({ ...shop, ref })).data;
    const { sha } = pushed;
    expect([(await commit(sha)).sha, (await commit(sha.slice(0, 7))).sha, (await commit('main')).sha]).toEqual([
      sha,
      sha,
      sha,
    ]);
    expect((await commit(sha)).commit.message).toBe('Fix the cart\n\nCo-authored-by: Dan <dan@acme.test>');
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha: sha });
    expect(data).toMatchObject([
      { number: 12, user: { login: 'bob' }, labels: [{ name: 'bug' }], merge_commit_sha: sha },
    ]);
    const pull = await octokit.rest.pulls.get({ ...shop, pull_number: 12 });
    expect(pull.data).toMatchObject({ merged: true, merged_by: { login: 'carol' } });
    const [run] = github.runs('acme/shop');
    expect(run).toMatchObject({ actor: 'carol', title: 'Fix the cart' });
    expect(await refused(commit('e'.repeat(40)))).toMatchObject({ status: 422 });
    expect(await refused(octokit.rest.pulls.get({ ...shop, pull_number: 99 }))).toMatchObject({ status: 404 });
  });

  test('off the default branch is listed with open pull requests too, and once it is there with none of them', async () => {
    const octokit = client(github);
    const of = async (commit_sha: string) =>
      (await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha })).data;
    const { sha } = await github.push('acme/shop', { title: 'One', branch: 'develop', pullRequest: { number: 7 } });
    const number = github.openPull('acme/shop', { title: 'Release', author: 'dan', head: 'develop', base: 'main' });
    expect(await of(sha)).toMatchObject([
      {
        number,
        state: 'open',
        merged_at: null,
        user: { login: 'dan' },
        base: { ref: 'main' },
        head: { ref: 'develop' },
      },
      { number: 7, state: 'closed', merge_commit_sha: sha, base: { ref: 'develop' } },
    ]);
    const onMain = await github.push('acme/shop', { title: 'Two', pullRequest: { number: 9 } });
    expect(await of(onMain.sha)).toMatchObject([{ number: 9 }]);
  });

  test('may be a merge, whose pull request brought each commit of its branch', async () => {
    const before = await github.push('acme/shop', { title: 'Before' });
    const { sha } = await github.push('acme/shop', {
      title: 'Merge pull request #1',
      mergeOf: [{ title: 'Half', author: bob }, { title: 'Other half' }],
      pullRequest: true,
    });
    const octokit = client(github);
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...shop,
      basehead: `${before.sha}...${sha}`,
    });
    expect(data.commits.map((each) => each.commit.message)).toEqual(['Half', 'Other half', 'Merge pull request #1']);
    const half = data.commits[0]?.sha ?? '';
    const pulls = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha: half });
    expect(pulls.data.map((pull) => pull.number)).toEqual([1]);
    const none = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha: before.sha });
    expect(none.data).toEqual([]);
    expect(github.runs('acme/shop')).toHaveLength(2);
  });
});

test('the repository, its branches and its workflow files can be read', async () => {
  const octokit = client(github);
  const { sha } = await github.push('acme/shop', { title: 'One', branch: 'release/1' });
  expect((await octokit.rest.repos.get(shop)).data).toMatchObject({ full_name: 'acme/shop', default_branch: 'main' });
  const branch = await octokit.rest.repos.getBranch({ ...shop, branch: 'release/1' });
  expect(branch.data.commit.sha).toBe(sha);
  const gone = octokit.rest.repos.getBranch({ ...shop, branch: 'gone' });
  expect(await refused(gone)).toMatchObject({ status: 404, message: 'Branch not found' });
  const workflows = await octokit.rest.actions.listRepoWorkflows(shop);
  expect(workflows.data.workflows.map((each) => each.path)).toEqual([
    '.github/workflows/staging.yml',
    '.github/workflows/production.yml',
  ]);
  const path = '.github/workflows/production.yml';
  const { data } = await octokit.rest.repos.getContent({ ...shop, path });
  const text = 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : '';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
  expect(text).toContain('run-name: Deploy ${{ inputs.sha }} [${{ inputs.deploy_id }}]');
  expect(await refused(octokit.rest.repos.getContent({ ...shop, path: 'README.md' }))).toMatchObject({ status: 404 });
});

test('a workflow can be given as the text of its file', async () => {
  const source = `
name: Ship
run-name: "Ship \${{ inputs.sha }} [\${{ inputs.deploy_id }}]"
on:
  workflow_dispatch:
    inputs:
      sha: { required: true, type: string }
      deploy_id: { required: true }
jobs:
  deploy: { name: To production, runs-on: ubuntu-latest, steps: [] }
  smoke: { runs-on: ubuntu-latest, steps: [] }
`;
  github.addRepository({ fullName: 'acme/api', workflows: [{ file: 'ship.yml', source }] });
  const run = await github.dispatchOutside('acme/api', 'ship.yml', {
    actor: 'bob',
    inputs: { sha: 'abc', deploy_id: '9' },
  });
  expect(run).toMatchObject({
    title: 'Ship abc [9]',
    actor: 'bob',
    jobs: [{ name: 'To production' }, { name: 'smoke' }],
  });
  await expect(github.dispatchOutside('acme/api', 'ship.yml', { actor: 'bob' })).rejects.toThrow(
    "Required input 'sha'",
  );
});

test('a workflow bound to branches starts for no other', async () => {
  const source = 'on: { push: { branches: [main, "release/*"] } }\njobs: { build: { runs-on: ubuntu-latest } }';
  github.addRepository({ fullName: 'acme/api', workflows: [{ file: 'staging.yml', source }] });
  for (const branch of ['main', 'release/1', 'release/1/x', 'maintenance']) {
    await github.push('acme/api', { title: `On ${branch}`, branch });
  }
  expect(github.runs('acme/api').map((run) => run.branch)).toEqual(['main', 'release/1']);
});

test('the workflows that ship as examples are understood', async () => {
  const read = (file: string) => readFileSync(`examples/workflows/${file}`, 'utf8');
  const workflows = ['staging.yml', 'production.yml'].map((file) => ({ file, source: read(file) }));
  github.addRepository({ fullName: 'acme/api', workflows });
  const { sha, runIds } = await github.push('acme/api', { title: 'One' });
  expect(runIds).toHaveLength(1);
  const inputs = { sha, deploy_id: 'd-7', requested_by: 'U0ALICE' };
  const run = await github.dispatchOutside('acme/api', 'production.yml', { actor: 'bob', inputs });
  expect(run.title).toContain('[d-7]');
});
