/** Makes spans, and knows which one we are in. */

import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Link, Span, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api';
import type { Packages } from './packages.js';
import type { Attributes, Tracing } from './tracing.js';

/** A span, and whether it is worth sending. */
interface Here {
  readonly span: Span;
  kept: boolean;
}

/** As W3C Trace Context writes it, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const written = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

function read(trace: string): SpanContext[] {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(trace) ?? [];
  if (!traceId || !spanId || !flags) return [];
  return [{ traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }];
}

/** How far the clock below may be from the machine's, in ms, before it is set to it. */
const MOST_APART_MS = 50;

/**
 * Ms since 1970, with fractions: left alone, the package begins each span at a whole millisecond of its own, so that a span
 * may end after the one around it.
 */
function createClock(): () => number {
  let offset = Number.NaN;
  return () => {
    const now = performance.now();
    if (!(Math.abs(Date.now() - offset - now) < MOST_APART_MS)) offset = Date.now() - now;
    return offset + now;
  };
}

/** Spans of this tracer; where we are is kept in `places`, so that replicas in one process are apart. */
export function createSpans(
  api: Packages['api'],
  tracer: Tracer,
  places: AsyncLocalStorage<Here | null>,
): Omit<Tracing, 'stop'> {
  const now = createClock();
  const start = (name: string, options: SpanOptions, parent: SpanContext | null): Span =>
    tracer.startSpan(
      name,
      { startTime: now(), ...options },
      parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT,
    );

  function failed(span: Span, why: string): void {
    span.setAttribute('error.type', why);
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  }

  async function record<T>(here: Here, work: () => Promise<T>): Promise<T> {
    try {
      return await places.run(here, work);
    } catch (error) {
      // Its message may say what somebody wrote.
      failed(here.span, error instanceof Error ? error.name : 'error');
      here.kept = true;
      throw error;
    } finally {
      if (here.kept) here.span.end(now());
    }
  }

  function child(name: string, options: SpanOptions, of: Here): Span {
    of.kept = true;
    return start(name, options, of.span.spanContext());
  }

  return {
    on: true,
    here: () => {
      const here = places.getStore();
      return here ? written(here.span.spanContext()) : null;
    },
    begin: (name, because, attributes, work) => {
      const kind = because === 'asked' ? api.SpanKind.SERVER : api.SpanKind.INTERNAL;
      return record({ span: start(name, { kind, attributes }, null), kept: false }, work);
    },
    within: (name, attributes, work) => {
      const here = places.getStore();
      return here ? record({ span: child(name, { attributes }, here), kept: true }, work) : work();
    },
    resume: async (name, traces, attributes, work, kept = 'always') => {
      const all = traces.flatMap(read);
      const [first, ...others] = all.filter(
        ({ traceId }, at) => all.findIndex((one) => one.traceId === traceId) === at,
      );
      if (!first) return places.run(null, work);
      const links = others.map((context): Link => ({ context }));
      const startTime = now();
      const here = { span: start(name, { attributes, links }, first), kept: kept === 'always' };
      try {
        return await record(here, work);
      } finally {
        const link = { context: here.span.spanContext() };
        if (here.kept)
          for (const other of others) start(name, { attributes, links: [link], startTime }, other).end(now());
      }
    },
    note: (attributes) => void places.getStore()?.span.setAttributes(attributes),
    linker: () => {
      const span = places.getStore()?.span;
      return (trace) => {
        const [context] = trace === null ? [] : read(trace);
        if (span && context && context.traceId !== span.spanContext().traceId) span.addLink({ context });
      };
    },
    ended: (name, seconds, attributes: Attributes, { trace, outside = false, failed: why = null } = {}) => {
      const kind = outside ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL;
      const options = { kind, attributes, startTime: now() - seconds * 1_000 };
      const here = places.getStore();
      const [parent] = trace === undefined ? [] : read(trace);
      if (!parent && !here) return;
      const span = parent ? start(name, options, parent) : child(name, options, here as Here);
      if (why !== null) failed(span, why);
      span.end(now());
    },
  };
}
