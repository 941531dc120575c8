/** Carries the doctor's calls to one vendor, and notes what any answer tells: the time there, and why there was none. */
export interface Wire {
  readonly fetch: typeof fetch;
  /** How far the vendor's clock is ahead of ours, in ms; null while nothing was heard. */
  readonly aheadMs: () => number | null;
  /** Why the last call without an answer had none. */
  readonly trouble: () => string | null;
}

/** An answer of the vendor takes less; a doctor is done in seconds. */
const TIMEOUT_MS = 5_000;

export function createWire(): Wire {
  let aheadMs: number | null = null;
  let trouble: string | null = null;
  return {
    aheadMs: () => aheadMs,
    trouble: () => trouble,
    fetch: async (input, init) => {
      const asked = Date.now();
      const late = AbortSignal.timeout(TIMEOUT_MS);
      try {
        const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late;
        const answer = await fetch(input, { ...init, signal });
        const date = Date.parse(answer.headers.get('date') ?? '');
        // A Date header is cut to the second: on the average it is half of one behind.
        if (!Number.isNaN(date)) aheadMs ??= date + 500 - (asked + Date.now()) / 2;
        return answer;
      } catch (error) {
        trouble = late.aborted ? `no answer in ${TIMEOUT_MS / 1_000} s` : reason(error);
        throw error;
      }
    },
  };
}

/** fetch says "fetch failed"; its cause says why. */
function reason(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown; errors?: { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? cause?.message;
  return typeof code === 'string' && code ? code : error instanceof Error ? error.name : 'unknown fault';
}
