import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, refused, shop, startShop, token } from './github-setup.js';

/** Logs are in a storage of their own, which refuses what the real one refuses. */

let github: GitHubStandIn;
let job: number;
let run: number;
beforeEach(async () => {
  github = await startShop();
  ({ runId: run } = await github.land('acme/shop', { title: 'One' }, { conclusion: 'failure' }));
  const failed = github.run(run).jobs.find(({ conclusion }) => conclusion === 'failure');
  job = failed?.id ?? 0;
  github.jobLog(run, failed?.name ?? '', 'it failed');
});
afterEach(() => github.stop());

const ROUTE = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
const address = async (): Promise<string> => {
  const { status, headers } = await client(github).request(ROUTE, {
    ...{ ...shop, job_id: job },
    request: { redirect: 'manual' },
  });
  expect(status).toBe(302);
  return headers.location ?? '';
};
const asked = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  return [response.status, await response.text()];
};

test('the address is on another origin, and anybody may read there who knows it', async () => {
  const url = await address();
  expect(new URL(url).origin).not.toBe(new URL(github.url).origin);
  expect(await asked(url)).toEqual([200, 'it failed']);
});

test('the storage refuses the token of GitHub, a forged address and one that is over', async () => {
  const url = await address();
  expect((await asked(url, { authorization: `Bearer ${token}` }))[0]).toBe(400);
  expect((await asked(url.replace(/sig=../, 'sig=xx')))[0]).toBe(403);
  expect((await asked(github.logs.address(job, Date.now() - 1)))[0]).toBe(403);
});

test('it knows ranges from the start, and takes the last bytes for all', async () => {
  const url = await address();
  expect(await asked(url, { range: 'bytes=3-' })).toEqual([206, 'failed']);
  expect(await asked(url, { range: 'bytes=0-1' })).toEqual([206, 'it']);
  expect(await asked(url, { range: 'bytes=-6' })).toEqual([200, 'it failed']);
  expect((await asked(url, { range: 'bytes=9-' }))[0]).toBe(416);
  github.logs.serving = 'ranges';
  expect(await asked(url, { range: 'bytes=-6' })).toEqual([206, 'failed']);
});

test('annotations need a permission of their own', async () => {
  const noted = () =>
    client(github).request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
      ...{ ...shop, check_run_id: job },
    });
  expect(await refused(noted())).toMatchObject({ status: 403 });
  github.permissions(token, { metadata: 'read', checks: 'read' });
  expect((await noted()).data).toEqual([]);
});
