/** Sends spans to a collector, beside the work: what the collector does or fails to do holds up nothing. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../package-root.js';
import { withTimeout } from '../waits/timeout.js';
import { createBatches } from './batches.js';
import type { Warn } from './losses.js';
import { loadPackages } from './packages.js';
import { createSpans } from './spans.js';
import { NO_TRACING, type Tracing } from './tracing.js';

/** A replica has ten seconds to stop, and its work goes first. */
const FLUSH_MS = 2_000;

/**
 * Records spans and sends them in batches to `url`. At most 2,048 wait, and further ones are dropped. `warn` hears how many
 * were lost. Headers, time-outs, sampling and what describes the process are read from the standard variables. Without an
 * address, nothing is loaded or recorded. Throws if the packages are not installed.
 */
export async function openTracing(url: string | undefined, warn: Warn): Promise<Tracing> {
  if (url === undefined) return NO_TRACING;
  const packages = await loadPackages();
  const { api, sdk, resources, otlp, hooks } = packages;
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  const { envDetector, detectResources, resourceFromAttributes } = resources;
  const own = resourceFromAttributes({
    'service.name': 'pushbutton',
    'service.version': version,
    // Tells this replica from the others.
    'service.instance.id': randomUUID(),
  });
  const batches = createBatches(packages, new otlp.OTLPTraceExporter({ url }), warn);
  const provider = new sdk.BasicTracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [batches.processor],
  });
  return {
    ...createSpans(api, provider.getTracer('pushbutton', version), new hooks.AsyncLocalStorage()),
    stop: async () => {
      await withTimeout(provider.shutdown(), FLUSH_MS, undefined);
      batches.sayRest();
    },
  };
}
