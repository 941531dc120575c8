/** Carries a trace through the inbox: from what was taken in to its handling, perhaps on another replica. */

import type { InboxRow } from '../db/inbox.js';
import type { Tracing } from '../tracing/tracing.js';
import type { Outcome } from './outcome.js';
import type { Receive } from './receive.js';

/** What is received is committed with the span that it came in. What the poll found begins a trace here. */
export function tracedReceive(tracing: Tracing, receive: Receive): Receive {
  if (!tracing.on) return receive;
  return (...incoming) => {
    const save = () => {
      const trace = tracing.here();
      return tracing.within('take in', {}, () => receive(...incoming.map((one) => ({ ...one, trace }))));
    };
    return tracing.here() === null ? tracing.begin('poll', 'ours', {}, save) : save();
  };
}

/**
 * Handles a row: one span for its wait in the inbox, and one for the handling. A row that came in without a trace is handled
 * outside of that in which somebody woke the inbox.
 */
export function tracedHandling(tracing: Tracing, row: InboxRow, handle: () => Promise<Outcome>): Promise<Outcome> {
  const { command, service } = row;
  const traces = row.trace ? [row.trace] : [];
  for (const trace of traces) tracing.ended('inbox', row.age_ms / 1_000, {}, { trace });
  const about = {
    ...{ 'pushbutton.command': command.type, 'pushbutton.attempt': row.attempts },
    ...(service === null ? {} : { 'pushbutton.service': service }),
  };
  return tracing.resume(`handle ${command.type}`, traces, about, async () => {
    const outcome = await handle();
    tracing.note({ 'pushbutton.outcome': outcome.kind, ...deploymentOf(outcome) });
    return outcome;
  });
}

function deploymentOf(outcome: Outcome): { 'pushbutton.deployment'?: number } {
  const id = 'deploymentId' in outcome ? outcome.deploymentId : null;
  return id === null ? {} : { 'pushbutton.deployment': id };
}
