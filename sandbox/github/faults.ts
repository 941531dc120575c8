import { type Answer, refusal } from './answer.js';
import { matchPath, type Route } from './api.js';
import { primaryLimit, secondaryLimit } from './limits.js';

/**
 * What can go wrong with a request. Before the effect: `status`, `refuse` (socket reset), `rate-limit`, `hang`. After
 * it, so that the run exists: `status-after`, `lost` (socket reset), `truncated` (half a body), `hang` with `effect`.
 * `slow` and `held` wait first and then answer as usual.
 */
export type Fault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'status-after'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'lost' }
  | { kind: 'refuse' }
  | { kind: 'slow'; ms: number }
  | { kind: 'held'; until: Promise<unknown> }
  | { kind: 'hang'; effect?: boolean }
  | { kind: 'truncated' }
  | { kind: 'rate-limit'; limit: 'primary' | 'secondary'; retryAfter?: number | null; status?: 403 | 429 };

export interface Faults {
  /** Adds a fault; returns the function that removes it. */
  add(route: string, fault: Fault, times: number): () => void;
  /** The fault that hits this request, counted. */
  take(route: Route | undefined, method: string, path: string): Fault | undefined;
  clear(): void;
}

/** The pending faults. A later one takes precedence over an earlier one. `known` are the route names allowed. */
export function faultTable(known: ReadonlySet<string>): Faults {
  let laid: Array<{ route: string; fault: Fault; left: number }> = [];
  return {
    add(route, fault, times) {
      const sane = route === '*' || known.has(route) || /^(GET|POST) \//.test(route);
      if (!sane)
        throw new Error(`no route "${route}": use '*', 'METHOD /path/:param' or one of ${[...known].join(', ')}`);
      const entry = { route, fault, left: times };
      laid.unshift(entry);
      return () => {
        laid = laid.filter((each) => each !== entry);
      };
    },
    take(route, method, path) {
      const found = laid.find(({ route: wanted, left }) => {
        if (left <= 0) return false;
        if (wanted === '*' || wanted === route?.name) return true;
        const [verb = '', pattern = ''] = wanted.split(' ');
        return verb === method && matchPath(pattern, path) !== null;
      });
      if (found) found.left -= 1;
      return found?.fault;
    },
    clear() {
      laid = [];
    },
  };
}

/** Waits as long as the fault makes the request wait. */
export async function waitFor(fault: Fault | undefined): Promise<void> {
  if (fault?.kind === 'held') await fault.until;
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
}

/** The answer of a fault that has one, else null. `now` is for the reset time of the hourly limit. */
export function faultAnswer(fault: Fault, now: Date): Answer | null {
  if (fault.kind === 'status' || fault.kind === 'status-after') {
    const plain = refusal(fault.status, fault.status >= 500 ? 'Server Error' : 'Refused by the test', fault.headers);
    return fault.body === undefined ? plain : { ...plain, body: fault.body };
  }
  if (fault.kind !== 'rate-limit') return null;
  if (fault.limit === 'secondary')
    return secondaryLimit(fault.retryAfter === undefined ? 60 : fault.retryAfter, fault.status);
  return primaryLimit(Math.ceil(now.getTime() / 1000) + (fault.retryAfter ?? 60), fault.status);
}
