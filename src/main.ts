/** Builds, starts and stops the parts; the only file that knows all of them. */

import type { IncomingMessage } from 'node:http';
import { createChangeTickets } from './change-management/change-tickets.js';
import { createCommits } from './commits/commits.js';
import { byNameIn } from './config/by-name.js';
import type { Config } from './config/config.js';
import type { Command } from './core/command.js';
import { type Connections, connectionsOf } from './core/connections.js';
import { PAUSES, type Pauses } from './core/pauses.js';
import { readBacklog } from './db/backlog.js';
import { servicesOfRun } from './db/deployments.js';
import { forgetFaultsBut, noteFaultOf } from './db/faults.js';
import { savePerson } from './db/people.js';
import { openPools } from './db/pools.js';
import { databaseProblem, warningsOf } from './db/readiness.js';
import { ensureServices } from './db/services.js';
import { createAtOnce } from './flow/at-once.js';
import { createLines, createRun, type Run } from './flow/deliver.js';
import { createGather } from './flow/gather.js';
import { perform } from './flow/perform.js';
import { createReceive } from './flow/receive.js';
import { tracedHandling, tracedReceive } from './flow/traced.js';
import { createWhy } from './flow/why.js';
import { createBudgets } from './github/budget.js';
import { createClients } from './github/client.js';
import { comparingIn } from './github/job-deps.js';
import { githubJobs } from './github/jobs.js';
import { createLists, faultNames } from './github/lists.js';
import { conclusionOf } from './github/production.js';
import { createPatience } from './github/silence.js';
import { webUrlOf } from './github/web-url.js';
import { acceptDelivery } from './github/webhooks.js';
import { createMetrics } from './http/metrics.js';
import { serve } from './http/serve.js';
import { startChores } from './jobs/chores.js';
import { createClock } from './jobs/clock.js';
import { scheduleDigests } from './jobs/digest.js';
import { tellLastingFaults } from './jobs/fault-news.js';
import { createHeard } from './jobs/heard.js';
import { createInboxLoop } from './jobs/inbox.js';
import { startPoll } from './jobs/poll.js';
import { createStageChecks } from './jobs/stage-checks.js';
import { sweep } from './jobs/sweep.js';
import { sayTimes, upcomingOf } from './jobs/upcoming.js';
import { NO_TASKS, startWorkers, type Workers } from './jobs/workers.js';
import { boltLogger, workerLogger } from './log/adapters.js';
import type { Log } from './log/log.js';
import { sendThrough } from './outbound.js';
import { createSlackApp } from './slack/app.js';
import { cardModel } from './slack/card-model.js';
import { channelName, lookAtChannels } from './slack/channels.js';
import { createSlackClient } from './slack/client.js';
import { createHome } from './slack/home.js';
import { createIdentity } from './slack/identity.js';
import { slackJobs } from './slack/jobs.js';
import { learnNames } from './slack/names.js';
import { createPeople } from './slack/people.js';
import { digestNow } from './slack/read-digest.js';
import { tracedCalls } from './tracing/calls.js';
import { openTracing } from './tracing/export.js';
import { tracedRoutes } from './tracing/requests.js';
import { coalesced } from './waits/coalesce.js';
import { waitAtMost } from './waits/wait-at-most.js';

export interface Pushbutton {
  readonly port: number;
  /** Stops taking new work and finishes work under way within ten seconds. `leaveMs`: see `Serving`. */
  readonly stop: (leaveMs?: number) => Promise<void>;
}

/** How long the start waits for the socket, which may connect later; a refused app token ends the start. */
const CONNECT_MS = 10_000;

/**
 * Starts one replica on a migrated database. Further replicas need only the same config. Throws when the port is not
 * available or Slack refuses the token.
 */
