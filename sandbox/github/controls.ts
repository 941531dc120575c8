import { addRepository, type RepositoryOptions } from './add-repository.js';
import { type Auth, countOf } from './auth.js';
import { type AutopilotOptions, autopilot } from './autopilot.js';
import { dispatch, workflowNamed } from './dispatch.js';
import type { Fault, Faults } from './faults.js';
import { installationsIn } from './installations.js';
import { type JobMove, moveJob } from './jobs.js';
import { type ForkRunOptions, forkRun, openPull, type PushOptions, push, pushTag } from './landing.js';
import type { Limits } from './limits.js';
import { type LogControls, logControls } from './log-routes.js';
import { type ResultControls, resultControls } from './results.js';
import { completeRun, type Moving, type RunOutcome, rerun, startRun } from './runs.js';
import type { RecordedCall } from './server.js';
import { type SettingUp, settingUp } from './setting-up.js';
import { type PushedCommit, pushedView, type RunView, runView } from './views.js';
import type { DeliverOptions, Delivery, WebhookMode, WebhookSender } from './webhooks.js';
import { findRun, type Run, repositoryOf, type World } from './world.js';

interface CallFilter {
  method?: string;
  path?: string | RegExp;
  route?: string;
  status?: number | 'lost';
  token?: string;
}

/**
 * How a test or the demo changes the world. Calls that send webhooks resolve when the bot has answered them all (or ten
 * seconds have passed); to go on at once, do not await the promise.
 */
export interface Controls extends SettingUp, LogControls, ResultControls {
  addRepository(options: RepositoryOptions): { id: number; fullName: string; sha: string };
  push(repository: string, options: PushOptions): Promise<PushedCommit>;
  /** A push whose runs start and end at once, with one outcome. */
  land(repository: string, options: PushOptions, outcome?: RunOutcome): Promise<PushedCommit>;
  /** Opens a pull request from one branch into another, which stays open; its number. */
  openPull(repository: string, pull: { title: string; author: string; head: string; base: string }): number;
  tag(repository: string, name: string, sha: string): void;
  /** A tag that is pushed, with the runs that it starts; `tag` alone starts none. */
  pushTag(repository: string, name: string, options: { sha: string; actor?: string } & Moving): Promise<PushedCommit>;
  startRun(run: number, moving?: Moving): Promise<RunView>;
  completeRun(run: number, outcome: RunOutcome & Moving): Promise<RunView>;
  rerun(run: number, options: { actor: string; failedOnly?: boolean } & Moving): Promise<RunView>;
  advance(run: number, move: JobMove & Moving): Promise<RunView>;
  dispatchOutside(
    repository: string,
    file: string,
    options: { actor: string; inputs?: Record<string, unknown>; ref?: string } & Moving,
  ): Promise<RunView>;
  forkRun(repository: string, options: ForkRunOptions): Promise<RunView>;
  workflowState(repository: string, file: string, state: 'active' | 'disabled_manually'): void;
  /** Oldest first. */
  runs(repository: string, file?: string): RunView[];
  run(id: number): RunView;
  calls(filter?: CallFilter): RecordedCall[];
  deliveries: Delivery[];
  /** How many events were not delivered because webhooks are off. */
  unsent(): number;
  deliver(event: string, payload: unknown, options?: DeliverOptions): Promise<Delivery>;
  redeliver(guid: string): Promise<Delivery>;
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>;
  setWebhookUrl(url: string): void;
  setWebhooks(mode: WebhookMode): void;
  /** Sets a fault on a route (`dispatch`, `POST /repos/:owner/:repo/…`, `*`), once by default; returns its removal. */
  fail(route: string, fault: Fault, times?: number): () => void;
  heal(): void;
  /** From now on dispatched runs are left out of lists for so long, or for so many lists. */
  listLag(lag: { ms?: number; lists?: number }): void;
  /** From now on GitHub fails on the diffs of comparisons, or no longer. */
  largeDiffs(large: boolean): void;
  /** From now on lists filtered by branch or event are stale, as GitHub's were for hours (cli/cli#5474); or they are current. */
  staleLists(stale: boolean): void;
  dispatchAnswers(mode: '200' | '204' | 'old-ghes', refusal?: 400 | 422): void;
  /**
   * How cancels go from now on. `ignored`: accepted, and nothing happens. `refused`: a run in a state that GitHub cannot leave
   * (409, as seen in actions/runner#3872); only force-cancel ends it, or not even that.
   */
  cancels(how: World['cancels']): void;
  /** Somebody deletes a run: it reads 404 from then on. Returns what brings it back. */
  deleteRun(run: number): () => void;
  addToken: Auth['addToken'];
  /** What a token may do from now on; `app` for the App's installation. */
  permissions: Auth['permit'];
  /** Makes a token invalid; `app` for every installation token. */
  revoke(token: string): void;
  /** Uses up the hourly limit of a token, or of the App in the organisation of this name, but for so many calls. */
  exhaust(whose: string, left?: number): void;
  /** Moves runs by themselves; null stops it. */
  autopilot(options: AutopilotOptions | null): void;
}

export interface ControlParts {
  world: World;
  sender: WebhookSender;
  auth: Auth;
  limits: Limits;
  faults: Faults;
  calls: RecordedCall[];
}

