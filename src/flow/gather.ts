/** Asks Slack and GitHub for the facts that a command needs, after it was saved and outside any transaction. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Presser } from '../core/command.js';
import { limited } from '../core/deployment/answering.js';
import { requiredFor } from '../core/deployment/approvals.js';
import { type Answered, answeredBy, givenBy } from '../core/deployment/asks.js';
import { type Deployment, namedIn } from '../core/deployment/deployment.js';
import { gateOf } from '../core/deployment/dispatch.js';
import { needsFirstConclusion } from '../core/deployment/production.js';
import { type Comparison, type Facts, type Shipped, strictest, type Untold } from '../core/facts.js';
import { baseOf, liveSha, lostBeforeHead, nextBase, type ServiceState } from '../core/service/service.js';
import { toStart } from '../core/stages/between.js';
import { deploymentOfRun } from '../db/deployments.js';
import { askedToConfirm } from '../db/gates.js';
import { type Named, readNamed } from '../db/service-state.js';
import { coalesced } from '../waits/coalesce.js';
import type { GatherDeps, GatheredService } from './gather-deps.js';

type Asked = Omit<Facts, 'now' | 'deployId' | 'pauses'>;

/** A rollback ships no new changes, so it has no authors. */
const nothingNew = (from: string | null): Shipped => ({ from, shas: [], authors: [], unmatched: [] });

