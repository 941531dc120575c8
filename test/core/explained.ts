import type { Record as Line } from '../../src/core/decision.js';
import type { Deployment, Status } from '../../src/core/deployment/deployment.js';

/** The lines of the ledger that say how a deployment came to stand there. */
const SAYS: Readonly<Record<Status, readonly string[]>> = {
  waiting: ['requested', 'approvals void'],
  queued: ['requested', 'break glass', 'approved', 'waits', 'not sent', 'rate limited'],
  dispatching: ['dispatching'],
  unknown: ['unknown'],
  deploying: ['deploying'],
  hung: ['hung'],
  baking: ['baking', 'stage passed', 'waits', 'not sent', 'rate limited'],
  live: ['live'],
  failed: ['failed'],
  rejected: ['rejected'],
  withdrawn: ['withdrawn'],
  expired: ['expired'],
  cancelled: ['cancelled'],
  lost: ['lost'],
  stopped: ['stopped'],
};

/** The ledger explains every state: each deployment that stands elsewhere than it did has a line of its own that says so. */
export function explained(
  deployments: readonly Deployment[],
  were: ReadonlyMap<number, Status>,
  records: readonly Line[],
): void {
  for (const { id, status } of deployments) {
    if (were.get(id) === status) continue;
    const own = records.filter((one) => one.deploymentId === (were.has(id) ? id : 'new')).map(({ kind }) => kind);
    expect({ status, own, isSaid: own.some((kind) => SAYS[status].includes(kind)) }).toMatchObject({ isSaid: true });
  }
}
