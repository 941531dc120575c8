/** Whether the collector takes traces, for the doctor. */

import { ok, skipped, type Verdict, wrong } from '../core/check.js';
import { loadPackages, NotInstalled } from './packages.js';

/** For the doctor, who is waited for. */
const TIMEOUT_MS = 3_000;

/** Sends the collector an empty list of spans, in the way that traces are sent. */
export async function collectorVerdict(url: string | undefined): Promise<Verdict> {
  if (url === undefined) return skipped('OTEL_EXPORTER_OTLP_ENDPOINT is not set, so no traces are made');
  try {
    const { otlp } = await loadPackages();
    const exporter = new otlp.OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS });
    const fault = await new Promise<Error | null>((resolve) =>
      exporter.export([], ({ code, error }) => resolve(code === 0 ? null : (error ?? new Error('no answer')))),
    );
    return fault === null ? ok(`takes traces at ${url}`) : wrong(`${url}: ${wordsOf(fault)}`, MEND);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    return wrong(NotInstalled.found, 'Install them, which leaves out --omit=optional:', 'npm ci --omit=dev');
  }
}

const MEND =
  'Set OTEL_EXPORTER_OTLP_ENDPOINT to the OTLP/HTTP address of a collector that this machine reaches directly, and ' +
  'OTEL_EXPORTER_OTLP_HEADERS to what it asks for. Deployments do not depend on it.';

function wordsOf(fault: Error): string {
  const { code } = fault as { code?: unknown };
  return typeof code === 'number' ? `HTTP ${code}` : fault.message || String(code ?? fault.name);
}
