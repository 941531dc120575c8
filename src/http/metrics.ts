/** The metrics of a replica, for Prometheus. Labels come from fixed lists and the config, never from people's text. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Command, FoundIn } from '../core/command.js';
import type { Decision, OperatorNews } from '../core/decision.js';
import type { Backlog, Waiting } from '../db/backlog.js';
import { withTimeout } from '../waits/timeout.js';

/** A call to Slack or GitHub, named by the method or route in their documentation, and its result. */
interface Called {
  readonly to: 'slack' | 'github';
  readonly call: string;
  readonly result: 'ok' | 'unchanged' | 'refused' | 'rate limited' | 'no answer';
  readonly seconds: number;
}

export interface Metrics {
  readonly called: (to: Called['to']) => (call: string, result: Called['result'], seconds: number) => void;
  readonly decided: (command: Command['type'], decision: Decision) => void;
  /** A request over HTTP was answered; `route` is one of ours, or `other`. */
  readonly answered: (route: string, status: number, seconds: number) => void;
  /** What Slack sent over the socket was answered, or refused an answer, this long after it arrived. */
  readonly answeredSocket: (seconds: number) => void;
  /** A command from a person, a delivery or the poll was decided, this long after it was received. */
  readonly handled: (from: 'person' | 'GitHub', seconds: number) => void;
  /** The poll found news that no webhook had brought by then. */
  readonly found: (by: FoundIn) => void;
  /** The request that starts a run was sent, this long after its deployment was ready to start. */
  readonly dispatched: (seconds: number) => void;
  /** A card's drawing reached Slack, this long after what it shows changed. */
  readonly drawn: (seconds: number) => void;
  /** Everything, as Prometheus reads it. Answers within two seconds, even without the database. */
  readonly text: () => Promise<{ readonly type: string; readonly body: string }>;
}

/** All of them, so that each series starts at 0: to Prometheus, the first value of a series is no increase. */
const FINDS = {
  hung: true,
  unknown: true,
  lost: true,
  'run gone': true,
  'given up': true,
  'lost run found': true,
  'stray run': true,
  'stray refused': true,
  'cancel refused': true,
  'not cancelled': true,
  'roll back failed': true,
  'waits for continue': true,
} satisfies Record<OperatorNews, true>;

const FOUND_IN = { workflow: true, repository: true, 'repository alone': true } satisfies Record<FoundIn, true>;

const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const PATIENCE_MS = 1_500;
/** Readers within this time share one read of the database. */
const FRESH_MS = 1_000;

