import { decide } from '../../../src/core/decide.js';
import { type Decision, NOTHING } from '../../../src/core/decision.js';
import {
  accepted,
  change,
  effectsOf,
  facts,
  POLICY,
  recordsOf,
  shaOf,
  stagingRun,
  state,
  target,
  writesOf,
} from '../given.js';

const seen = (over: Parameters<typeof stagingRun>[1] = {}, known: ReturnType<typeof change> | null = null): Decision =>
  decide(
    state(),
    target({ change: known }),
    { type: 'staging seen', service: 'shop', run: stagingRun(3, over) },
    POLICY,
    facts(),
  );

test('a new change that runs is remembered and not told', () => {
  const decision = seen({ status: 'in_progress', conclusion: null });
  expect([writesOf(decision), recordsOf(decision), effectsOf(decision)]).toEqual([['staging 3'], [], []]);
});
test('a change that passed is described and takes Deploy away from every older card', () => {
  const decision = seen({}, change(3, { status: 'running', conclusion: null }));
  expect([writesOf(decision), recordsOf(decision)]).toEqual([['staging 3'], ['staging passed']]);
  expect(effectsOf(decision)).toEqual([`describe ${shaOf(3)}`, 'redraw 3', 'redraw service']);
});
test("a change that failed is described, with GitHub's word on the ledger, and touches no other card", () => {
  const decision = seen({ conclusion: 'timed_out', actor: 'octo-eve' });
  expect(accepted(decision).records).toEqual([
    {
      actor: 'github:octo-eve',
      kind: 'staging failed',
      sha: shaOf(3),
      deploymentId: null,
      reason: 'timed_out',
      detail: { run_id: 103, attempt: 1 },
    },
  ]);
  expect(effectsOf(decision)).toEqual([`describe ${shaOf(3)}`]);
});
test('a green change that runs again gives Deploy back to the one before it', () => {
  const decision = seen({ attempt: 2, status: 'in_progress', conclusion: null }, change(3));
  expect(effectsOf(decision)).toEqual(['redraw 3', 'redraw service']);
});
test('what is no news does nothing', () => expect(seen({}, change(3))).toBe(NOTHING));

test('a re-run that did not come is offered again, one that came or was never asked for is not', () => {
  const red = change(3, { status: 'failed', attempt: 2 }, 2);
  const notSeen = (known: ReturnType<typeof change> | null) =>
    decide(
      state(),
      target({ change: known }),
      { type: 're-run not seen', service: 'shop', changeId: 3, attempt: 2 },
      POLICY,
      facts(),
    );
  expect(writesOf(notSeen(red))).toEqual(['re-run asked 3 null']);
  expect(effectsOf(notSeen(red))).toEqual(['redraw 3', 'tell']);
  const cases = [null, change(3, { status: 'failed', attempt: 2 }), change(3, { attempt: 3 }, 2), change(3, {}, 1)];
  for (const known of cases) expect(notSeen(known)).toBe(NOTHING);
});
