/** Sends spans in batches, and knows of each whether it arrived. */

import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createLosses, type Warn } from './losses.js';
import type { Packages } from './packages.js';

/** A number of the environment, as the packages read it. */
function numberOf(name: string, otherwise: number): number {
  const written = process.env[name]?.trim() ?? '';
  return written === '' || Number.isNaN(Number(written)) ? otherwise : Number(written);
}

/** The longest time-out of Node. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * The packages' own batches. What they drop or give up, they tell nobody, so both is done here instead, by their variables.
 * `sayRest` tells what was lost until the end, once.
 */
export function createBatches({ api, sdk }: Packages, exporter: SpanExporter, warn: Warn) {
  const most = numberOf('OTEL_BSP_MAX_QUEUE_SIZE', 2_048);
  const answerMs = numberOf('OTEL_BSP_EXPORT_TIMEOUT', 30_000);
  const losses = createLosses(warn);
  let waiting = 0;
  let sending = 0;
  let stopped = false;
  let isOver = false;

  /** Its failures are told here, and not by the packages. */
  const sends: SpanExporter = {
    export: (spans: ReadableSpan[], done) => {
      let ended = false;
      const end = (isTaken: boolean, why?: Error): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        sending -= spans.length;
        if (!isOver) {
          if (!isTaken) losses.refused(spans.length, why);
          losses.say();
        }
        done({ code: 0 });
      };
      // The time-out of the exporter is for silence: it waits for ever while an answer goes on.
      const timer = setTimeout(() => end(false, new Error('no whole answer')), answerMs).unref();
      waiting -= spans.length;
      sending += spans.length;
      exporter.export(spans, ({ code, error }) => end(code === 0, error));
    },
    shutdown: () => exporter.shutdown(),
  };
  const batches = new sdk.BatchSpanProcessor(sends, { maxQueueSize: most, exportTimeoutMillis: NEVER_MS });

  const processor: SpanProcessor = {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd: (span) => {
      if (stopped || (span.spanContext().traceFlags & api.TraceFlags.SAMPLED) === 0) return;
      if (waiting >= most) return losses.dropped();
      // First, since it may be sent at once.
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => {
      stopped = true;
      return batches.shutdown();
    },
  };
  return {
    processor,
    sayRest: (): void => {
      if (isOver) return;
      isOver = true;
      if (waiting + sending > 0) losses.refused(waiting + sending, new Error('stopped before they were taken'));
      losses.sayNow();
    },
  };
}
