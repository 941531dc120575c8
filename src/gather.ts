/** Asks Slack and GitHub what a command needs to know, after it was saved and outside any transaction. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Command, Presser } from './core/command.js';
import type { Comparison, Facts, Permission, Untold } from './core/decision.js';
import { namedIn } from './core/deployment.js';
import { needsFirstConclusion } from './core/production.js';
import { liveSha } from './core/service.js';
import { changeByKey } from './db/changes.js';
import { deploymentOfRun } from './db/deployments.js';
import { readService } from './db/services.js';
import type { Compare } from './ships.js';

interface GatheredService {
  readonly repository: string;
  readonly branch: string;
  readonly deployers: readonly string[];
}

export interface GatherDeps {
  readonly pool: pg.Pool;
  readonly service: (name: string) => GatheredService | undefined;
  readonly isFullMember: (presser: Presser) => Promise<Permission>;
  readonly isDeployer: (presser: Presser, service: string, allowed: readonly string[]) => Promise<Permission>;
  readonly compare: Compare;
  readonly isOnBranch: (repository: string, sha: string, branch: string) => Promise<boolean | Untold>;
  /** null: GitHub does not say. Throws when it does not answer. */
  readonly conclusionOf: (repository: string, runId: number, attempt: number) => Promise<string | null>;
}

type Asked = Omit<Facts, 'now' | 'deployId'>;

/** A press is recorded two seconds after its answer at the latest; what GitHub has not said by then is asked before the start. */
const PRESS_MS = 1_200;

/** The facts of one command, each look-up begun now. */
export function createGather(deps: GatherDeps): (command: Command, service: string) => Promise<Asked> {
  const { pool } = deps;

  async function ahead(repository: string, from: string | null, sha: string): Promise<Comparison | Untold | null> {
    if (from === null || from === sha) return null;
    return deps.compare(repository, from, sha);
  }

  async function forHead(name: string, service: GatheredService): Promise<Asked> {
    const state = await readService(pool, name);
    const head = state.queue[0];
    if (state.active || head?.status !== 'queued') return { gatheredFor: null };
    const live = liveSha(state);
    // A person's team was checked at the press; who they are now is asked of Slack again.
    const requester: Presser = { user: head.requestedBy, team: null };
    const [permission, comparison, onBranch] = await Promise.all([
      deps.isDeployer(requester, name, service.deployers),
      head.kind === 'roll back' ? null : ahead(service.repository, live, head.sha),
      deps.isOnBranch(service.repository, head.sha, service.branch),
    ]);
    return {
      permission,
      comparison,
      onBranch,
      gatheredFor: { deploymentId: head.id, live },
    };
  }

  return async (command, name) => {
    const service = deps.service(name);
    if (!service) return {};
    switch (command.type) {
      case 'deploy': {
        const [permission, change, state] = await Promise.all([
          deps.isDeployer(command.by, name, service.deployers),
          changeByKey(pool, command.change),
          readService(pool, name),
        ]);
        if (!change || permission.is !== 'granted') return { permission };
        const late = sleep(PRESS_MS, 'unavailable' as const, { ref: false });
        const comparison = await Promise.race([ahead(service.repository, liveSha(state), change.sha), late]);
        return { permission, comparison };
      }
      case 'retry':
      case 'roll back':
      case 'roll back service':
      case 'cancel':
        return { permission: await deps.isDeployer(command.by, name, service.deployers) };
      case 'withdraw':
      case 're-run':
        return { permission: await deps.isFullMember(command.by) };
      case 'production seen': {
        const { run } = command;
        if (run.attempt === 1) return {};
        const deployment = await deploymentOfRun(pool, name, run.runId, namedIn(run.title));
        if (!needsFirstConclusion(deployment, run)) return {};
        return { firstConclusion: await deps.conclusionOf(service.repository, run.runId, 1) };
      }
      case 'start next':
        return forHead(name, service);
      case 'unknown press':
      case 'staging seen':
      case 'job moved':
      case 'dispatch answered':
      case 'not sent':
      case 'not found':
      case 'cancel answered':
      case 'stray refused':
      case 'time passed':
      case 're-run not seen':
        return {};
    }
  };
}
