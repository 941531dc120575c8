import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { until } from '../support/until.js';
import { client, dispatch, refused, shop, startShop, token } from './github-setup.js';

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startShop();
});
afterEach(() => github.stop());

const staging = { ...shop, workflow_id: 'staging.yml' };

describe('lists of runs', () => {
  test('are newest first, filtered and paged', async () => {
    const octokit = client(github);
    const first = await github.land('acme/shop', { title: 'One' });
    const second = await github.land('acme/shop', { title: 'Two' }, { conclusion: 'failure' });
    await github.push('acme/shop', { title: 'Aside', branch: 'side', actor: 'bob' });
    await dispatch(octokit);
    const list = async (filter: Record<string, string | number>) => {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
        ...staging,
        ...filter,
      });
      return data.workflow_runs.map((run) => run.display_title);
    };
    expect(await list({})).toEqual(['Aside', 'Two', 'One']);
    expect(await list({ branch: 'main' })).toEqual(['Two', 'One']);
    expect(await list({ status: 'success' })).toEqual(['One']);
    expect(await list({ status: 'completed', head_sha: second.sha })).toEqual(['Two']);
    expect(await list({ actor: 'bob' })).toEqual(['Aside']);
    expect(await list({ event: 'workflow_dispatch' })).toEqual([]);
    expect(await list({ per_page: 1, page: 2 })).toEqual(['Two']);
    const hour = 3_600_000;
    const soon = new Date(Date.now() + hour).toISOString();
    const ago = new Date(Date.now() - hour).toISOString();
    expect(await list({ created: `>=${soon}` })).toEqual([]);
    expect(await list({ created: `>=${ago}`, branch: 'side' })).toEqual(['Aside']);
    expect(await list({ created: `${ago}..${soon}`, per_page: 500 })).toHaveLength(3);
    expect(await refused(list({ created: 'yesterday' }))).toMatchObject({ status: 422 });
    expect(await refused(list({ status: 'green' }))).toMatchObject({ status: 422 });
    const all = await octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, { ...shop, per_page: 1 });
    expect(all.map((run) => run.event)).toEqual(['workflow_dispatch', 'push', 'push', 'push']);
    expect(all.at(-1)).toMatchObject({ id: first.runId, run_number: 1, path: '.github/workflows/staging.yml' });
  });

  test('lag behind a dispatch, while the run itself can be read', async () => {
    let now = new Date();
    await github.stop();
    github = await startShop({ now: () => now });
    github.listLag({ lists: 2 });
    const octokit = client(github);
    await dispatch(octokit);
    const [run] = github.runs('acme/shop');
    const seen = async () => (await octokit.rest.actions.listWorkflowRunsForRepo(shop)).data.total_count;
    expect([await seen(), await seen(), await seen()]).toEqual([0, 0, 1]);
    github.listLag({ ms: 100 });
    await dispatch(octokit);
    expect(await seen()).toBe(1);
    expect((await octokit.rest.actions.getWorkflowRun({ ...shop, run_id: run?.id ?? 0 })).status).toBe(200);
    now = new Date(now.getTime() + 100);
    expect(await seen()).toBe(2);
  });

  test('unchanged are answered 304 for the same token, which costs nothing', async () => {
    await github.push('acme/shop', { title: 'One' });
    const octokit = client(github);
    const first = await octokit.rest.actions.listWorkflowRuns(staging);
    const headers = { 'if-none-match': first.headers.etag ?? '' };
    const used = async () => (await octokit.rest.rateLimit.get()).data.rate.used;
    const before = await used();
    expect(await refused(octokit.rest.actions.listWorkflowRuns({ ...staging, headers }))).toMatchObject({
      status: 304,
    });
    expect(await used()).toBe(before);
    github.addToken('another', 'someone');
    const other = await client(github, 'another').rest.actions.listWorkflowRuns({ ...staging, headers });
    expect(other.status).toBe(200);
    await github.push('acme/shop', { title: 'Two' });
    expect((await octokit.rest.actions.listWorkflowRuns({ ...staging, headers })).status).toBe(200);
  });
});

