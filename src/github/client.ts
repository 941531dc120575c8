import { App, Octokit, RequestError } from 'octokit';

export type Auth = { kind: 'app'; appId: string; privateKey: string } | { kind: 'token'; token: string };

/** Returns the client for a repository. It sends each request only once and gives up after ten seconds. */
export type ClientFor = (repository: string) => Promise<Octokit>;

/** How we sign in to GitHub. `asApp` acts as the App itself, with its key; null with a token. */
export interface Github {
  readonly clients: ClientFor;
  readonly asApp: Octokit | null;
}

/** Called after each request with its route as in GitHub's documentation, its result, its duration, and the HTTP status if there was one. */
type GitHubCalled = (route: string, result: Answer<unknown>['is'], seconds: number, status: number | null) => void;

export interface ClientOptions {
  readonly called?: GitHubCalled;
  /** Called with each answer about a repository of an owner: its headers, and how long it asks us to wait, if it does. */
  readonly answered?: (owner: string, headers: Readonly<Record<string, unknown>>, retryAfterMs: number | null) => void;
  /** Used instead of fetch. */
  readonly send?: typeof fetch;
  /** Whether to use octokit's own queue, which makes at most ten reads at once. */
  readonly queued?: boolean;
}

/** What GitHub's answer means to us. `no answer`: it is unknown whether the request took effect. */
export type Answer<T> =
  | { readonly is: 'ok'; readonly status: number; readonly data: T; readonly etag: string | null }
  | { readonly is: 'unchanged' }
  | { readonly is: 'refused'; readonly status: number; readonly message: string }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'no answer'; readonly why: string; readonly status?: number };

const TIMEOUT_MS = 10_000;
/** GitHub asks for a wait of at least a minute when it gives no time (docs: best practices, rate limits). */
const UNNAMED_WAIT_MS = 60_000;

/**
 * octokit's retry plugin repeats a POST on 5xx, 409, 429 and closed sockets, and its throttle plugin repeats it again
 * after a rate limit: one press could start up to four runs. Both are off; the caller decides whether to ask again. The
 * timeout is inside fetch: a signal given to a call would already run while the call waits in the queue.
 */
