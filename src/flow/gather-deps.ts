/** What is asked for facts, and of whom. */

import type pg from 'pg';
import type { Presser } from '../core/command.js';
import type { ServicePolicy } from '../core/decision.js';
import type { Comparison, Permission, Shipped, Untold } from '../core/facts.js';
import type { Deadlines } from '../core/pauses.js';
import type { Refusal } from '../core/refusal.js';

export type GatheredService = ServicePolicy & { readonly repository: string };

export interface GatherDeps {
  readonly pool: pg.Pool;
  readonly service: (name: string) => GatheredService | undefined;
  readonly isFullMember: (presser: Presser) => Promise<Permission>;
  /** Whether a full member is one of `allowed` (users and groups); `otherwise` is the refusal if not. */
  readonly isOneOf: (presser: Presser, allowed: readonly string[], otherwise: Refusal) => Promise<Permission>;
  /** Deployers of any service. */
  readonly allDeployers: readonly string[];
  /** What ships after `base` on a branch; only the commit `sha` when `base` is null. */
  readonly readShipped: (
    repository: string,
    base: string | null,
    sha: string,
    whose: 'authors too' | 'commits alone',
    branch: string,
    paths?: readonly string[],
  ) => Promise<Shipped | Untold>;
  /** With `paths`, it says how many of the commits touch none of them. */
  readonly compare: (
    repository: string,
    base: string,
    head: string,
    paths?: readonly string[],
  ) => Promise<Comparison | Untold>;
  readonly isOnBranch: (repository: string, sha: string, branch: string) => Promise<boolean | Untold>;
  readonly deadlines: Deadlines;
  /** Looks for the run of a lost deployment, and records what was found. */
  readonly lookForLost: (deploymentId: number) => Promise<unknown>;
  /** null when GitHub does not say. Throws when it does not answer. */
  readonly conclusionOf: (repository: string, runId: number, attempt: number) => Promise<string | null>;
}
