import fc from 'fast-check';
import type { Command, DispatchAnswer } from '../../src/core/command.js';
import { decide } from '../../src/core/decide.js';
import { type Deployment, hasEnded } from '../../src/core/deployment/deployment.js';
import type { RunTarget } from '../../src/core/deployment/outside.js';
import type { Facts } from '../../src/core/facts.js';
import { PAUSES } from '../../src/core/pauses.js';
import { liveSha } from '../../src/core/service/service.js';
import { toStart } from '../../src/core/stages/between.js';
import { lastStage } from '../../src/core/stages/stage.js';
import { ALICE, productionRun, stagingRun, target } from './given.js';
import { inMemory } from './in-memory.js';
import { policyOf, rule, type Step, step } from './stages-steps.js';

/** Whatever happens to deployments in stages, in whatever order, and whatever GitHub tells late or twice. */

type World = ReturnType<typeof inMemory>;

/** The run of a start, by its id; each start has one. */
const runOf = (deployId: string) => 1_000 + Number(deployId.slice(3));

class Walk {
  readonly world: World = inMemory();
  /** The ids by which each stage of each deployment was started. */
  readonly starts = new Map<string, Set<string>>();
  ids = 0;

  readonly policy: ReturnType<typeof policyOf>;

  constructor(policy: ReturnType<typeof policyOf>) {
    this.policy = policy;
    this.world.applyAll([1, 2, 3, 4].map((n) => ({ write: 'staging', run: stagingRun(n) })));
  }

  /** What a step asks, and about what; null: nothing. */
  asked(one: Step): { command: Command; target: RunTarget } | null {
    const { world } = this;
    const service = 'shop';
    const deployment = world.deployments().at(-1 - one.back) ?? null;
    const underWay = (sha?: string) =>
      world.deployments().find((other) => other.sha === sha && !hasEnded(other)) ?? null;
    const of = (more: Partial<RunTarget> = {}) =>
      target({
        deployment,
        change: world.changes.get(deployment?.changeId ?? 0) ?? null,
        underWay: underWay(deployment?.sha),
        ...more,
      });
    const key = deployment?.key ?? 'none';
    const id = deployment?.id ?? 0;
    switch (one.kind) {
      case 'deploy': {
        const change = world.changes.get(one.change) ?? null;
        const command = { type: 'deploy', change: `change-${one.change}`, from: 'command', by: ALICE } as const;
        return { command, target: target({ change, underWay: underWay(change?.sha) }) };
      }
      case 'retry':
      case 'roll back':
      case 'cancel':
      case 'replace':
        return { command: { type: one.kind, deployment: key, by: ALICE }, target: of() };
      case 'continue':
      case 'stop here': {
        // The card that was pressed may be of an earlier stage.
        const stages = deployment?.stages.filter(({ is }) => is !== 'waits' && is !== 'skipped') ?? [];
        const pressed = stages.at(-1 - one.earlier)?.key ?? 'none';
        return { command: { type: one.kind, deployment: key, stage: pressed, by: ALICE }, target: of() };
      }
      case 'roll back service':
      case 'unlock':
      case 'resume':
        return { command: { type: one.kind, service, by: ALICE }, target: target() };
      case 'lock':
        return { command: { type: 'lock', service, reason: 'broken', forMs: null, by: ALICE }, target: target() };
      case 'start': {
        const head = toStart(world.state()) ?? world.state().active;
        const restored = head?.restores ? world.deployment(head.restores) : null;
        const change = head ? (world.changes.get(head.changeId) ?? null) : null;
        return { command: { type: 'start next', service }, target: target({ change, restored }) };
      }
      case 'not sent':
      case 'not found':
      case 'time passed':
        return deployment && { command: { type: one.kind, service, deploymentId: id }, target: of() };
      case 'answer': {
        if (!deployment) return null;
        if (one.answer !== 'refused') world.claim(id);
        const answer = {
          accepted: { is: 'accepted', runId: runOf(deployment.deployId), url: 'https://github.test' },
          unknown: { is: 'unknown' },
          refused: { is: 'refused', message: 'no' },
          'rate limited': { is: 'rate limited', retryAfterMs: 10_000 },
        }[one.answer] as DispatchAnswer;
        const command = {
          type: 'dispatch answered',
          service,
          deploymentId: id,
          deployId: deployment.deployId,
          answer,
        } as const;
        return { command, target: of() };
      }
      case 'run':
      case 'outside':
        return this.run(one, deployment);
      case 'go':
      case 'wait':
        return null;
    }
  }

  /** What is sent next runs to its end, and is asked for if there is nothing; who waits for Continue is pressed. */
  go(one: Step): void {
    const smooth = { ...one, earlier: 0, attempt: 1, may: true, answer: 'accepted' } as const;
    const conclusion = one.conclusion ?? 'success';
    const { active, queue, lastSent } = this.world.state();
    const isBad = lastSent !== null && hasEnded(lastSent) && lastSent.status !== 'live';
    if (!active && queue.length === 0)
      this.take({ ...smooth, kind: isBad && one.change % 2 ? 'roll back service' : 'deploy' });
    for (const kind of ['start', 'start', 'answer', 'run', 'continue'] as const) {
      const back = this.world
        .deployments()
        .toReversed()
        .findIndex(({ id }) => id === this.world.state().active?.id);
      this.take({ ...smooth, conclusion, kind, back: Math.max(0, back) });
    }
  }

