import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { App } from 'octokit';
import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, dispatch, secret, startReceiver, startShop } from './github-setup.js';

interface Example {
  name: string;
  examples: Array<Record<string, unknown> & { action?: string }>;
}
const require = createRequire(import.meta.url);
const examples: Example[] = require('@octokit/webhooks-examples/api.github.com/index.json');

let bot: Awaited<ReturnType<typeof startReceiver>>;
let github: GitHubStandIn;
beforeEach(async () => {
  bot = await startReceiver();
  github = await startShop({ webhookUrl: bot.url });
});
afterEach(async () => {
  await github.stop();
  await bot.stop();
});

const object = (value: unknown) => value as Record<string, unknown>;

describe('deliveries', () => {
  test('are signed over the raw body and carry the headers that GitHub sends', async () => {
    await github.push('acme/shop', { title: 'Grüße an alle' });
    const [first] = bot.received;
    const { webhooks } = new App({ appId: '1', privateKey: 'not needed to verify', webhooks: { secret } });
    const signature = String(first?.headers['x-hub-signature-256']);
    expect(await webhooks.verify(first?.text ?? '', signature)).toBe(true);
    expect(await webhooks.verify(`${first?.text} `, signature)).toBe(false);
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-event': 'workflow_run',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
    });
    expect(github.deliveries[0]).toMatchObject({
      status: 202,
      answer: 'noted',
      event: 'workflow_run',
      action: 'requested',
    });
  });

  test('tell a push from its queue to its end', async () => {
    const { runId } = await github.push('acme/shop', { title: 'One' });
    expect(bot.heard()).toEqual(['workflow_run requested', 'workflow_job queued']);
    await github.startRun(runId);
    await github.startRun(runId);
    await github.completeRun(runId, { conclusion: 'success' });
    expect(bot.heard().slice(2)).toEqual([
      'workflow_run in_progress',
      'workflow_job in_progress',
      'workflow_job completed',
      'workflow_job completed',
      'workflow_run completed',
    ]);
    expect(bot.received.at(-1)?.body).toMatchObject({
      workflow: { path: '.github/workflows/staging.yml' },
      workflow_run: { id: runId, event: 'push', conclusion: 'success', run_attempt: 1, head_branch: 'main' },
      repository: { full_name: 'acme/shop' },
    });
  });

  test('of a re-run know no "requested": the same id, one attempt more', async () => {
    const { runId } = await github.land('acme/shop', { title: 'One' }, { conclusion: 'failure' });
    const before = bot.received.length;
    await github.rerun(runId, { actor: 'bob' });
    await github.startRun(runId);
    await github.completeRun(runId, { conclusion: 'success' });
    const later = bot.received.slice(before).filter((each) => each.headers['x-github-event'] === 'workflow_run');
    expect(later.map((each) => each.body.action)).toEqual(['in_progress', 'completed']);
    for (const { body } of later) {
      expect(body.workflow_run).toMatchObject({ id: runId, run_attempt: 2, triggering_actor: { login: 'bob' } });
    }
  });

  test("bring a fork's run from a branch called main, and a deleted fork's", async () => {
    await github.forkRun('acme/shop', { headBranch: 'main', title: 'Mine' });
    await github.forkRun('acme/shop', { headBranch: 'main', title: 'Push', event: 'push', fork: null });
    const runs = bot.received.filter((each) => each.body.workflow_run).map((each) => object(each.body.workflow_run));
    expect(runs[0]).toMatchObject({
      head_branch: 'main',
      event: 'pull_request',
      head_repository: { full_name: 'stranger/shop' },
    });
    expect(object(runs[0]?.head_repository).id).not.toBe(object(runs[0]?.repository).id);
    expect(runs[1]).toMatchObject({ event: 'push', head_repository: null, pull_requests: [] });
  });

  test('have every key that real ones have', async () => {
    await dispatch(client(github));
    const [run] = github.runs('acme/shop');
    await github.completeRun(run?.id ?? 0, { conclusion: 'success' });
    const sample = (name: string, key: string, richest: string) => {
      const found = examples.find((each) => each.name === name)?.examples.find((each) => richest in object(each[key]));
      if (!found) throw new Error(`no example of ${name}`);
      return found;
    };
    const pairs = [
      ['workflow_run', 'display_title'],
      ['workflow_job', 'workflow_name'],
    ] as const;
    for (const [name, richest] of pairs) {
      const real = sample(name, name, richest);
      const ours = bot.received.findLast((each) => each.headers['x-github-event'] === name)?.body ?? {};
      for (const key of [name, 'repository', 'organization', 'sender']) {
        if (real[key])
          expect(Object.keys(object(ours[key]))).toEqual(expect.arrayContaining(Object.keys(object(real[key]))));
      }
    }
  });

  test('that were lost are never sent again by themselves', async () => {
    const { runId } = await github.push('acme/shop', { title: 'One', silent: true });
    github.setWebhooks('off');
    await github.startRun(runId);
    github.setWebhooks('on');
    await github.completeRun(runId, { conclusion: 'success', silent: true });
    expect([bot.heard(), github.run(runId).status]).toEqual([[], 'completed']);
  });

  test('may come twice under one GUID', async () => {
    github.setWebhooks('duplicate');
    await github.push('acme/shop', { title: 'One' });
    const guids = bot.received.map((each) => each.headers['x-github-delivery']);
    expect([guids.length, new Set(guids).size]).toEqual([4, 2]);
  });

  test('may come out of order', async () => {
    github.setWebhooks('reordered');
    await github.land('acme/shop', { title: 'One' });
    const runs = bot.heard().filter((each) => each.startsWith('workflow_run'));
    expect(runs).toEqual(['workflow_run requested', 'workflow_run completed', 'workflow_run in_progress']);
  });

  test('to a bot that is down are recorded as failed, and can be redelivered under the same GUID', async () => {
    github.setWebhookUrl('http://127.0.0.1:1/');
    await github.push('acme/shop', { title: 'One' });
    const [failed] = github.deliveries;
    expect(failed).toMatchObject({ status: 0, redelivery: false });
    github.setWebhookUrl(bot.url);
    expect(await github.redeliver(failed?.guid ?? '')).toMatchObject({ status: 202, redelivery: true });
    expect(bot.received[0]?.headers['x-github-delivery']).toBe(failed?.guid);
    expect(bot.received[0]?.text).toBe(failed?.body);
  });

  test('can be anything, signed badly or not at all', async () => {
    const bad = await github.deliver('ping', { zen: 'Keep it simple' }, { signature: 'bad', guid: 'g-1' });
    await github.deliver('ping', '"text"', { signature: 'missing' });
    expect([bad.guid, bad.status]).toEqual(['g-1', 202]);
    const [first, second] = bot.received;
    const good = `sha256=${createHmac('sha256', secret)
      .update(first?.text ?? '')
      .digest('hex')}`;
    expect(first?.headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(first?.headers['x-hub-signature-256']).not.toBe(good);
    expect(second?.headers['x-hub-signature-256']).toBeUndefined();
    expect(second?.text).toBe('"text"');
  });

  test('of a push and a dispatch come only to who subscribed', async () => {
    await github.stop();
    github = await startShop({ webhookUrl: bot.url, events: ['push', 'workflow_dispatch'] });
    const { sha } = await github.push('acme/shop', { title: 'One' });
    await github.dispatchOutside('acme/shop', 'production.yml', {
      actor: 'bob',
      inputs: { sha, deploy_id: 'by hand', requested_by: 'bob' },
    });
    expect(bot.received.map((each) => each.headers['x-github-event'])).toEqual(['push', 'workflow_dispatch']);
    expect(bot.received[0]?.body).toMatchObject({ ref: 'refs/heads/main', after: sha, head_commit: { id: sha } });
    expect(bot.received[1]?.body).toMatchObject({ inputs: { deploy_id: 'by hand' }, sender: { login: 'bob' } });
  });
});