/** Creates the function that gathers the facts of one command, with look-ups that begin now. */
export function createGather(deps: GatherDeps): (command: Command, service: string) => Promise<Asked> {
  const { pool } = deps;
  const readOnce = coalesced((asked: string) => readNamed(pool, ...(JSON.parse(asked) as [string, Named])));
  /** Shared by all commands that arrive together. */
  const read = (name: string, named: Named = {}) => readOnce(JSON.stringify([name, named]));

  async function ahead(
    { repository, maxChanges, paths }: GatheredService,
    from: string | null,
    sha: string,
  ): Promise<Comparison | Untold | null> {
    if (from === null || from === sha) return null;
    // Only `max_changes` asks how many of them are the service's own.
    return deps.compare(repository, from, sha, maxChanges === null ? undefined : paths);
  }

  const isDeployer = (by: Presser, { name, deployers }: GatheredService) =>
    deps.isOneOf(by, deployers, { rule: 'not a deployer', service: name, deployers });
  const isApprover = (by: Presser, { name, approvals: { from } }: GatheredService) =>
    deps.isOneOf(by, from, { rule: 'not an approver', service: name, approvers: from });
  const mayOverride = (by: Presser, { name, override }: GatheredService) =>
    deps.isOneOf(by, override, { rule: 'may not override', service: name, override });

  /** Whether a person may give those of these answers that are not the default. */
  const mayAnswer = async (by: Presser, service: GatheredService, answered: Answered | null) =>
    strictest(await Promise.all(limited(service, answered).map((no) => deps.isOneOf(by, no.answerers, no))));

  /** What a deployment that needs approvals ships, and its authors. A rollback ships nothing new. */
  async function shippedBy(service: GatheredService, deployment: Deployment, base: string | null) {
    if (deployment.kind === 'roll back') return nothingNew(base);
    const whose = service.approvals.authors ? 'commits alone' : 'authors too';
    return deps.readShipped(service.repository, base, deployment.sha, whose, service.branch, service.paths);
  }

  async function stillApprovers(head: Deployment, service: GatheredService) {
    const all = head.approvals.map(
      async ({ user }) => [user, await isApprover({ user, team: null }, service)] as const,
    );
    return new Map(await Promise.all(all));
  }

  /** What a request that needs approvals would ship, if GitHub answers in time; else the first approval counts it. */
  async function toApprove(
    service: GatheredService,
    kind: Deployment['kind'],
    sha: string,
    known?: ServiceState,
  ): Promise<Pick<Asked, 'shipped'>> {
    if (requiredFor(kind, null, service) === 0) return {};
    const from = nextBase(known ?? (await read(service.name)).state, kind);
    if (kind === 'roll back') return { shipped: nothingNew(from) };
    const late = sleep(deps.deadlines.facts, 'unavailable' as const, { ref: false });
    const shipped = deps.readShipped(service.repository, from, sha, 'commits alone', service.branch, service.paths);
    return { shipped: await Promise.race([shipped, late]) };
  }

  /** Before anything is sent after a lost deployment, the lost run is looked for once more. */
  async function beforeStart(name: string): Promise<ServiceState> {
    const { state } = await read(name);
    const lost = lostBeforeHead(state);
    if (!lost) return state;
    await deps.lookForLost(lost.id);
    return (await read(name)).state;
  }

  async function forHead(name: string, service: GatheredService): Promise<Asked> {
    const state = await beforeStart(name);
    const head = toStart(state);
    if (!head) return { gatheredFor: null };
    const live = liveSha(state);
    // While a gate is shut, there is nothing to look up.
    if (gateOf(state, head, service, state.readAt)) return { gatheredFor: { deploymentId: head.id, live, shut: true } };
    const required = requiredFor(head.kind, head.override, service);
    // The team was checked at the press; the rest is looked up in Slack again.
    const requester: Presser = { user: head.requestedBy, team: null };
    const [permission, comparison, onBranch, shipped, approvers] = await Promise.all([
      head.requestedBy === 'pushbutton'
        ? ({ is: 'granted' } as const)
        : Promise.all([
            head.override === null ? isDeployer(requester, service) : mayOverride(requester, service),
            mayAnswer(requester, service, head.kind === 'roll back' ? null : head.answered),
          ]).then(strictest),
      head.kind === 'roll back' ? null : ahead(service, live, head.sha),
      deps.isOnBranch(service.repository, head.sha, service.branch),
      required > 0 ? shippedBy(service, head, live) : undefined,
      required > 0 ? stillApprovers(head, service) : undefined,
    ]);
    return {
      permission,
      comparison,
      onBranch,
      ...(shipped && { shipped }),
      ...(approvers && { approvers }),
      gatheredFor: { deploymentId: head.id, live },
    };
  }

  return async (command, name) => {
    if (command.type === 'stop' || command.type === 'resume all') {
      const deployers = deps.allDeployers;
      const otherwise = { rule: 'not a deployer', service: 'any service', deployers } as const;
      return { permission: await deps.isOneOf(command.by, deployers, otherwise) };
    }
    const service = deps.service(name);
    if (!service) return {};
    switch (command.type) {
      case 'deploy':
      case 'deploy at': {
        const [may, { change, state }] = await Promise.all([
          command.override === undefined ? isDeployer(command.by, service) : mayOverride(command.by, service),
          read(name, { change: command.change }),
        ]);
        if (!change || may.is !== 'granted') return { permission: may };
        const confirmation = command.all ? await askedToConfirm(pool, change.id, command.by.user) : null;
        const answers = confirmation?.answers ?? undefined;
        const late = sleep(deps.deadlines.facts, 'unavailable' as const, { ref: false });
        const [permission, comparison, shipped] = await Promise.all([
          mayAnswer(command.by, service, answeredBy(service.asks, answers ?? givenBy(command))),
          Promise.race([ahead(service, liveSha(state), change.sha), late]),
          command.override === undefined ? toApprove(service, 'deploy', change.sha, state) : {},
        ]);
        return {
          ...{ permission, comparison, ...shipped, ...(answers && { answers }) },
          ...{ confirmed: confirmation?.changes ?? null, askedFor: confirmation?.startAt ?? null },
        };
      }
      case 'retry': {
        const [permission, { deployment, state }] = await Promise.all([
          isDeployer(command.by, service),
          read(name, { deployment: command.deployment }),
        ]);
        if (permission.is !== 'granted' || !deployment) return { permission };
        const kind = deployment.kind === 'roll back' ? deployment.kind : 'retry';
        const again = kind === 'retry' ? await mayAnswer(command.by, service, deployment.answered) : permission;
        if (again.is !== 'granted') return { permission: again };
        return { permission, ...(await toApprove(service, kind, deployment.sha, state)) };
      }
      case 'roll back':
      case 'roll back service': {
        const permission = await isDeployer(command.by, service);
        return { permission, ...(permission.is === 'granted' ? await toApprove(service, 'roll back', '') : {}) };
      }
      case 'give up':
        return { permission: await mayOverride(command.by, service) };
      case 'cancel':
      case 'continue':
      case 'stop here':
      case 'replace':
      case 'hold':
      case 'let go':
      case 'lock':
      case 'unlock':
      case 'resume':
      case 'resume from a card':
        return { permission: await isDeployer(command.by, service) };
      case 'reject':
      case 'sign off':
        return { permission: await isApprover(command.by, service) };
      case 'approve': {
        const [permission, { deployment, state }] = await Promise.all([
          isApprover(command.by, service),
          read(name, { deployment: command.deployment }),
        ]);
        if (permission.is !== 'granted' || deployment?.status !== 'waiting') return { permission };
        const live = baseOf(state, deployment);
        const shipped = await shippedBy(service, deployment, live);
        return { permission, shipped, gatheredFor: { deploymentId: deployment.id, live } };
      }
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
      case 'touches seen':
      case 'results seen':
      case 'job moved':
      case 'dispatch answered':
      case 'not sent':
      case 'look-up refused':
      case 'not found':
      case 'run read':
      case 'cancel answered':
      case 'stray refused':
      case 'checked':
      case 'check run ended':
      case 'time passed':
      case 'service time passed':
      case 're-run not seen':
      case 'result re-run not seen':
        return {};
    }
  };
}
