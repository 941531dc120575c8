import { productionRun } from './given.js';
import type { Walk } from './rules-walk.js';
import type { Step } from './step.js';

/** What GitHub does to a walk: a start without an answer, a run that is found late, cancelled or nobody's; and rules that change. */
export function atGitHub(walk: Walk, one: Step): void {
  const { world } = walk;
  const service = 'shop';
  const at = () => ({ startedAt: world.now().toISOString(), updatedAt: world.now().toISOString() });
  switch (one.kind) {
    case 'cancel': {
      const { active } = world.state();
      if (!active || !('run' in active) || !active.run) return;
      const by = { user: one.by, team: 'T0HOME' };
      walk.decide({ type: 'cancel', deployment: active.key, by }, { deployment: active }, walk.facts());
      if (!one.good) return;
      const run = productionRun(active.run.id, { conclusion: 'cancelled', ...at() });
      const now = world.deployment(active.id);
      walk.decide({ type: 'production seen', service, run }, { deployment: now }, walk.facts());
      return;
    }
    case 'lose': {
      walk.next(() => ({ is: 'unknown' }));
      const { active } = world.state();
      if (active?.status !== 'unknown') return;
      for (let asked = 0; asked < 14; asked += 1) {
        world.later(5);
        walk.decide(
          { type: 'not found', service, deploymentId: active.id },
          { deployment: world.deployment(active.id) },
          walk.facts(),
        );
      }
      return;
    }
    case 'late': {
      const lost = world.deployments().filter((other) => other.status === 'lost' && !('run' in other && other.run));
      const deployment = lost.at(-1 - one.back);
      if (!deployment) return;
      const status = one.good ? 'in_progress' : 'completed';
      const run = productionRun(1_000 + deployment.id, { status, conclusion: one.good ? null : 'success', ...at() });
      const restored = deployment.restores === null ? null : world.deployment(deployment.restores);
      const of = { deployment, restored, outside: world.outside(run.runId, 1) };
      walk.decide({ type: 'production seen', service, run }, of, walk.facts());
      return;
    }
    case 'outside': {
      const runId = 3_000 + one.n;
      const run = productionRun(runId, { conclusion: one.good ? 'success' : 'failure', ...at() });
      walk.decide({ type: 'production seen', service, run }, { outside: world.outside(runId, 1) }, walk.facts());
      return;
    }
    case 'rule':
      walk.policy = { ...walk.policy, approvals: { ...walk.policy.approvals, required: one.n % 3 } };
      return;
  }
}