test('a pushed tag starts the runs whose filters let it, on its own ref', async () => {
  const jobs = '\njobs: { build: { runs-on: ubuntu-latest } }';
  const workflows = [
    ['all.yml', '{ push: }'],
    ['tags.yml', '{ push: { tags: ["v*"] } }'],
    ['both.yml', '{ push: { branches: [main], tags: [v1] } }'],
    ['branches.yml', '{ push: { branches: [main] } }'],
  ].map(([file = '', on]) => ({ file, source: `on: ${on}${jobs}` }));
  const { sha } = github.addRepository({ fullName: 'acme/tags', workflows });
  const startedBy = (runIds: number[]) => runIds.map((id) => github.run(id).file);
  expect(startedBy((await github.push('acme/tags', { title: 'One' })).runIds)).toEqual([
    ...['all.yml', 'both.yml', 'branches.yml'],
  ]);
  github.setHook({ events: ['push', 'workflow_run'] });
  const tagged = await github.pushTag('acme/tags', 'v1', { sha });
  expect(startedBy(tagged.runIds)).toEqual(['all.yml', 'tags.yml', 'both.yml']);
  const { data } = await client(github).request(`GET /repos/acme/tags/actions/runs/${tagged.runId}`);
  expect(data).toMatchObject({ head_branch: 'v1', head_sha: sha, path: '.github/workflows/all.yml@refs/tags/v1' });
  const told = bot.received.filter(({ headers }) => headers['x-github-event'] === 'push').at(-1);
  expect(told?.body).toMatchObject({ ref: 'refs/tags/v1', after: sha, created: true, commits: [] });
});

test('idle waits for what a request to the API set off; changes are told', async () => {
  const told: string[] = [];
  const stop = github.onChange((change) => told.push(change.kind));
  await dispatch(client(github));
  await github.idle();
  expect(bot.heard()).toEqual(['workflow_run requested', 'workflow_job queued']);
  stop();
  await github.push('acme/shop', { title: 'One' });
  expect(told).toEqual(expect.arrayContaining(['call', 'delivery']));
  expect(told.filter((kind) => kind === 'delivery')).toHaveLength(4);
});

test('stopping gives up a bot that does not answer', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  github.setWebhookUrl(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
  const pushed = github.push('acme/shop', { title: 'One' });
  await github.stop();
  await pushed;
  expect(github.deliveries[0]).toMatchObject({ status: 0 });
  silent.closeAllConnections();
  silent.close();
  github = await startShop();
});
