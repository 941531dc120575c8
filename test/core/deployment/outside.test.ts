import { decide } from '../../../src/core/decide.js';
import type { ProductionRun } from '../../../src/core/deployment/deployment.js';
import {
  ended,
  facts,
  knownLive,
  outside,
  POLICY,
  productionRun,
  secondsAgo,
  state,
  target,
  writesOf,
} from '../given.js';

const live = ended('live', 10, 1);
const REPLACED = 'live 10, before it null';

/** What a run means while production runs deployment 10, or another run outside, 7, that started so many seconds ago. */
function seen(run: ProductionRun, otherStarted: number | null, of = live as typeof live | null) {
  const other = otherStarted === null ? null : outside(7, { startedAt: secondsAgo(otherStarted) });
  const at = state({
    live: other ? { is: 'outside', run: other, before: live } : knownLive(live, secondsAgo(200)),
    lastSent: live,
  });
  const command = { type: 'production seen', service: 'shop', run } as const;
  return writesOf(decide(at, target({ deployment: of }), command, POLICY, facts()));
}

/** The second attempt of deployment 10's run, which began 100 s ago and ends well. */
const rerun = productionRun(910, { attempt: 2 });

test('a re-run that ends well is what production runs', () => {
  expect(seen(rerun, null)).toEqual(['outside run 910, hides live', REPLACED]);
  expect(seen(rerun, 101)).toEqual(['outside run 910, hides live', REPLACED]);
});

test('an older deployment that is run again leads where it led before, not to what came after it', () => {
  const [first, second] = [ended('live', 9, 1, { replaced: 8 }), ended('live', 10, 2, { replaced: 9 })];
  const at = state({ live: knownLive(second, secondsAgo(200)), lastSent: second });
  const again = productionRun(909, { attempt: 2 });
  const command = { type: 'production seen', service: 'shop', run: again } as const;
  expect(writesOf(decide(at, target({ deployment: first }), command, POLICY, facts()))).toContain(
    'live 9, before it 8',
  );
});

test('a run outside that started during the re-run leaves open which of the two it is, and is the one that is named', () => {
  expect(seen(rerun, 99)).toEqual(['outside run 910', `${REPLACED}, keeps outside`]);
  // In the same second: GitHub's times do not tell which came first.
  expect(seen(rerun, 100)).toEqual(['outside run 910, hides live', `${REPLACED}, keeps outside`]);
});

test('what is told late of an older run outside does not take the place of a newer one', () => {
  expect(seen(productionRun(8), 99, null)).toEqual(['outside run 8']);
  expect(seen(productionRun(8), 101, null)).toEqual(['outside run 8, hides live']);
});
