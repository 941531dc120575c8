/** What is loaded when a collector is named, and only then: the packages of OpenTelemetry, which are optional. */

export type Packages = Awaited<ReturnType<typeof loadPackages>>;

/** All of them, and what follows where we are. Throws, in words for people, if they are not installed. */
export async function loadPackages() {
  try {
    const [api, sdk, resources, otlp, hooks] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-proto'),
      import('node:async_hooks'),
    ]);
    return { api, sdk, resources, otlp, hooks };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new NotInstalled();
  }
}

/** Traces are asked for, and what sends them is not there. */
export class NotInstalled extends Error {
  static readonly found = 'set, but the optional packages of OpenTelemetry are not installed';
  override readonly name = 'NotInstalled';
  constructor() {
    super(
      `OTEL_EXPORTER_OTLP_ENDPOINT: ${NotInstalled.found}; ` +
        'install them with npm ci --omit=dev, without --omit=optional',
    );
  }
}