/** Counts from now on; calls `backlog` on each read. `isRead`: they can be read, so the process is measured too. */
export function createMetrics(backlog: () => Promise<Backlog>, isRead: boolean): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // The metrics of the process are measured all the time, a hundred times a second.
  if (isRead) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    ...{ name: 'pushbutton_http_request_seconds', help: 'Requests answered, by route and status.', registers },
    ...{ labelNames: ['route', 'status'] as const, buckets: SHORT },
  });
  const slackAnswers = new Histogram({
    ...{
      name: 'pushbutton_slack_answer_seconds',
      help: 'What Slack sent, over HTTP or the socket, answered.',
      registers,
    },
    ...{ buckets: SHORT },
  });
  const calls = new Counter({
    ...{ name: 'pushbutton_outside_calls_total', help: 'Calls to Slack and GitHub, by result.', registers },
    labelNames: ['to', 'call', 'result'] as const,
  });
  const callSeconds = new Histogram({
    ...{ name: 'pushbutton_outside_call_seconds', help: 'How long Slack and GitHub took to answer.', registers },
    ...{ labelNames: ['to'] as const, buckets: SHORT },
  });
  const decisions = new Counter({
    ...{ name: 'pushbutton_decisions_total', help: 'Decisions, by command and outcome.', registers },
    labelNames: ['command', 'outcome'] as const,
  });
  const refusals = new Counter({
    ...{ name: 'pushbutton_refusals_total', help: 'Refusals, by rule.', registers },
    labelNames: ['rule'] as const,
  });
  const finds = new Counter({
    ...{ name: 'pushbutton_watchdog_finds_total', help: 'Findings for the operators, by kind.', registers },
    labelNames: ['find'] as const,
  });
  for (const find of Object.keys(FINDS)) finds.inc({ find }, 0);
  const polled = new Counter({
    ...{ name: 'pushbutton_poll_finds_total', help: 'News that the poll found first, by list.', registers },
    labelNames: ['by'] as const,
  });
  for (const by of Object.keys(FOUND_IN)) polled.inc({ by }, 0);
  const handlings = new Histogram({
    ...{ name: 'pushbutton_handling_seconds', help: 'Time from receipt to decision.', registers },
    ...{ labelNames: ['from'] as const, buckets: LONG },
  });
  const dispatches = new Histogram({
    name: 'pushbutton_dispatch_seconds',
    help: 'Time from a deployment being ready to start, its approvals given, to the request that starts its run.',
    ...{ registers, buckets: LONG },
  });
  const drawings = new Histogram({
    name: 'pushbutton_redraw_lag_seconds',
    help: 'Time from a change of what a card shows to Slack having it.',
    ...{ registers, buckets: LONG },
  });
  const show = gauges(registers);

  let fresh: { at: number; read: Promise<Backlog | null> } | null = null;
  const read = (): Promise<Backlog | null> => {
    if (!fresh || performance.now() - fresh.at > FRESH_MS) {
      fresh = { at: performance.now(), read: withTimeout<Backlog | null>(backlog(), PATIENCE_MS, null) };
    }
    return fresh.read;
  };

  return {
    called: (to) => (call, result, seconds) => {
      calls.inc({ to, call, result });
      callSeconds.observe({ to }, seconds);
    },
    decided: (command, decision) => {
      if (decision.kind === 'nothing' || decision.kind === 'ask again') return;
      decisions.inc({ command, outcome: decision.kind });
      if (decision.kind === 'refused') refusals.inc({ rule: decision.refusal.rule });
      const effects = decision.kind === 'merged' ? [] : decision.effects;
      for (const one of effects) if (one.effect === 'tell operators') finds.inc({ find: one.about });
    },
    answered: (route, status, seconds) => {
      requests.observe({ route, status }, seconds);
      if (route === 'POST /slack/events') slackAnswers.observe(seconds);
    },
    answeredSocket: (seconds) => slackAnswers.observe(seconds),
    handled: (from, seconds) => handlings.observe({ from }, seconds),
    found: (by) => polled.inc({ by }),
    dispatched: (seconds) => dispatches.observe(seconds),
    drawn: (seconds) => drawings.observe(seconds),
    text: async () => {
      show(await read());
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** What is read from the database each time. Without the database these are absent: an unknown figure is not zero. */
function gauges(registers: Registry[]): (backlog: Backlog | null) => void {
  const up = new Gauge({ name: 'pushbutton_database_up', help: '1 while the database answers.', registers });
  const made = {
    inbox: pair('inbox', 'commands and deliveries received and not handled yet', [], registers),
    jobs: pair('jobs', 'jobs due', ['job'], registers),
    cards: pair('cards', 'cards due to be drawn', [], registers),
    deployments: pair('deployments', 'deployments that have not ended', ['service', 'status'], registers),
  };
  const lost = new Gauge({
    ...{ name: 'pushbutton_deployments_lost', help: 'Deployments lost in the last quarter of an hour.', registers },
    labelNames: ['service'] as const,
  });
  const replicas = new Gauge({ name: 'pushbutton_replicas', help: 'Live replicas.', registers });
  const faults = new Gauge({
    ...{ name: 'pushbutton_faults', help: 'Faults that stop no other work: the warnings of /readyz.', registers },
  });
  return (backlog) => {
    up.set(backlog ? 1 : 0);
    made.inbox(backlog ? [[{}, backlog.inbox]] : []);
    made.cards(backlog ? [[{}, backlog.cards]] : []);
    made.jobs((backlog?.jobs ?? []).map((one) => [{ job: one.job }, one]));
    made.deployments((backlog?.deployments ?? []).map((one) => [{ service: one.service, status: one.status }, one]));
    for (const gauge of [replicas, faults]) gauge.remove();
    lost.reset();
    for (const { service, count } of backlog?.lost ?? []) lost.set({ service }, count);
    if (!backlog) return;
    replicas.set(backlog.replicas);
    faults.set(backlog.faults);
  };
}

/** How many there are, and how old the oldest is. */
function pair(of: string, what: string, labelNames: string[], registers: Registry[]) {
  const waiting = new Gauge({
    ...{ name: `pushbutton_${of}_waiting`, help: `Number of ${what}.`, labelNames, registers },
  });
  const oldest = new Gauge({
    ...{ name: `pushbutton_${of}_oldest_seconds`, help: `Age of the oldest of the ${what}.`, labelNames, registers },
  });
  return (all: readonly (readonly [labels: Record<string, string>, Waiting])[]): void => {
    waiting.reset();
    oldest.reset();
    if (all.length === 0 && labelNames.length === 0) {
      waiting.remove();
      oldest.remove();
    }
    for (const [labels, one] of all) {
      waiting.set(labels, one.waiting);
      oldest.set(labels, one.oldestSeconds);
    }
  };
}
