import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from 'octokit';
import { type GitHubStandIn, type GitHubStandInOptions, startGitHub } from '../../sandbox/github/github.js';

export const token = 'github_pat_release';
export const secret = "It's a Secret to Everybody";
export const shop = { owner: 'acme', repo: 'shop' };

interface Received {
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

/** A bot that keeps every delivery and answers 202, or what `answer` says. */
export async function startReceiver(answer: (nth: number) => number = () => 202) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    received.push({ headers: request.headers, text, body: JSON.parse(text) });
    response.writeHead(answer(received.length)).end('noted');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/github/webhooks`,
    received,
    /** What came in, as `event action`. */
    heard: () => received.map((each) => `${each.headers['x-github-event']} ${each.body.action}`),
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A stand-in with the shop's repository, whose production workflow is as the contract asks. */
export async function startShop(options: Partial<GitHubStandInOptions> = {}): Promise<GitHubStandIn> {
  const github = await startGitHub({ token, webhookSecret: secret, ...options });
  github.addRepository({
    fullName: 'acme/shop',
    workflows: [
      { file: 'staging.yml', name: 'Staging', on: ['push'], jobs: ['build', 'test'] },
      {
        file: 'production.yml',
        name: 'Production',
        on: ['workflow_dispatch'],
        inputs: {
          sha: { required: true },
          deploy_id: { required: true },
          requested_by: { required: true },
          region: { type: 'choice', options: ['eu', 'us'], default: 'eu' },
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the stand-in's own template, not ours
        runName: 'Deploy ${sha} [${deploy_id}]',
        jobs: ['deploy', 'smoke test'],
      },
    ],
  });
  return github;
}

/** The real client, with nothing that repeats or delays a request. */
export function client(github: GitHubStandIn, auth: string = token, base = ''): Octokit {
  return new Octokit({
    auth,
    baseUrl: github.url + base,
    retry: { enabled: false },
    throttle: { enabled: false },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

export interface Refused {
  status: number;
  message: string;
  data: unknown;
  headers: Record<string, string | undefined>;
}

/** What a call was refused with; fails when it was not refused. `data` is undefined where no HTTP answer came. */
export async function refused(call: Promise<unknown>): Promise<Refused> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error) || !('status' in outcome)) throw new Error('the call was not refused');
  const response = 'response' in outcome ? (outcome.response as Refused | undefined) : undefined;
  const body = response?.data as { message?: string } | undefined;
  return {
    status: Number(outcome.status),
    message: body?.message ?? outcome.message,
    data: response?.data,
    headers: response?.headers ?? {},
  };
}

export const inputs = { sha: 'a'.repeat(40), deploy_id: 'd-1', requested_by: 'U0ALICE' };

/** Dispatches the shop's production workflow with the usual inputs, or others. */
export function dispatch(
  octokit: Octokit,
  body: Record<string, unknown> = {},
  workflow: string | number = 'production.yml',
) {
  return octokit.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
    ...shop,
    workflow_id: workflow,
    ref: 'main',
    inputs,
    ...body,
  });
}