describe('a run', () => {
  test('goes job by job, and failing names the step', async () => {
    const octokit = client(github);
    await dispatch(octokit);
    const run_id = github.runs('acme/shop')[0]?.id ?? 0;
    await github.advance(run_id, { job: 'deploy', status: 'in_progress', step: 'Run migrations' });
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun({ ...shop, run_id });
    expect(data.jobs.map((job) => `${job.name} ${job.status}`)).toEqual(['deploy in_progress', 'smoke test queued']);
    expect(data.jobs[0]?.steps?.find((step) => step.status === 'in_progress')?.name).toBe('Run migrations');
    await github.advance(run_id, { job: 'deploy', status: 'completed' });
    await github.completeRun(run_id, { conclusion: 'failure' });
    const after = await octokit.rest.actions.listJobsForWorkflowRunAttempt({ ...shop, run_id, attempt_number: 1 });
    expect(after.data.jobs.map((job) => job.conclusion)).toEqual(['success', 'failure']);
    const step = after.data.jobs[1]?.steps?.find((each) => each.conclusion === 'failure');
    expect(step?.name).toBe('Run smoke test');
    await expect(github.completeRun(run_id, { conclusion: 'success' })).rejects.toThrow('already completed');
  });

  test('ends with the jobs and steps that it was told', async () => {
    const { runId } = await github.push('acme/shop', { title: 'One' });
    const steps = [{ name: 'npm test', conclusion: 'failure' as const }];
    await github.completeRun(runId, { conclusion: 'failure', jobs: [{ name: 'build', conclusion: 'failure', steps }] });
    const { data } = await client(github).rest.actions.listJobsForWorkflowRun({ ...shop, run_id: runId });
    expect(data.jobs.map((job) => `${job.name} ${job.conclusion}`)).toEqual(['build failure', 'test success']);
    expect(data.jobs[0]?.steps?.map((step) => step.name)).toEqual(['npm test']);
  });

  test('is cancelled soon after the 202, or not at all; a completed one is refused', async () => {
    const octokit = client(github);
    await dispatch(octokit);
    const run_id = github.runs('acme/shop')[0]?.id ?? 0;
    github.cancels('ignored');
    expect((await octokit.rest.actions.cancelWorkflowRun({ ...shop, run_id })).status).toBe(202);
    expect(github.run(run_id)).toMatchObject({ status: 'queued', cancelAsked: true });
    github.cancels('obeyed');
    await octokit.rest.actions.cancelWorkflowRun({ ...shop, run_id });
    const ended = await until('it has ended', () => {
      const run = github.run(run_id);
      return run.status === 'completed' && run;
    });
    expect(ended.conclusion).toBe('cancelled');
    expect(await refused(octokit.rest.actions.cancelWorkflowRun({ ...shop, run_id }))).toMatchObject({
      status: 409,
      message: 'Cannot cancel a workflow run that is completed.',
    });
  });

  test('is re-run under its id, all of it or what failed; not while it runs', async () => {
    const octokit = client(github);
    const { runId: run_id } = await github.push('acme/shop', { title: 'One' });
    const again = () => octokit.rest.actions.reRunWorkflow({ ...shop, run_id });
    const failedAgain = () => octokit.rest.actions.reRunWorkflowFailedJobs({ ...shop, run_id });
    expect(await refused(again())).toMatchObject({ status: 403, message: 'This workflow is already running' });
    await github.completeRun(run_id, { conclusion: 'failure' });
    expect((await failedAgain()).status).toBe(201);
    expect(github.run(run_id)).toMatchObject({ attempt: 2, status: 'queued', triggeringActor: 'release-bot' });
    expect(github.run(run_id).jobs.map((job) => job.status)).toEqual(['completed', 'queued']);
    await github.completeRun(run_id, { conclusion: 'success' });
    expect(await refused(failedAgain())).toMatchObject({ status: 403 });
    expect((await again()).status).toBe(201);
    const first = await octokit.rest.actions.getWorkflowRunAttempt({ ...shop, run_id, attempt_number: 1 });
    expect(first.data).toMatchObject({ run_attempt: 1, conclusion: 'failure', previous_attempt_url: null });
    const now = await octokit.rest.actions.getWorkflowRun({ ...shop, run_id });
    expect(now.data).toMatchObject({ run_attempt: 3, status: 'queued', conclusion: null });
    const jobs = async (filter: 'latest' | 'all') =>
      (await octokit.rest.actions.listJobsForWorkflowRun({ ...shop, run_id, filter })).data.total_count;
    expect([await jobs('latest'), await jobs('all')]).toEqual([2, 6]);
  });

  test('is too old to be re-run after thirty days', async () => {
    let now = new Date();
    const aged = await startShop({ now: () => now });
    const { runId: run_id } = await aged.land('acme/shop', { title: 'One' });
    now = new Date(now.getTime() + 31 * 86_400_000);
    const again = client(aged).rest.actions.reRunWorkflow({ ...shop, run_id });
    expect(await refused(again)).toMatchObject({ status: 403 });
    await aged.stop();
  });

  test('gives its artifact by a signed address that anybody may read for a minute', async () => {
    const zip = Buffer.from('PK a zip');
    const artifact = [
      { name: 'junit', zip },
      { name: 'old', zip, expired: true },
    ];
    const { runId } = await github.land('acme/shop', { title: 'One' }, { conclusion: 'success', artifact });
    const octokit = client(github);
    const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({ ...shop, run_id: runId, name: 'junit' });
    expect(data.artifacts).toMatchObject([{ name: 'junit', size_in_bytes: 8, expired: false }]);
    const artifact_id = data.artifacts[0]?.id ?? 0;
    const answer = await octokit.rest.actions.downloadArtifact({ ...shop, artifact_id, archive_format: 'zip' });
    expect(Buffer.from(answer.data as ArrayBuffer)).toEqual(zip);
    const url = data.artifacts[0]?.archive_download_url ?? '';
    const moved = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' });
    const location = moved.headers.get('location') ?? '';
    expect(moved.status).toBe(302);
    expect((await fetch(location)).status).toBe(200);
    expect((await fetch(`${location}x`)).status).toBe(403);
    const old = octokit.rest.actions.downloadArtifact({ ...shop, artifact_id: artifact_id + 1, archive_format: 'zip' });
    expect(await refused(old)).toMatchObject({ status: 410 });
  });

  test('moves by itself under the autopilot', async () => {
    github.autopilot({
      stagingMs: 20,
      productionMs: 20,
      outcome: (run) => (run.event === 'push' ? 'success' : 'failure'),
    });
    const { runId } = await github.push('acme/shop', { title: 'One' });
    await dispatch(client(github));
    const runs = await until('all have ended', () => {
      const all = github.runs('acme/shop');
      return all.every((run) => run.status === 'completed') && all;
    });
    expect(runs.map((run) => run.conclusion)).toEqual(['success', 'failure']);
    github.autopilot(null);
    await github.rerun(runId, { actor: 'bob' });
    expect(github.run(runId).status).toBe('queued');
  });
});
