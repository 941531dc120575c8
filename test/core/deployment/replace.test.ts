import type { Press } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import type { RunTarget } from '../../../src/core/deployment/outside.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  ALICE,
  change,
  ended,
  facts,
  knownLive,
  POLICY,
  refTo,
  refusal,
  secondsAgo,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

/** A newer request in the place of older ones that are queued. */

const live2 = ended('live', 11, 2, { replaced: 10 });
const onTwo = state({ live: knownLive(live2, secondsAgo(60)), lastSent: live2, newestPassed: refTo(3) });
const typed = { type: 'deploy', change: 'change-3', from: 'command', by: ALICE } as const;
const press = (command: Press, at: ServiceState, of: Partial<RunTarget> = {}) =>
  decide(at, target(of), command, POLICY, facts());

test('a newer one takes the place of those that are older by run number, whenever they became known', () => {
  const replace = { type: 'replace', deployment: 'deployment-12', by: ALICE } as const;
  const newer = underWay('queued', 12, 3, { runNumber: 8 });
  const queue = [underWay('queued', 14, 5, { runNumber: 7 }), underWay('queued', 13, 2, { runNumber: 9 }), newer];
  const decision = press(replace, { ...onTwo, queue }, { deployment: newer });
  expect(writesOf(decision)).toEqual(['end 14 as withdrawn']);
  const third = change(3, { runNumber: 8 });
  const asked = (older: typeof queue) => press(typed, { ...onTwo, queue: older }, { change: third });
  expect(asked(queue.slice(0, 1))).toMatchObject({ mayReplace: true });
  expect(asked(queue.slice(1, 2))).not.toMatchObject({ mayReplace: true });
});
test('nothing is older than one that a version of before has queued', () => {
  const unnumbered = underWay('queued', 12, 3, { runNumber: Number.POSITIVE_INFINITY });
  const queue = [underWay('queued', 13, 4), unnumbered];
  const replace = { type: 'replace', deployment: 'deployment-12', by: ALICE } as const;
  expect(refusal(press(replace, { ...onTwo, queue }, { deployment: unnumbered }))).toMatchObject({
    rule: 'nothing to replace',
  });
});
