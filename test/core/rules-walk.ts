import type { Command, DispatchAnswer } from '../../src/core/command.js';
import { decide } from '../../src/core/decide.js';
import type { Decision, ServicePolicy } from '../../src/core/decision.js';
import { type Deployment, isActive } from '../../src/core/deployment/deployment.js';
import type { Comparison, Facts, Permission, Shipped } from '../../src/core/facts.js';
import { PAUSES } from '../../src/core/pauses.js';
import { frozen } from '../../src/core/service/freeze.js';
import { lockAt } from '../../src/core/service/gates.js';
import { baseOf, liveSha } from '../../src/core/service/service.js';
import type { Write } from '../../src/core/write.js';
import { explained } from './explained.js';
import { POLICY, productionRun, shaOf, stagingRun, target } from './given.js';
import { inMemory } from './in-memory.js';
import { authorOf, numberOf, PEOPLE, upTo } from './line.js';

const granted: Permission = { is: 'granted' };
const accepted = (id: number): DispatchAnswer => ({ is: 'accepted', runId: 1_000 + id, url: 'https://github.test' });

/** One walk: what people do, and an account of its own of who approved what, that each start is held against. */
export class Walk {
  readonly world = inMemory();
  policy: ServicePolicy;
  /** Who may approve now. */
  readonly approvers = new Set<string>(PEOPLE);
  /** What each yes was a yes to, by deployment. */
  readonly said = new Map<number, { user: string; set: readonly number[]; moves: number; from: string | null }[]>();
  readonly starts: string[] = [];
  readonly lines = new Set<string>();
  /** When a start was sent last, whatever it was. */
  sentAt: Date | null = null;

  constructor(rule: {
    mode: string;
    required: number;
    rollBack: number;
    authors: boolean;
    frozen: boolean;
    every: number;
  }) {
    this.policy = {
      ...POLICY,
      mode: rule.mode as 'button',
      approvals: { ...POLICY.approvals, required: rule.required, authors: rule.authors },
      rollback: { approvals: rule.rollBack, checks: false },
      // Three hours from ten, of a Monday on which it is nine.
      freezes: rule.frozen ? [{ days: ['mon'], from: '10:00', to: '13:00', reason: 'Monday' }] : [],
      ...(rule.every > 0 && { everyMs: rule.every * 60_000 }),
    };
  }

  deployment = (back: number) => this.world.deployments().at(-1 - back) ?? null;

  shipped(deployment: Deployment | null, base: string | null, sha: string): Shipped {
    if (deployment?.kind === 'roll back') return { from: base, shas: [], authors: [], unmatched: [] };
    const set = upTo(base, sha);
    const authors = set.map((n) => ({ user: authorOf(n), sha: shaOf(n) }));
    return { from: base, shas: set.map(shaOf), authors, unmatched: [] };
  }

  facts(over: Partial<Facts> = {}): Facts {
    return {
      now: this.world.now(),
      deployId: `pb-${this.world.deployments().length + 1}`,
      pauses: PAUSES,
      permission: granted,
      ...over,
    };
  }

  compared(sha: string): Comparison | null {
    const live = liveSha(this.world.state());
    if (live === null || live === sha) return null;
    const ahead = numberOf(sha) - numberOf(live);
    return { status: ahead > 0 ? 'ahead' : 'behind', aheadBy: Math.max(0, ahead) };
  }

  decide(command: Command, on: Parameters<typeof target>[0], facts: Facts): Decision {
    const before = this.world.state();
    const decision = decide(before, target(on), command, this.policy, facts);
    const writes: readonly Write[] = 'writes' in decision ? (decision.writes ?? []) : [];
    // The ledger explains every state; how long GitHub has been asked is none.
    if (writes.some((one) => one.write !== 'answered'))
      expect('records' in decision && decision.records.length).toBeGreaterThan(0);
    if (decision.kind === 'refused')
      expect(decision.records).toHaveLength(decision.writes?.length ? decision.records.length : 1);
    for (const write of writes) {
      if (write.write === 'approve') this.hear(write.deploymentId, write.user);
      if (write.write === 'dispatching') this.holdAgainst(write.deploymentId);
    }
    if ('records' in decision) for (const { kind } of decision.records) this.lines.add(kind);
    const were = new Map(this.world.deployments().map((one) => [one.id, one.status]));
    this.world.applyAll(writes);
    explained(this.world.deployments(), were, 'records' in decision ? decision.records : []);
    expect(this.world.deployments().filter(isActive).length).toBeLessThanOrEqual(1);
    return decision;
  }

