import type { Press, Presser } from '../../src/core/command.js';
import { hasEnded } from '../../src/core/deployment/deployment.js';
import { baseOf, nextBase } from '../../src/core/service/service.js';
import { PEOPLE } from './line.js';
import { atGitHub } from './rules-github.js';
import type { Walk } from './rules-walk.js';
import type { Step } from './step.js';

/** One step of a walk: what people do, and time; what is left is GitHub's. */
export function takeStep(walk: Walk, one: Step): void {
  const { world } = walk;
  const by: Presser = { user: one.by, team: 'T0HOME' };
  const state = world.state();
  const change = world.changes.get(one.n) ?? null;
  const deployment = walk.deployment(one.back);
  const underWay = (sha: string | undefined) =>
    world.deployments().find((other) => other.sha === sha && !hasEnded(other)) ?? null;
  const key = deployment?.key ?? 'none';
  const asked =
    change &&
    walk.facts({
      comparison: walk.compared(change.sha),
      shipped: walk.shipped(null, nextBase(state, 'deploy'), change.sha),
    });
  switch (one.kind) {
    case 'deploy':
    case 'deploy at':
    case 'override': {
      const override = one.kind === 'override' ? { override: 'Fire' } : {};
      const startAt = new Date(world.now().getTime() + one.minutes * 60_000).toISOString();
      const of = { change: change?.key ?? '', from: 'command', by } as const;
      const press: Press =
        one.kind === 'deploy at' ? { type: 'deploy at', ...of, startAt } : { type: 'deploy', ...of, ...override };
      if (asked) walk.decide(press, { change, underWay: underWay(change.sha) }, asked);
      return;
    }
    case 'approve': {
      if (deployment?.status !== 'waiting') return;
      const live = baseOf(state, deployment);
      const shipped = walk.shipped(deployment, live, deployment.sha);
      const facts = walk.facts({
        permission: walk.mayApprove(one.by),
        shipped,
        gatheredFor: { deploymentId: deployment.id, live },
      });
      walk.decide({ type: 'approve', deployment: key, by }, { deployment }, facts);
      return;
    }
    case 'reject':
      walk.decide(
        { type: 'reject', deployment: key, reason: 'No', by },
        { deployment },
        walk.facts({ permission: walk.mayApprove(one.by) }),
      );
      return;
    case 'withdraw':
      walk.decide({ type: 'withdraw', deployment: key, by }, { deployment }, walk.facts());
      return;
    case 'retry':
    case 'roll back': {
      const shipped =
        deployment &&
        walk.shipped(
          one.kind === 'roll back' ? { ...deployment, kind: 'roll back' } : deployment,
          nextBase(state, one.kind === 'roll back' ? 'roll back' : deployment.kind),
          deployment.sha,
        );
      const on = {
        deployment,
        underWay: underWay(deployment?.sha),
        change: world.changes.get(deployment?.changeId ?? 0) ?? null,
      };
      walk.decide({ type: one.kind, deployment: key, by }, on, walk.facts(shipped ? { shipped } : {}));
      return;
    }
    case 'lock':
      walk.decide(
        { type: 'lock', service: 'shop', reason: 'Fair', forMs: one.good ? 3_600_000 : null, by },
        {},
        walk.facts(),
      );
      return;
    case 'unlock':
      walk.decide({ type: 'unlock', service: 'shop', by }, {}, walk.facts());
      return;
    case 'stop':
    case 'start':
      world.gates.stop = one.kind === 'stop' ? { by: one.by, reason: 'Fire', since: world.now() } : null;
      return;
    case 'hold':
      walk.decide(
        { type: 'hold', change: change?.key ?? '', reason: one.good ? 'Bad' : null, by },
        { change, underWay: underWay(change?.sha) },
        walk.facts(),
      );
      return;
    case 'let go':
      walk.decide({ type: 'let go', change: change?.key ?? '', by }, { change }, walk.facts());
      return;
    case 'resume':
      walk.decide({ type: 'resume', service: 'shop', by }, {}, walk.facts());
      return;
    case 'go':
      for (const by of PEOPLE) takeStep(walk, { ...one, kind: 'approve', back: 0, by });
      // Mostly as soon as the pace allows it.
      if (one.back === 0) world.later((walk.policy.everyMs ?? 0) / 1_000);
      walk.next();
      walk.end(one.good);
      return;
    case 'next':
      walk.next();
      return;
    case 'run':
      walk.end(one.good);
      return;
    case 'staging':
      walk.pass(one.n);
      return;
    case 'wait':
      world.later(one.minutes * 60);
      return;
    case 'leave':
      if (one.good) walk.approvers.add(one.by);
      else walk.approvers.delete(one.by);
      return;
    case 'time':
      walk.time();
      return;
    default:
      atGitHub(walk, one);
  }
}
