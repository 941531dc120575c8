/** Sends the doctor's calls to one vendor and notes the vendor's time, or why no answer came. */
export interface Wire {
  readonly fetch: typeof fetch;
  /** How far the vendor's clock is ahead of ours, in ms; null before the first answer. */
  readonly aheadMs: () => number | null;
  /** Why the last unanswered call got no answer. */
  readonly trouble: () => string | null;
}

/** Vendors answer faster than this, and the doctor must finish within seconds. */
const TIMEOUT_MS = 5_000;

export function createWire(timeoutMs = TIMEOUT_MS): Wire {
  let aheadMs: number | null = null;
  let trouble: string | null = null;
  return {
    aheadMs: () => aheadMs,
    trouble: () => trouble,
    fetch: async (input, init) => {
      const asked = Date.now();
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late;
        const answer = await fetch(input, { ...init, signal });
        const date = Date.parse(answer.headers.get('date') ?? '');
        // The Date header is truncated to the second: on average it is half a second behind.
        if (!Number.isNaN(date)) aheadMs ??= date + 500 - (asked + Date.now()) / 2;
        return answer;
      } catch (error) {
        trouble = late.aborted ? `no answer in ${timeoutMs / 1_000} s` : reason(error);
        throw error;
      }
    },
  };
}

/** fetch itself only says "fetch failed"; its cause, or the cause of that, says why. */
function reason(error: unknown): string {
  const { cause } = error as { cause?: Cause };
  const proxy = /^Proxy response \((\d+)\)/.exec(String((cause?.cause ?? cause)?.message))?.[1];
  if (proxy) return `the forward proxy answers ${proxy}`;
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? cause?.message;
  return typeof code === 'string' && code ? code : error instanceof Error ? error.name : 'unknown fault';
}

interface Cause {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly code?: unknown }[];
  readonly cause?: { readonly message?: unknown };
}
