import fc from 'fast-check';
import { type Asked, afterAnswer, type CheckState, isDue, unasked } from '../../../src/core/stages/checks.js';

const EVERY = 30_000;
const CHECK = { everyMs: EVERY, fails: 3 };
const START = new Date('2026-11-30T10:00:00Z');
const after = (ms: number): Date => new Date(START.getTime() + ms);
const good: Asked = { is: 'as expected', status: 200, ms: 20 };
const bad: Asked = { is: 'failed', why: 'status', status: 503, words: 'down', ms: 20 };

/** The verdicts over answers that each came on time. */
function verdicts(answers: readonly Asked[], check = CHECK): boolean[] {
  let state = unasked(START);
  return answers.map((asked) => {
    const next = afterAnswer(check, state, asked, new Date(state.nextAt.getTime() + asked.ms));
    state = next.state;
    return next.hasFailed;
  });
}

test('three failures in a row fail the stage, and one success makes up for those before it', () => {
  expect(verdicts([bad, bad, good, bad, bad, bad])).toEqual([false, false, false, false, false, true]);
  expect(verdicts([bad], { ...CHECK, fails: 1 })).toEqual([true]);
});

test('the last failure is kept until a success', () => {
  const first = afterAnswer(CHECK, unasked(START), bad, after(20)).state;
  expect(first).toEqual({ failuresInARow: 1, lastAt: after(20), lastWords: 'down', nextAt: after(EVERY) });
  const second = afterAnswer(CHECK, first, good, after(EVERY + 20)).state;
  expect(second).toEqual({ failuresInARow: 0, lastAt: after(EVERY + 20), lastWords: null, nextAt: after(2 * EVERY) });
});

test('the first is due at once', () => {
  expect(isDue(CHECK, unasked(START), START)).toBe(true);
  expect(isDue(CHECK, unasked(START), after(-1))).toBe(false);
});

test.each([
  ['on time', 20, 1],
  ['late', 14_999, 1],
  ['late by half', 15_000, 2],
  ['late by nearly all', 29_999, 2],
  ['late by an outage', 10 * EVERY + 5, 11],
])('asked %s, the next time is in step with the start', (_, late, slot) => {
  const { state } = afterAnswer(CHECK, unasked(START), good, after(late + good.ms));
  expect(state.nextAt).toEqual(after(slot * EVERY));
});

test('a slow answer is no late request', () => {
  const { state } = afterAnswer({ everyMs: 5_000, fails: 3 }, unasked(START), { ...bad, ms: 5_000 }, after(5_040));
  expect(state.nextAt).toEqual(after(5_000));
});

test('a clock that is put back by an hour does not stop it', () => {
  const { state } = afterAnswer(CHECK, unasked(START), good, after(20));
  const back = after(20 - 3_600_000);
  expect(isDue(CHECK, state, back)).toBe(true);
  const { nextAt } = afterAnswer(CHECK, state, good, back).state;
  expect(nextAt).toEqual(after(-3_600_000 + EVERY));
  expect(isDue(CHECK, { nextAt }, back)).toBe(false);
});

const answers = fc.oneof(
  fc.record({ ms: fc.integer({ min: 0, max: 5_000 }) }).map(({ ms }): Asked => ({ ...good, ms })),
  fc.record({ ms: fc.integer({ min: 0, max: 5_000 }) }).map(({ ms }): Asked => ({ ...bad, ms })),
);
/** An answer, and how long after it was due the request began. */
const walks = fc.record({
  everyMs: fc.integer({ min: 5_000, max: 600_000 }),
  fails: fc.integer({ min: 1, max: 5 }),
  steps: fc.array(fc.tuple(answers, fc.oneof(fc.nat(500), fc.nat(1_000_000))), { maxLength: 40 }),
});

test('however late requests begin: in step with the start, never closer than half the time, never late by more than one', () => {
  fc.assert(
    fc.property(walks, ({ everyMs, fails, steps }) => {
      let state = unasked(START);
      let failures = 0;
      let last = Number.NEGATIVE_INFINITY;
      for (const [asked, late] of steps) {
        const began = state.nextAt.getTime() + late;
        expect(isDue({ everyMs }, state, new Date(began))).toBe(true);
        expect(began - last).toBeGreaterThanOrEqual(everyMs / 2);
        const next = afterAnswer({ everyMs, fails }, state, asked, new Date(began + asked.ms));
        failures = asked.is === 'failed' ? failures + 1 : 0;
        expect(next.hasFailed).toBe(failures >= fails);
        expect(next.state.failuresInARow).toBe(failures);
        expect((next.state.nextAt.getTime() - START.getTime()) % everyMs).toBe(0);
        expect(next.state.nextAt.getTime()).toBeGreaterThan(state.nextAt.getTime());
        expect(next.state.nextAt.getTime() - began).toBeLessThanOrEqual(1.5 * everyMs);
        last = began;
        state = next.state;
      }
    }),
  );
});

test('wherever the clock is put, it is asked again within twice its time, and in step again', () => {
  const anywhere = fc.integer({ min: -1e10, max: 1e10 });
  fc.assert(
    fc.property(walks, anywhere, anywhere, ({ everyMs, fails }, was, is) => {
      const state: CheckState = afterAnswer({ everyMs, fails }, unasked(START), bad, after(was)).state;
      const due = [0, 1, 2].map((times) => isDue({ everyMs }, state, after(is + times * everyMs)));
      expect(due).toContain(true);
      const { nextAt } = afterAnswer({ everyMs, fails }, state, good, after(is)).state;
      const waits = nextAt.getTime() - (after(is).getTime() - good.ms);
      expect(Math.abs((nextAt.getTime() - START.getTime()) % everyMs)).toBe(0);
      expect(waits).toBeGreaterThanOrEqual(everyMs / 2);
      expect(waits).toBeLessThanOrEqual(1.5 * everyMs);
    }),
  );
});