  hear(id: number, user: string): void {
    const deployment = this.world.deployment(id) as Deployment;
    const state = this.world.state();
    const from = baseOf(state, deployment);
    const set = deployment.kind === 'roll back' ? [] : upTo(from, deployment.sha);
    this.said.set(id, [...(this.said.get(id) ?? []), { user, set, moves: state.moves, from }]);
  }

  /** A start is about to be sent: never past a gate that is shut, never without the approvals that its rule asks for now. */
  holdAgainst(id: number): void {
    const deployment = this.world.deployment(id) as Deployment;
    const state = this.world.state();
    const { policy } = this;
    const now = this.world.now();
    expect(state.active).toBeNull();
    if (deployment.startAt) expect(now.getTime()).toBeGreaterThanOrEqual(deployment.startAt.getTime());
    if (deployment.override !== null) return;
    const forward = deployment.kind !== 'roll back';
    if (forward && this.sentAt)
      expect(now.getTime() - this.sentAt.getTime()).toBeGreaterThanOrEqual(policy.everyMs ?? 0);
    expect([lockAt(state.lock, now), state.stop]).toEqual([null, null]);
    if (forward) expect(frozen(policy.freezes, policy.timezone, now)).toBeNull();
    expect(this.world.changes.get(deployment.changeId)?.hold?.reason ?? null).toBeNull();
    if (deployment.requestedBy === 'pushbutton')
      expect([policy.mode, state.pause, state.live.is]).toEqual(['continuous', null, 'known']);
    const required = forward ? policy.approvals.required : policy.rollback.approvals;
    const ships = forward ? upTo(liveSha(state), deployment.sha) : [];
    const wrote = new Set(forward && !policy.approvals.authors ? ships.map(authorOf) : []);
    const counts = (this.said.get(id) ?? []).filter(
      ({ user, set, moves }) =>
        user !== deployment.requestedBy &&
        this.approvers.has(user) &&
        !wrote.has(user) &&
        moves === state.moves &&
        ships.every((n) => set.includes(n)),
    );
    expect(new Set(counts.map(({ user }) => user)).size).toBeGreaterThanOrEqual(required);
    this.starts.push(deployment.kind);
  }

  next(answered: (id: number) => DispatchAnswer = accepted): void {
    const state = this.world.state();
    const head = state.queue[0];
    if (!head || state.active) return;
    const live = liveSha(state);
    const approvers = new Map(head.approvals.map(({ user }): [string, Permission] => [user, this.mayApprove(user)]));
    const facts = this.facts({
      comparison: head.kind === 'roll back' ? null : this.compared(head.sha),
      onBranch: true,
      shipped: this.shipped(head, live, head.sha),
      approvers,
      gatheredFor: { deploymentId: head.id, live },
    });
    const decision = this.decide(
      { type: 'start next', service: 'shop' },
      { change: this.world.changes.get(head.changeId) ?? null },
      facts,
    );
    // That times have come is a decision of its own, after which the start is tried again.
    const came = 'records' in decision && decision.records.some(({ kind }) => kind === 'time came');
    if (came) this.next(answered);
    if (came) return;
    const sent = this.world.deployments().find((one) => one.status === 'dispatching');
    if (!sent) return;
    this.world.claim(sent.id);
    this.sentAt = this.world.now();
    this.decide(
      { type: 'dispatch answered', service: 'shop', deploymentId: sent.id, answer: answered(sent.id) },
      { deployment: this.world.deployment(sent.id) },
      this.facts(),
    );
  }

  mayApprove(user: string): Permission {
    const refusal = { rule: 'not an approver', service: 'shop', approvers: [] } as const;
    return this.approvers.has(user) ? granted : { is: 'denied', refusal };
  }

  end(good: boolean): void {
    const { active } = this.world.state();
    if (!active || !('run' in active) || !active.run) return;
    const at = this.world.now().toISOString();
    const run = productionRun(active.run.id, {
      conclusion: good ? 'success' : 'failure',
      startedAt: at,
      updatedAt: at,
    });
    const restored = active.restores === null ? null : this.world.deployment(active.restores);
    this.decide({ type: 'production seen', service: 'shop', run }, { deployment: active, restored }, this.facts());
  }

  pass(n: number): void {
    this.decide(
      { type: 'staging seen', service: 'shop', run: stagingRun(n) },
      { change: this.world.changes.get(n) ?? null },
      this.facts(),
    );
  }

  time(): void {
    this.decide({ type: 'service time passed', service: 'shop' }, {}, this.facts());
    for (const deployment of this.world.state().waiting)
      this.decide({ type: 'time passed', service: 'shop', deploymentId: deployment.id }, { deployment }, this.facts());
  }
}