  run(one: Step, deployment: Deployment | null) {
    const { world } = this;
    const known =
      deployment?.stages.flatMap((each) => ('deployId' in each && each.deployId ? [each.deployId] : [])) ?? [];
    const deployId = known.at(-1 - one.earlier) ?? deployment?.deployId ?? '';
    const runId = one.kind === 'outside' ? 9_000 + one.change : runOf(deployId);
    const found = one.kind === 'outside' ? null : world.ofRun(runId, deployId);
    const at = { startedAt: world.now().toISOString(), updatedAt: world.now().toISOString() };
    const { attempt, conclusion } = one;
    const status = conclusion ? 'completed' : 'in_progress';
    const title = one.kind === 'outside' ? 'by hand' : `Deploy [${deployId}]`;
    const run = productionRun(runId, { attempt, conclusion, status, title, ...at });
    const restored = found?.restores ? world.deployment(found.restores) : null;
    const command = { type: 'production seen', service: 'shop', run } as const;
    return { command, target: target({ deployment: found, restored, outside: world.outside(runId, attempt) }) };
  }

  facts(one: Step): Facts {
    const state = this.world.state();
    const head = toStart(state);
    this.ids += 1;
    return {
      ...{ now: this.world.now(), deployId: `pb-${this.ids}`, pauses: PAUSES, comparison: null, onBranch: true },
      permission: one.may ? { is: 'granted' } : { is: 'denied', refusal: { rule: 'not a full member', why: 'guest' } },
      gatheredFor: head ? { deploymentId: head.id, live: liveSha(state) } : null,
      firstConclusion: 'success',
    };
  }

  take(one: Step): void {
    const { world } = this;
    world.later(one.kind === 'wait' ? one.seconds : 1);
    if (one.kind === 'go') {
      this.go(one);
      return;
    }
    const found = this.asked(one);
    if (!found) return;
    const before = world.state();
    const decision = decide(before, found.target, found.command, this.policy, this.facts(one));
    const writes = decision.kind === 'accepted' ? decision.writes : [];
    for (const write of writes) {
      if (write.write === 'dispatching') {
        // Every rule was asked again, for this start.
        expect([found.command.type, before.lock]).toEqual(['start next', null]);
        const own = world.deployment(write.deploymentId);
        if (own?.requestedBy !== 'pushbutton') expect(one.may).toBe(true);
      }
      // Nothing loops: a rollback begins by itself after what people or a mode asked for, never after another one.
      if (write.write === 'add deployment' && write.by === 'pushbutton')
        expect(before.active?.kind).not.toBe('roll back');
      if (write.write === 'start stage') {
        const own = world.deployment(write.deploymentId);
        const ahead = own?.stages.filter(({ place }) => place < write.place) ?? [];
        expect(ahead.every(({ is }) => is === 'passed' || is === 'skipped')).toBe(true);
        const of = `${write.deploymentId} ${write.place}`;
        this.starts.set(of, (this.starts.get(of) ?? new Set()).add(write.deployId));
        // Never two runs of one stage: whatever is sent again has the same id.
        expect(this.starts.get(of)?.size).toBe(1);
      }
    }
    world.applyAll(writes);
    this.holds();
  }

  holds(): void {
    const state = this.world.state();
    // What is live is in every stage that was reached since; a rollback has taken all back.
    const { live, lastSent } = state;
    if (live.is === 'known' && lastSent?.id === live.deployment.id && !state.active) {
      for (const { reached, passed } of state.stagesNow) {
        expect([reached.sha, passed?.sha]).toEqual([live.deployment.sha, live.deployment.sha]);
      }
    }
    // Whatever is between two stages can be ended by a person, who finds its stage.
    if (state.active?.status === 'baking') expect(lastStage(state.active)).not.toBeNull();
  }
}

test('whatever happens: stages in order, each once, live in all of them, and a rollback takes back all that was reached', () => {
  const seen = { live: 0, rolledBack: 0, itself: 0, stopped: 0, failed: 0 };
  fc.assert(
    fc.property(rule, fc.array(step, { minLength: 40, maxLength: 60, size: 'max' }), (given, steps) => {
      const walk = new Walk(policyOf(given));
      for (const one of steps) walk.take(one);
      for (const { status, kind, requestedBy, stages } of walk.world.deployments()) {
        if (stages.length === 0) continue;
        if (status === 'live') seen[kind === 'roll back' ? 'rolledBack' : 'live'] += 1;
        if (kind === 'roll back' && requestedBy === 'pushbutton') seen.itself += 1;
        if (status === 'stopped' || status === 'failed') seen[status] += 1;
      }
    }),
    { numRuns: 8, seed: 20_261_201 },
  );
  // The walk is worth nothing when it never gets anywhere.
  for (const [what, count] of Object.entries(seen)) expect([what, count > 0]).toEqual([what, true]);
});
