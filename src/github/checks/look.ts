import { z } from 'zod';
import { type Answer, ask, type Github, split } from '../client.js';

/** The result of one request to GitHub. `unseen`: no usable answer, with the reason. */
export type Seen<T> =
  | { readonly is: 'seen'; readonly data: T; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly is: 'refused'; readonly status: number; readonly message: string }
  | { readonly is: 'unseen'; readonly why: string; readonly limited?: true };

const permissions = z.record(z.string(), z.string()).catch({});
const installation = z.object({
  html_url: z.string().catch(''),
  account: z.object({ login: z.string() }),
  permissions,
  suspended_at: z.string().nullish(),
});
const repository = z.object({
  full_name: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
  archived: z.boolean().catch(false),
  disabled: z.boolean().catch(false),
  html_url: z.string(),
  /** What the token's owner may do here; absent for an App. */
  permissions: z.object({ push: z.boolean() }).nullish(),
});
const app = z.object({
  slug: z.string(),
  html_url: z.string(),
  owner: z.object({ login: z.string() }).nullish().catch(null),
  permissions,
  events: z.array(z.string()).catch([]),
});
const commit = z.object({
  sha: z.string(),
  commit: z.object({ author: z.object({ name: z.string().catch('') }).nullish() }),
  author: z.object({ login: z.string() }).nullish().catch(null),
});
const hookConfig = z.object({
  url: z.string().nullish(),
  content_type: z.string().nullish(),
  /** Masked with asterisks when it is set. */
  secret: z.string().nullish(),
  insecure_ssl: z.union([z.string(), z.number()]).nullish(),
});
const hook = z.object({ id: z.number(), active: z.boolean(), events: z.array(z.string()), config: hookConfig });
const delivery = z.object({ delivered_at: z.string(), status: z.string(), status_code: z.number(), event: z.string() });

export type Repository = z.infer<typeof repository>;
export type AppItself = z.infer<typeof app>;
export type HookConfig = z.infer<typeof hookConfig>;
export type Delivery = z.infer<typeof delivery>;

export type Look = ReturnType<typeof createLook>;

/**
 * Reads from GitHub. Every call is a GET and is made only once, however many checks need it. `trouble` says why the
 * last call got no answer, if known. Requires only the fields of an answer that a check needs.
 */