function clientClass(apiUrl: string, options: ClientOptions): typeof Octokit {
  const { send = fetch, queued = false, called, answered } = options;
  class Once extends Octokit {
    constructor(options: ConstructorParameters<typeof Octokit>[0] = {}) {
      super(options);
      this.hook.before('request', (request) => {
        // Calls without a version move to the next one in 2028, which changes the answer to a dispatch.
        request.headers = { ...request.headers, 'x-github-api-version': '2022-11-28' };
      });
      if (called) this.hook.wrap('request', (request, options) => telling(called, options, () => request(options)));
      if (answered) {
        this.hook.after('request', ({ headers }, { owner, url }) => {
          if (typeof owner === 'string' && !url.endsWith('/installation')) answered(owner, headers, null);
        });
        this.hook.error('request', (error, { owner, url }) => {
          // What the App asks as itself has limits of its own.
          if (typeof owner === 'string' && !url.endsWith('/installation') && error instanceof RequestError) {
            const is = translate(error);
            answered(owner, error.response?.headers ?? {}, is.is === 'rate limited' ? is.retryAfterMs : null);
          }
          throw error;
        });
      }
    }
  }
  return Once.defaults({
    baseUrl: apiUrl,
    userAgent: 'pushbutton',
    retry: { enabled: false },
    throttle: { enabled: queued, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    request: {
      fetch: (url: string, init: RequestInit) => send(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  }) as typeof Octokit;
}

/** Reports a request. Leaves out the URL of a link that GitHub gave: it has no route and is signed for one use. */
async function telling<Response extends { readonly status: number }>(
  called: GitHubCalled,
  { method, url }: { method: string; url: string },
  request: () => Response | Promise<Response>,
): Promise<Response> {
  const since = performance.now();
  const route = url.startsWith('/') ? `${method} ${url}` : `${method} a link`;
  const tell = (result: Answer<unknown>['is'], status: number | null) =>
    called(route, result, (performance.now() - since) / 1_000, status);
  try {
    const response = await request();
    tell('ok', response.status);
    return response;
  } catch (error) {
    tell(translate(error).is, error instanceof RequestError && error.response ? error.response.status : null);
    throw error;
  }
}

/** Creates clients for an App or a token. Looks up an App's installation once per repository; each owner has one of its own. */
export const createClients = (auth: Auth, apiUrl: string, options: ClientOptions = {}): ClientFor =>
  createGithub(auth, apiUrl, options).clients;

/** The same, with a client for the App itself, to read the App's own settings. */
export function createGithub(auth: Auth, apiUrl: string, options: ClientOptions = {}): Github {
  const Client = clientClass(apiUrl, options);
  if (auth.kind === 'token') {
    const client = new Client({ auth: auth.token });
    return { clients: async () => client, asApp: null };
  }
  const signIn = () => new App({ appId: auth.appId, privateKey: auth.privateKey, Octokit: Client });
  const owners = new Map<string, Owner>();
  // An App that was removed and installed again has a new installation id: the installations and tokens of that owner
  // which are cached here, and in octokit for an hour, are useless. The next call looks them up again.
  const forgetting = (name: string, of: Owner, client: Octokit): Octokit => {
    client.hook.error('request', (error) => {
      if (owners.get(name) === of && isGone(error)) owners.delete(name);
      throw error;
    });
    return client;
  };
  const clients: ClientFor = (repository) => {
    const name = split(repository).owner.toLowerCase();
    const owner = owners.get(name) ?? { app: signIn(), found: new Map() };
    owners.set(name, owner);
    const known = owner.found.get(repository);
    if (known) return known;
    const made = installed(owner.app, repository).then((client) => forgetting(name, owner, client));
    owner.found.set(repository, made);
    made.catch(() => owner.found.delete(repository));
    return made;
  };
  return { clients, asApp: signIn().octokit };
}

/** An App signed in for one owner, whose installation and tokens are not the others', and its clients by repository. */
interface Owner {
  readonly app: App;
  readonly found: Map<string, Promise<Octokit>>;
}

/** Whether GitHub no longer accepts a token, or issues none because it does not know the installation. */
const isGone = (error: unknown): boolean =>
  error instanceof RequestError &&
  (error.status === 401 || (error.status === 404 && error.request.url.endsWith('/access_tokens')));

async function installed(app: App, repository: string): Promise<Octokit> {
  const { owner, repo } = split(repository);
  const { data } = await app.octokit.request('GET /repos/{owner}/{repo}/installation', { owner, repo });
  return app.getInstallationOctokit(data.id);
}

export function split(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

/** Makes a call and translates its result; never throws. */
export async function ask<T>(
  call: () => Promise<{ status: number; data: T; headers: { etag?: string } }>,
): Promise<Answer<T>> {
  try {
    const { status, data, headers } = await call();
    return { is: 'ok', status, data, etag: headers.etag ?? null };
  } catch (error) {
    return translate(error);
  }
}

function translate(error: unknown): Exclude<Answer<never>, { is: 'ok' }> {
  if (!(error instanceof RequestError) || !error.response) {
    return { is: 'no answer', why: error instanceof Error ? error.name : 'unknown fault' };
  }
  const { status, headers, data } = error.response;
  if (status === 304) return { is: 'unchanged' };
  if (status === 403 || status === 429) {
    const wait = rateLimit(status, headers, messageOf(data));
    if (wait !== null) return { is: 'rate limited', retryAfterMs: wait };
  }
  if (status >= 400 && status < 500) return { is: 'refused', status, message: refusalOf(error) || `HTTP ${status}` };
  return { is: 'no answer', why: `HTTP ${status}`, status };
}

/** How long to wait, in the order of GitHub's documentation: retry-after, the reset of a used-up limit, a minute. */
function rateLimit(status: number, headers: Record<string, unknown>, message: string): number | null {
  const after = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(after)) return Math.max(1, after) * 1_000;
  if (String(headers['x-ratelimit-remaining']) === '0') {
    // Uses GitHub's own clock, since this machine's may be minutes off.
    const now = Date.parse(String(headers.date));
    const reset = Number(headers['x-ratelimit-reset']) * 1_000 - (Number.isFinite(now) ? now : Date.now());
    return Number.isFinite(reset) ? Math.min(Math.max(reset, 1_000), 3_600_000) : UNNAMED_WAIT_MS;
  }
  return status === 429 || /rate limit/i.test(message) ? UNNAMED_WAIT_MS : null;
}

/** GitHub's own words; they do not say that it is the App which is not found. */
function refusalOf({ status, request, response }: RequestError): string {
  const message = messageOf(response?.data);
  return status === 404 && request.url.endsWith('/installation')
    ? `${message}: the App is not installed there`
    : message;
}

/** GitHub's own message, with the details that a 422 carries. */
function messageOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors)
    ? errors.map((one) => (typeof one === 'string' ? one : String(one?.message ?? '')))
    : [];
  return [typeof message === 'string' ? message : '', ...details].filter(Boolean).join(': ').slice(0, 500);
}