export async function startPushbutton(
  config: Config,
  databaseUrl: string,
  log: Log,
  {
    pauses = PAUSES,
    connections = connectionsOf(config.connections),
  }: { pauses?: Pauses; connections?: Connections } = {},
): Promise<Pushbutton> {
  const warn = (details: object, message: string) => log.warn(details, message);
  const tracing = await openTracing(config.collector, warn);
  const broken = (message: string, error: Error) => log.warn({ err: error }, message);
  const pools = openPools(databaseUrl, connections, pauses.deadlines.statement, broken);
  const { pool, claims, intake } = pools;
  const { names: all, channels, service, policyOf, shown, repositoryOf, watched, pace, ...known } = byNameIn(config);
  await ensureServices(pool, all, known.whole);

  const metrics = createMetrics(() => readBacklog(pool), config.metricsPort !== undefined);
  const called = tracedCalls(tracing, metrics.called);
  const client = createSlackClient(config.slack, boltLogger(log), { called: called.slack });
  const identity = createIdentity(client, pool, pauses, warn);
  const people = createPeople(
    client,
    () => identity.known()?.team ?? null,
    (user, name) => savePerson(pool, user, name),
  );
  const budgets = createBudgets(config.github.auth.kind, warn);
  const counting = { called: called.github, answered: budgets.note };
  const clients = createClients(config.github.auth, config.github.apiUrl, counting);
  const patiently = createPatience(config.github.auth.kind);
  const toGitHub = { ...known, pool, clients, patiently, pauses, tracing, pace, budgets };
  const fault = async (name: string, what: string | null, agoMs = 0) => {
    if ((await noteFaultOf(pool, name, what, agoMs)) && what !== null) warn({ fault: what }, name);
  };
  const webUrl = webUrlOf(config.github.apiUrl);
  const commits = createCommits({
    ...toGitHub,
    policyOf,
    people: config.people,
    byEmail: people.byEmail,
    webUrl,
    told: (repository, refusal, agoMs) => fault(comparingIn(repository), refusal && `GitHub answers ${refusal}`, agoMs),
  });
  const gather = createGather({
    pool,
    service: policyOf,
    allDeployers: known.allDeployers,
    ...people,
    ...commits,
    deadlines: pauses.deadlines,
    lookForLost: (deploymentId) => ofGitHub['look up']({ deploymentId }),
    conclusionOf: (repository, runId, attempt) => conclusionOf(clients, patiently, repository, runId, attempt),
  });
  const atOnce = createAtOnce({ pool, run: (name, payload) => run(name, payload), warn });
  const changeTickets = createChangeTickets({ pool, receivers: known.receivers, pauses, fault, warn });
  const about = { policyOf, sharersOf: known.sharersOf, told: changeTickets.services, decided: metrics.decided, log };
  const performing = { pool, pauses, atOnce, tracing, gather, ...about };
  const performed = (command: Command) => perform(performing, command);
  const webhooks = createHeard({ pool, pace, repositoryOf, found: metrics.found, warn });
  const inbox = createInboxLoop({
    ...{ pool: claims, pauses: pauses.jobs, warn, traced: tracing.on },
    handle: (row) => {
      const { id, command, service, reply, on_card: onCard } = row;
      const handle = () => perform(performing, command, { inboxId: id, service, reply, onCard });
      return webhooks.handling(command, tracedHandling(tracing, row, handle));
    },
    handled: ({ reply }, seconds) => metrics.handled(reply ? 'person' : 'GitHub', seconds),
  });
  const receive = tracedReceive(tracing, createReceive(intake, pauses.deadlines, inbox));

  const toSlack = { pool, client, pauses, tracing, warn, timezone: config.timezone };
  const { servicesOf, deployersOf } = known;
  const digest = { ...toSlack, servicesOf, deployersOf, upcoming: upcomingOf(config) };
  const shows = { ...toSlack, ...commits, ...known, identity: identity.known, people, shown, webUrl, services: all };
  const home = createHome(shows);
  const ofSlack = slackJobs({
    ...toSlack,
    cards: {
      ...toSlack,
      drawn: metrics.drawn,
      model: (changeId) => cardModel(pool, changeId, shown, commits.countCommits, commits.unmatchedAuthors),
    },
    digest,
    home,
    notes: { ...toSlack, shown, channelOf: known.channelOf, authorsOf: commits.authorsOf },
    operators: config.operators,
    repositoryOf,
    deployersOf,
    told: fault,
  });
  const ofGitHub = githubJobs({ ...toGitHub, ...commits, ...metrics, service, perform: performed, fault });
  const stageChecks = createStageChecks(pool, config, performed);
  const handlers = { ...ofSlack, ...ofGitHub, ...changeTickets.jobs, ...stageChecks.jobs };
  const run: Run = createRun(pool, handlers, pauses, warn, tracing);
  const lines = createLines(run, ofSlack, ofGitHub, changeTickets, stageChecks);

  const slack = createSlackApp({
    ...config.slack,
    ...shows,
    home,
    answeredSocket: metrics.answeredSocket,
    socketAgainMs: pauses.slack.socket,
    way: sendThrough(config.proxies),
    readMs: pauses.deadlines.read,
    appToken: config.slack.appToken,
    logger: boltLogger(log),
    receive,
    countCommits: commits.listCommits,
    digestNow: (asked) => digestNow(digest, asked),
    askWhy: createWhy({ pool, service: policyOf, ...people, ...commits }),
  });
  let workers: Workers | null = null;
  const checks = {
    database: async () => (await databaseProblem(pools)) ?? (workers ? workers.problem() : NO_TASKS),
    slack: async () => identity.problem() ?? slack.problem(),
    warnings: () => warningsOf(pool),
  };
  const secret = config.github.webhooks ? config.github.webhookSecret : undefined;
  const whoseRun = coalesced((run: number) => servicesOfRun(pool, run, all));
  const aside = { whoseRun, whoseMs: pauses.deadlines.whose, ...webhooks };
  const github =
    secret === undefined
      ? null
      : (request: IncomingMessage) => acceptDelivery(request, secret, watched, receive, aside);
  const failed = (chore: string) => (err: unknown) => warn({ chore, err }, 'a chore failed and will be retried');
  // All parts stop taking new work at the same moment; the database pools close once the work under way has finished.
  const ends: ((leaveMs: number) => Promise<unknown>)[] = [];
  const stop = async (leaveMs = 0) => {
    await Promise.all(ends.map((end) => end(leaveMs)));
    await atOnce.stop();
    await Promise.all([pools.close(), tracing.stop()]);
  };
  try {
    await identity.learn();
    const { port, stop: stopServing } = await serve({
      ports: config,
      metrics,
      checks,
      ...tracedRoutes(tracing, { slack: slack.listener, github }),
      warn,
    });
    ends.push(stopServing);
    inbox.start();
    ends.push(inbox.stop, atOnce.stop);
    workers = await startWorkers({ ...pools, ...atOnce, pauses: pauses.jobs, logger: workerLogger(log), warn }, lines);
    ends.push(workers.stop);
    const schedule = scheduleDigests(pool, config, channels);
    ends.push(schedule.stop);
    const faultable = [...watched.flatMap(faultNames), ...channels.map(channelName), ...changeTickets.faultNames];
    await Promise.all([forgetFaultsBut(pool, faultable), changeTickets.follow()]);
    const lists = createLists(clients, patiently, watched, budgets, fault);
    const poll = await startPoll({ pool, pace, receive, watched, ...lists, ...webhooks, ...budgets });
    const chores = {
      sweep: () => sweep(pool, pauses, changeTickets.services),
      poll: poll.run,
      clock: createClock({ pool, services: known.policies, perform: performed, pauses }),
      names: () => learnNames(client, pool, known.people),
      slack: identity.check,
      digest: schedule.catchUp,
      channels: () => lookAtChannels(client, pool, channels, pauses, fault),
      faults: () => tellLastingFaults(pool, config.operators, pauses),
    };
    ends.push(poll.stop, ...startChores(chores, pace.everyMs, pauses.chores, failed), slack.stop);
    await waitAtMost(slack.start(), CONNECT_MS, failed('socket'));
    await sayTimes(pool, config.timezone, digest.upcoming, log);
    log.info({ port, services: all.length, socketMode: slack.listener === null }, 'ready');
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
