/** Sends spans to a collector, beside the work: what the collector does or fails to do holds up nothing. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { packageRoot } from '../package-root.js';
import { withTimeout } from '../waits/timeout.js';
import { loadPackages } from './packages.js';
import { createSpans } from './spans.js';
import { NO_TRACING, type Tracing } from './tracing.js';

type Warn = (details: object, message: string) => void;

/** A replica has ten seconds to stop, and its work goes first. */
const FLUSH_MS = 2_000;
/** How seldom it is said that the collector takes nothing. */
const SAID_MS = 600_000;

/**
 * Records spans and sends them in batches to `url`. At most 2,048 wait, and further ones are dropped. Headers, time-outs,
 * sampling and what describes the process are read from the standard variables by the packages themselves. Without an
 * address, nothing is loaded or recorded. Throws if the packages are not installed.
 */
export async function openTracing(url: string | undefined, warn: Warn): Promise<Tracing> {
  if (url === undefined) return NO_TRACING;
  const { api, sdk, resources, otlp, hooks } = await loadPackages();
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  const { envDetector, detectResources, resourceFromAttributes } = resources;
  const own = resourceFromAttributes({
    'service.name': 'pushbutton',
    'service.version': version,
    // Tells this replica from the others.
    'service.instance.id': randomUUID(),
  });
  const exporter = saying(new otlp.OTLPTraceExporter({ url }), warn);
  const provider = new sdk.BasicTracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  return {
    ...createSpans(api, provider.getTracer('pushbutton', version), new hooks.AsyncLocalStorage()),
    stop: () => withTimeout(provider.shutdown(), FLUSH_MS, undefined),
  };
}

/** The same exporter, whose failures are told here, seldom, and not by the packages. What it could not send is dropped. */
function saying(exporter: SpanExporter, warn: Warn): SpanExporter {
  let dropped = 0;
  let saidAt: number | null = null;
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, ({ code, error }) => {
        if (code !== 0) {
          dropped += spans.length;
          if (saidAt === null || performance.now() - saidAt > SAID_MS) {
            warn({ spans: dropped, err: error }, 'the collector does not take traces');
            saidAt = performance.now();
            dropped = 0;
          }
        }
        done({ code: 0 });
      }),
    shutdown: () => exporter.shutdown(),
  };
}
