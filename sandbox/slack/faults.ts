/** What goes wrong with a call, and whether it still takes effect. */
export type Fault =
  | { kind: 'error'; error: string; retryAfter?: number }
  /** An answer with that status; `effect` says whether the call was carried out. */
  | { kind: 'http'; status: number; effect?: boolean }
  /** Carried out, then the connection is reset without an answer. */
  | { kind: 'lost' }
  /** The connection is reset before anything happens. */
  | { kind: 'refuse' }
  /** Carried out and answered, later. */
  | { kind: 'slow'; ms: number }
  /** Answered when that resolves; carried out at once, or `late`: only then. */
  | { kind: 'held'; until: Promise<unknown>; late?: true }
  /** No answer ever; `effect` says whether the call was carried out. */
  | { kind: 'hang'; effect?: boolean }
  /** Carried out; half of the answer arrives, then the connection is reset. */
  | { kind: 'truncated' };

interface Planned {
  method: string;
  fault: Fault;
  left: number;
  when: ((args: Record<string, unknown>) => boolean) | undefined;
}

/** Planned failures, by method name, `response_url` or `*` for all. The first plan that matches is used up first. */
export function createFaults() {
  let planned: Planned[] = [];
  return {
    add(method: string, fault: Fault, times: number, when: Planned['when']): void {
      planned.push({ method, fault, left: times, when });
    },
    /** The fault that this call meets, if any. */
    next(method: string, args: Record<string, unknown>): Fault | undefined {
      const plan = planned.find(
        (one) => one.left > 0 && (one.method === '*' || one.method === method) && (one.when?.(args) ?? true),
      );
      if (!plan) return undefined;
      plan.left -= 1;
      return plan.fault;
    },
    clear(): void {
      planned = [];
    },
  };
}

/** Whether a call that meets this fault is carried out. */
export function takesEffect(fault: Fault | undefined): boolean {
  switch (fault?.kind) {
    case undefined:
    case 'lost':
    case 'slow':
    case 'held':
    case 'truncated':
      return true;
    case 'error':
    case 'refuse':
      return false;
    case 'http':
    case 'hang':
      return fault.effect ?? false;
  }
}