/** The controls over one world. */
export function controls(parts: ControlParts): Controls {
  const { world, sender, auth, limits, faults } = parts;
  let land: (() => void) | null = null;
  const known = (id: number): Run => {
    const run = findRun(world, id);
    if (!run) throw new Error(`the stand-in has no run ${id}`);
    return run;
  };
  const move = async <T>(act: () => T): Promise<T> => {
    try {
      return await sender.answered(act);
    } finally {
      world.changed();
    }
  };
  const moveRun = async (id: number, act: (run: Run) => void): Promise<RunView> => {
    await move(() => act(known(id)));
    return runView(known(id));
  };
  const workflowIn = (repository: string, file: string) => {
    const found = workflowNamed(repositoryOf(world, repository), file);
    if (!found) throw new Error(`${repository} has no workflow ${file}`);
    return found;
  };

  return {
    ...settingUp(world, auth),
    ...logControls(world),
    ...resultControls(world, sender, move),
    addRepository: (options) => addRepository(world, options),
    push: async (name, options) => pushedView(await move(() => push(world, repositoryOf(world, name), options))),
    land: async (name, options, outcome = { conclusion: 'success' }) => {
      const pushed = await move(() => push(world, repositoryOf(world, name), options));
      for (const run of pushed.runs) await move(() => completeRun(world, run, outcome, options));
      return pushedView(pushed);
    },
    openPull: (name, pull) => openPull(world, repositoryOf(world, name), pull),
    pushTag: async (name, tag, options) =>
      pushedView(await move(() => pushTag(world, repositoryOf(world, name), tag, options))),
    tag: (name, tag, sha) => repositoryOf(world, name).tags.set(tag, sha),
    startRun: (id, moving) => moveRun(id, (run) => startRun(world, run, moving)),
    completeRun: (id, outcome) => moveRun(id, (run) => completeRun(world, run, outcome, outcome)),
    rerun: (id, options) => moveRun(id, (run) => rerun(world, run, options, options)),
    advance: (id, to) =>
      moveRun(id, (run) => {
        if (to.status === 'in_progress' || to.status === 'completed') startRun(world, run, to, false);
        moveJob(world, run, to, to.silent);
      }),
    dispatchOutside: async (name, file, { actor, inputs = {}, ref, silent = false }) => {
      const repository = repositoryOf(world, name);
      const given = { ref: ref ?? repository.defaultBranch, inputs, actor };
      const run = await move(() => dispatch(world, repository, workflowIn(name, file), given, { silent }));
      if ('status' in run) throw new Error(`GitHub would refuse: ${JSON.stringify(run.body)}`);
      return runView(run);
    },
    forkRun: async (name, options) => runView(await move(() => forkRun(world, repositoryOf(world, name), options))),
    workflowState: (name, file, state) => {
      workflowIn(name, file).state = state;
    },
    runs: (name, file) =>
      repositoryOf(world, name)
        .runs.filter((run) => file === undefined || run.workflow.file === file)
        .map(runView),
    run: (id) => runView(known(id)),
    calls: (filter = {}) => parts.calls.filter((call) => matches(call, filter)),
    deliveries: sender.deliveries,
    unsent: sender.unsent,
    deliver: sender.deliver,
    redeliver: sender.redeliver,
    idle: sender.idle,
    setWebhookUrl: sender.setUrl,
    setWebhooks: sender.setMode,
    fail: (route, fault, times = 1) => faults.add(route, fault, times),
    heal: faults.clear,
    listLag: ({ ms = 0, lists = 0 }) => {
      world.listLag = { ms, lists };
    },
    largeDiffs: (large) => {
      world.largeDiffs = large;
    },
    staleLists: (stale) => {
      world.staleSince = stale ? world.now() : null;
    },
    dispatchAnswers: (mode, refusal = 422) => {
      world.dispatchAnswers = { mode, refusal };
      if (mode === 'old-ghes') world.enterprise = { version: '3.19.0', told: true };
    },
    deleteRun: (id) => {
      const run = known(id);
      const { runs } = run.repository;
      const at = runs.indexOf(run);
      runs.splice(at, 1);
      world.changed();
      return () => void runs.splice(at, 0, run);
    },
    cancels: (how) => {
      world.cancels = how;
    },
    addToken: auth.addToken,
    permissions: auth.permit,
    revoke: auth.revoke,
    exhaust: (whose, left = 0) => {
      const installation = installationsIn(world).find(({ owner }) => owner === whose);
      limits.exhaust(installation ? countOf(installation.id) : auth.countedUnder(whose), left);
    },
    autopilot: (options) => {
      land?.();
      land = options && autopilot(world, options);
    },
  };
}

function matches(call: RecordedCall, filter: CallFilter): boolean {
  const { path } = filter;
  return (
    (filter.method === undefined || filter.method === call.method) &&
    (filter.route === undefined || filter.route === call.route) &&
    (filter.status === undefined || filter.status === call.status) &&
    (filter.token === undefined || filter.token === call.token) &&
    (path === undefined || (typeof path === 'string' ? path === call.path : path.test(call.path)))
  );
}
