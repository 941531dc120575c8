import type { OperatorNews } from '../../../src/core/decision.js';
import { isPast } from '../../../src/core/deployment/watch.js';
import { ended, underWay } from '../given.js';

/** Slack may be away for an hour before it takes what operators are to be told: what is over by then is no news. */

const WAYS: readonly [about: OperatorNews, as: Parameters<typeof isPast>[1], past: boolean][] = [
  ['hung', underWay('hung', 1, 1), false],
  ['hung', underWay('deploying', 1, 1), true],
  ['hung', ended('live', 1, 1), true],
  ['unknown', underWay('unknown', 1, 1), false],
  ['unknown', underWay('deploying', 1, 1), true],
  ['lost', ended('lost', 1, 1), false],
  ['lost', underWay('deploying', 1, 1), true],
  ['not cancelled', underWay('hung', 1, 1), false],
  ['not cancelled', ended('cancelled', 1, 1), true],
  ['cancel refused', underWay('deploying', 1, 1), false],
  ['cancel refused', ended('live', 1, 1), true],
  ['lost run found', ended('live', 1, 1), false],
  ['stray run', ended('lost', 1, 1), false],
  ['stray refused', ended('lost', 1, 1), false],
];
test.each(WAYS.map(([about, as, past]) => [about, as.status, past, as] as const))(
  '%s, of one that is %s by now, is past: %s',
  (about, _, past, deployment) => {
    expect(isPast(about, deployment)).toBe(past);
  },
);
