import { randomBytes } from 'node:crypto';
import { announcer } from './announce.js';
import { appRoutes } from './app-routes.js';
import { artifactRoutes } from './artifact-routes.js';
import { type AppOptions, authority } from './auth.js';
import { type Controls, controls } from './controls.js';
import { dispatchRoute } from './dispatch.js';
import { faultTable } from './faults.js';
import { hookRoutes } from './hook-routes.js';
import { type LimitNumbers, rateLimits } from './limits.js';
import { logRoutes } from './log-routes.js';
import { noLogs } from './logs.js';
import { repositoryRoutes } from './repository-routes.js';
import { resultRoutes } from './result-routes.js';
import { runRoutes } from './run-routes.js';
import { listen, type RecordedCall } from './server.js';
import { startStorage } from './storage.js';
import { type Delivery, webhookSender } from './webhooks.js';
import { idSeries, type World } from './world.js';

export interface GitHubStandInOptions {
  /** An accepted personal access token. */
  token: string;
  /** The login behind that token: the actor of what it starts. */
  login?: string;
  webhookSecret: string;
  port?: number;
  /** The bot's `POST /github/webhooks`. */
  webhookUrl?: string;
  /** The hook's events: `workflow_run` and `workflow_job` by default; `push` and `workflow_dispatch` also work. */
  events?: string[];
  app?: AppOptions;
  limits?: 'real' | 'off' | LimitNumbers;
  /** The start of every `html_url`; `https://github.com` by default, `own` for the stand-in's own address. */
  htmlUrl?: string;
  now?: () => Date;
}

/** What a listener of changes hears; calls and deliveries are reported twice, at their start and their end. */
type Change = { kind: 'call'; call: RecordedCall } | { kind: 'delivery'; delivery: Delivery } | { kind: 'world' };

/** The running stand-in: its address, and the controls of its world. */
export interface GitHubStandIn extends Controls {
  /** The base URL of the API; `${url}/api/v3` answers too, as GitHub Enterprise Server's does. */
  url: string;
  /** Calls the listener for every change; returns the function that stops it. */
  onChange(listener: (change: Change) => void): () => void;
  stop(): Promise<void>;
}

/** Starts a stand-in of GitHub's REST API and webhooks on 127.0.0.1, with no repository yet. */
export async function startGitHub(options: GitHubStandInOptions): Promise<GitHubStandIn> {
  const now = options.now ?? (() => new Date());
  const listeners = new Set<(change: Change) => void>();
  const changed = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const nextId = idSeries();
  const app = options.app && {
    id: options.app.id,
    slug: options.app.slug,
    installations: new Map(),
    without: new Set<number>(),
  };
  const auth = authority(options.app, now);
  auth.addToken(options.token, options.login ?? 'release-bot');
  const limits = rateLimits(options.limits ?? 'real', now);
  const hookId = nextId('hook');
  const events = new Set(options.events ?? ['workflow_run', 'workflow_job']);
  const sender = webhookSender({
    url: options.webhookUrl,
    secret: options.webhookSecret,
    now,
    hookId,
    hookTarget: app ? { type: 'integration', id: app.id } : { type: 'repository', id: '1' },
    onDelivery: (delivery) => changed({ kind: 'delivery', delivery }),
  });
  const world: World = {
    url: '',
    htmlUrl: options.htmlUrl ?? 'https://github.com',
    now,
    repositories: new Map(),
    moved: new Map(),
    users: new Map(),
    app: app ?? null,
    hook: { id: hookId, contentType: 'json', hasSecret: true, insecureSsl: '0', active: true, events },
    listLag: { ms: 0, lists: 0 },
    staleSince: null,
    largeDiffs: false,
    cancels: 'obeyed',
    enterprise: null,
    logs: noLogs(),
    dispatchAnswers: { mode: '200', refusal: 422 },
    nextId,
    announce: announcer(() => world, sender, events),
    onRun: new Set(),
    changed: () => changed({ kind: 'world' }),
  };
  const routes = [
    dispatchRoute,
    ...runRoutes,
    ...artifactRoutes(randomBytes(16).toString('hex')),
    ...logRoutes,
    ...resultRoutes,
    ...repositoryRoutes,
    ...appRoutes(auth, limits),
    ...hookRoutes(sender),
  ];
  const faults = faultTable(new Set(routes.map((route) => route.name)));
  const calls: RecordedCall[] = [];
  const onCall = (call: RecordedCall) => changed({ kind: 'call', call });
  const { server, url } = await listen({ world, routes, auth, limits, faults, calls, onCall }, options.port ?? 0);
  world.url = url;
  const storage = await startStorage(world.logs, now);
  if (options.htmlUrl === 'own') world.htmlUrl = url;
  const control = controls({ world, sender, auth, limits, faults, calls });
  return {
    ...control,
    url,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      control.autopilot(null);
      sender.close();
      for (const one of [server, storage]) {
        one.closeAllConnections();
        await new Promise<void>((resolve) => one.close(() => resolve()));
      }
    },
  };
}