export function createLook(github: Github, trouble: () => string | null) {
  const looked = new Map<string, Promise<Seen<unknown>>>();

  function get<T>(shape: z.ZodType<T>, route: string, parameters: Record<string, unknown> = {}, by = github.clients) {
    const key = `${route} ${JSON.stringify(parameters)}`;
    const known = looked.get(key) as Promise<Seen<T>> | undefined;
    const found = known ?? asked(shape, async () => (await by(repositoryOf(parameters))).request(route, parameters));
    looked.set(key, found);
    return found;
  }

  async function asked<T>(
    shape: z.ZodType<T>,
    call: () => Promise<{ status: number; data: unknown; headers: Record<string, unknown> }>,
  ): Promise<Seen<T>> {
    let headers: Record<string, unknown> = {};
    const answer = await ask(async () => {
      const told = await call();
      headers = told.headers;
      return told;
    });
    if (answer.is !== 'ok') return without(answer, trouble());
    const read = shape.safeParse(answer.data);
    return read.success ? { is: 'seen', data: read.data, headers } : { is: 'unseen', why: 'its answer is unreadable' };
  }

  /** As the App itself, when signed in as one. */
  const asApp = async () => {
    if (!github.asApp) throw new Error('only an App can sign in as an App');
    return github.asApp;
  };
  const of = (name: string, more: Record<string, unknown> = {}) => ({ ...split(name), ...more });

  return {
    app: () => get(app, 'GET /app', {}, asApp),
    /** Of a GitHub Enterprise Server; github.com names no version. Asked as for this repository. */
    meta: (name: string) =>
      get(z.object({ installed_version: z.string().nullish() }), 'GET /meta', {}, () => github.clients(name)),
    user: () => get(z.object({ login: z.string() }), 'GET /user'),
    installation: (name: string) => get(installation, 'GET /repos/{owner}/{repo}/installation', of(name), asApp),
    repository: (name: string) => get(repository, 'GET /repos/{owner}/{repo}', of(name)),
    branch: (name: string, branch: string) =>
      get(
        z.object({ commit: z.object({ sha: z.string() }) }),
        'GET /repos/{owner}/{repo}/branches/{branch}',
        of(name, { branch }),
      ),
    /** Every file of a commit. */
    tree: (name: string, tree_sha: string) =>
      get(
        z.object({ truncated: z.boolean(), tree: z.array(z.object({ path: z.string(), type: z.string() })) }),
        'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
        of(name, { tree_sha, recursive: '1' }),
      ),
    tag: (name: string, tag: string) =>
      get(
        z.object({ object: z.object({ sha: z.string() }) }),
        'GET /repos/{owner}/{repo}/git/ref/{ref}',
        of(name, { ref: `tags/${tag}` }),
      ),
    workflow: (name: string, workflow_id: string) =>
      get(
        z.object({ state: z.string(), html_url: z.string().catch('') }),
        'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}',
        of(name, { workflow_id }),
      ),
    /** The text of a workflow file on a branch or tag. */
    file: (name: string, file: string, ref: string) =>
      get(
        z
          .object({ content: z.string(), encoding: z.literal('base64') })
          .transform(({ content }) => Buffer.from(content, 'base64').toString('utf8')),
        'GET /repos/{owner}/{repo}/contents/{path}',
        of(name, { path: `.github/workflows/${file}`, ref }),
      ),
    pulls: (name: string, commit_sha: string) =>
      get(z.array(z.unknown()), 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', of(name, { commit_sha })),
    /** The check runs or the statuses of a commit. */
    results: (name: string, ref: string, of: 'checks' | 'statuses') =>
      get(z.unknown(), `GET /repos/{owner}/{repo}/commits/{ref}/${of === 'checks' ? 'check-runs' : 'statuses'}`, {
        ...split(name),
        ref,
        per_page: 1,
      }),
    commits: (name: string, branch: string) =>
      get(z.array(commit), 'GET /repos/{owner}/{repo}/commits', of(name, { sha: branch, per_page: 50 })),
    appHook: () => get(hookConfig, 'GET /app/hook/config', {}, asApp),
    appDeliveries: () => get(z.array(delivery), 'GET /app/hook/deliveries', { per_page: 50 }, asApp),
    hooks: (name: string) => get(z.array(hook), 'GET /repos/{owner}/{repo}/hooks', of(name, { per_page: 50 })),
    deliveries: (name: string, hook_id: number) =>
      get(
        z.array(delivery),
        'GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries',
        of(name, { hook_id, per_page: 50 }),
      ),
  };
}

const repositoryOf = ({ owner, repo }: Record<string, unknown>): string => `${owner}/${repo}`;

function without(answer: Exclude<Answer<unknown>, { is: 'ok' }>, trouble: string | null): Seen<never> {
  switch (answer.is) {
    case 'refused':
      return answer;
    case 'rate limited':
      return {
        is: 'unseen',
        why: `rate limit reached, run again in ${Math.ceil(answer.retryAfterMs / 1_000)} s`,
        limited: true,
      };
    case 'unchanged':
      return { is: 'unseen', why: 'its answer is unreadable' };
    case 'no answer':
      return { is: 'unseen', why: answer.why.startsWith('HTTP') ? answer.why : (trouble ?? answer.why) };
  }
}

/** Why GitHub did not show something, as the reason of a skipped check. */
export function notShown(seen: Exclude<Seen<unknown>, { is: 'seen' }>): string {
  if (seen.is === 'unseen') return `no usable answer from GitHub: ${seen.why}`;
  return seen.status === 403
    ? `GitHub does not show it: ${seen.message} (see the permissions)`
    : `GitHub does not show it: ${seen.status} ${seen.message}`;
}
