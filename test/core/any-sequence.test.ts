import fc from 'fast-check';
import { cardState } from '../../src/core/card.js';
import { shownOf } from '../../src/core/card-subject.js';
import type { CancelAnswer, Command, DispatchAnswer } from '../../src/core/command.js';
import { decide } from '../../src/core/decide.js';
import { hasEnded, isActive } from '../../src/core/deployment/deployment.js';
import type { RunTarget } from '../../src/core/deployment/outside.js';
import type { Comparison, Facts, Permission } from '../../src/core/facts.js';
import { PAUSES } from '../../src/core/pauses.js';
import { lastKnownLive, liveSha } from '../../src/core/service/service.js';
import { ALICE, BOB, POLICY, productionRun, stagingRun, target } from './given.js';
import { inMemory } from './in-memory.js';

type World = ReturnType<typeof inMemory>;
interface Asked {
  readonly command: Command;
  readonly target: RunTarget;
}

/** What one step is made of; a step picks what it needs, and whom it is about among what there is. */
const step = fc.record({
  kind: fc.constantFrom(
    ...(['staging', 'deploy', 'retry', 'roll back', 'roll back service', 'cancel', 'withdraw', 're-run'] as const),
    ...(['re-run not seen', 'not sent', 'not found', 'time passed', 'cancel answered', 'claim', 'wait'] as const),
    // More often, so that deployments get somewhere.
    ...(['deploy', 'deploy', 'start next', 'start next', 'start next', 'start next', 'claim', 'claim'] as const),
    ...(['answered', 'answered', 'answered', 'run', 'run', 'run', 'run', 'run'] as const),
  ),
  change: fc.integer({ min: 1, max: 4 }),
  /** 0 is the newest deployment. */
  back: fc.constantFrom(0, 0, 0, 1, 2),
  attempt: fc.constantFrom(1, 1, 1, 2),
  conclusion: fc.constantFrom('success', 'success', 'failure', 'cancelled', null),
  from: fc.constantFrom('card', 'command'),
  by: fc.constantFrom(ALICE, ALICE, BOB),
  permission: fc.constantFrom<Permission>(
    ...Array<Permission>(8).fill({ is: 'granted' }),
    { is: 'denied', refusal: { rule: 'not a full member', why: 'guest' } },
    { is: 'not looked up', retryAfterMs: null },
  ),
  comparison: fc.constantFrom<Comparison['status'] | 'unavailable'>(
    ...(['ahead', 'ahead', 'ahead', 'ahead', 'ahead', 'behind', 'unavailable'] as const),
  ),
  onBranch: fc.constantFrom<NonNullable<Facts['onBranch']>>(
    ...([true, true, true, true, true, true, false, 'unavailable'] as const),
    { refused: 'Not Found (404)' },
    { retryAfterMs: 30_000 },
  ),
  fresh: fc.constantFrom(true, true, true, true, true, false),
  answer: fc.constantFrom<DispatchAnswer['is']>('accepted', 'accepted', 'unknown', 'refused', 'rate limited'),
  /** Which run is told of: the deployment's own, a second one under its id, or one outside. */
  whose: fc.constantFrom('own', 'own', 'own', 'second', 'outside'),
  firstConclusion: fc.constantFrom('success', 'failure', null, undefined),
  seconds: fc.constantFrom(1, 5, 30, 30, 2_000, 8_000),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const ownRun = (id: number) => 1_000 + id;

function asked(world: World, one: Step): Asked | null {
  const { by } = one;
  const service = 'shop';
  const deployment = world.deployments().at(-1 - one.back) ?? null;
  const change = world.changes.get(one.change) ?? null;
  const underWay = (sha: string | undefined) =>
    world.deployments().find((other) => other.sha === sha && !hasEnded(other)) ?? null;
  const about = deployment && { service, deploymentId: deployment.id };
  const ofDeployment = target({ deployment, underWay: underWay(deployment?.sha) });
  switch (one.kind) {
    case 'staging': {
      const { attempt, conclusion } = one;
      const run = stagingRun(one.change, { attempt, conclusion, status: conclusion ? 'completed' : 'in_progress' });
      return { command: { type: 'staging seen', service, run }, target: target({ change }) };
    }
    case 'deploy': {
      const command = { type: 'deploy', change: `change-${one.change}`, from: one.from, by } as const;
      return { command, target: target({ change, underWay: underWay(change?.sha) }) };
    }
    case 're-run':
      return { command: { type: 're-run', change: `change-${one.change}`, by }, target: target({ change }) };
    case 'retry':
    case 'roll back':
    case 'cancel':
    case 'withdraw':
      return { command: { type: one.kind, deployment: deployment?.key ?? 'none', by }, target: ofDeployment };
    case 'roll back service':
      return { command: { type: one.kind, service, by }, target: target() };
    case 'start next': {
      const head = world.state().queue[0];
      const ofHead = head ? (world.changes.get(head.changeId) ?? null) : null;
      return { command: { type: one.kind, service }, target: target({ change: ofHead }) };
    }
    case 're-run not seen': {
      const { attempt } = one;
      return { command: { type: one.kind, service, changeId: one.change, attempt }, target: target({ change }) };
    }
    case 'not sent':
    case 'not found':
    case 'time passed':
      return about && { command: { type: one.kind, ...about }, target: target({ deployment }) };
    case 'cancel answered': {
      const { conclusion } = one;
      const answer: CancelAnswer =
        conclusion === null
          ? { is: 'refused', message: 'no' }
          : { is: conclusion === 'success' ? 'not taken' : 'gone' };
      return about && { command: { type: one.kind, ...about, answer }, target: target({ deployment }) };
    }
    case 'answered': {
      if (!about) return null;
      const answer = {
        accepted: { is: 'accepted', runId: ownRun(about.deploymentId), url: 'https://github.test' },
        unknown: { is: 'unknown' },
        refused: { is: 'refused', message: 'no' },
        'rate limited': { is: 'rate limited', retryAfterMs: 10_000 },
      }[one.answer] as DispatchAnswer;
      return { command: { type: 'dispatch answered', ...about, answer }, target: target({ deployment }) };
    }
    case 'run': {
      const id = deployment?.id ?? 0;
      const runId = { own: ownRun(id), second: 2_000 + id, outside: 3_000 + one.change }[one.whose];
      const found = world.ofRun(runId, one.whose === 'outside' ? '' : (deployment?.deployId ?? ''));
      const at = { startedAt: world.now().toISOString(), updatedAt: world.now().toISOString() };
      const { attempt, conclusion } = one;
      const run = productionRun(runId, {
        attempt,
        conclusion,
        status: conclusion ? 'completed' : 'in_progress',
        ...at,
      });
      const restored = found?.restores ? world.deployment(found.restores) : null;
      const of = target({ deployment: found, restored, outside: world.outside(runId, one.attempt) });
      return { command: { type: 'production seen', service, run }, target: of };
    }
    case 'claim':
      if (deployment) world.claim(deployment.id);
      return null;
    case 'wait':
      world.later(one.seconds);
      return null;
  }
}

function factsOf(world: World, one: Step): Facts {
  const state = world.state();
  const head = state.queue[0];
  const live = liveSha(state);
  const wanted = one.kind === 'start next' ? head?.sha : world.changes.get(one.change)?.sha;
  const compared =
    live === null || live === wanted || one.comparison === 'unavailable'
      ? null
      : { status: one.comparison, aheadBy: 1 };
  return {
    now: world.now(),
    deployId: `pb-${world.deployments().length + 1}`,
    pauses: PAUSES,
    permission: one.permission,
    comparison: one.comparison === 'unavailable' ? 'unavailable' : compared,
    onBranch: one.onBranch,
    gatheredFor: head ? { deploymentId: one.fresh ? head.id : head.id + 1, live } : null,
    ...(one.firstConclusion === undefined ? {} : { firstConclusion: one.firstConclusion }),
  };
}

function take(world: World, one: Step): void {
  const found = asked(world, one);
  world.later(1);
  if (!found) return;
  const before = world.state();
  const ends = new Map(
    world
      .deployments()
      .filter(hasEnded)
      .map((other) => [other.id, other.status]),
  );
  const decision = decide(before, found.target, found.command, POLICY, factsOf(world, one));

  if (decision.kind === 'accepted') {
    for (const write of decision.writes) {
      if (write.write !== 'dispatching') continue;
      expect([found.command.type, write.deploymentId]).toEqual(['start next', before.queue[0]?.id]);
      expect([before.active, one.permission.is, one.onBranch, one.fresh]).toEqual([null, 'granted', true, true]);
    }
    const adds = decision.writes.some((write) => write.write === 'add deployment');
    if (adds) expect(one.permission.is).toBe('granted');
    world.applyAll(decision.writes);
  }

  expect(world.deployments().filter(isActive).length).toBeLessThanOrEqual(1);
  for (const [id, status] of ends) if (status !== 'lost') expect(world.deployment(id)?.status).toBe(status);
  everyCardIsOne(world);
}

/** Each card has one state; one card at most has Deploy for a change that passed, and it is the newest. */
function everyCardIsOne(world: World): void {
  const state = world.state();
  const known = lastKnownLive(state);
  const liveChange = known ? (world.changes.get(known.changeId) ?? null) : null;
  const offers = [...world.changes.values()].filter((change) => {
    const own = world.deployments().filter((one) => one.changeId === change.id);
    const newest = own.find((one) => !hasEnded(one)) ?? own.at(-1) ?? null;
    const rollBack = world.deployments().findLast((one) => one.pressedOn === change.id) ?? null;
    const card = cardState({
      state,
      change,
      latest: shownOf(state, change.id, newest),
      newest,
      rollBack,
      liveChange,
      ships: null,
      policy: POLICY,
    });
    // After a run outside Pushbutton a change may well be the way back to itself.
    if (state.live.is === 'known' && 'rollBackTo' in card) expect(card.rollBackTo?.sha).not.toBe(change.sha);
    return card.is === 'passed staging';
  });
  expect(offers.length).toBeLessThanOrEqual(1);
  if (offers[0]) expect(offers[0].id).toBe(state.newestPassed?.id);
}

test('whatever happens in whatever order: one active at most, ends are final, only the permitted head is sent', () => {
  let sent = 0;
  let live = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), (steps) => {
      const world = inMemory();
      world.applyAll([1, 2, 3].map((n) => ({ write: 'staging', run: stagingRun(n) })));
      for (const one of steps) take(world, one);
      sent += world.deployments().filter((one) => 'run' in one && one.run).length;
      live += world.deployments().filter((one) => one.status === 'live').length;
    }),
    { numRuns: 300, seed: 20_261_123 },
  );
  // The walk is worth nothing when it never gets anywhere.
  expect(sent).toBeGreaterThan(200);
  expect(live).toBeGreaterThan(50);
});
