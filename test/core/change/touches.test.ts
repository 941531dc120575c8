import type { Aside } from '../../../src/core/change/change.js';
import { type Touches, touchesSeen } from '../../../src/core/change/touches.js';
import { change } from '../given.js';

const target = (aside?: Aside) => ({
  change: { ...change(7), ...(aside && { aside }) },
  deployment: null,
  underWay: null,
});
const seen = (over: Partial<Touches> = {}): Touches => ({
  changeId: 7,
  attempt: 1,
  touches: true,
  unread: false,
  ...over,
});

test.each<[string, Aside | undefined, Partial<Touches>, Aside | null | 'nothing']>([
  ['one that touches the paths counts', 'not known', {}, null],
  ['one that touches none of them stands aside', 'not known', { touches: false }, 'touches nothing'],
  ['one that GitHub does not tell of counts', 'not known', { unread: true }, null],
  ['one that turns out to carry another counts', 'touches nothing', {}, null],
  ['the same again is no news', 'touches nothing', { touches: false }, 'nothing'],
  ['one that counts never stands aside again', undefined, { touches: false }, 'nothing'],
  ['an answer about an earlier attempt is no news', 'not known', { attempt: 2 }, 'nothing'],
])('%s', (_, aside, over, expected) => {
  const decision = touchesSeen(target(aside), seen(over));
  if (expected === 'nothing') return expect(decision).toEqual({ kind: 'nothing' });
  expect(decision).toMatchObject({ kind: 'accepted', writes: [{ write: 'aside', changeId: 7, aside: expected }] });
  const effects = 'effects' in decision ? decision.effects.map(({ effect }) => effect) : [];
  expect(effects).toEqual(expected === null ? ['redraw', 'redraw service'] : []);
});

test('what is decided without being told is on the ledger, with its reason', () => {
  const kinds = (aside: Aside, over: Partial<Touches>) => {
    const decision = touchesSeen(target(aside), seen(over));
    return 'records' in decision ? decision.records.map(({ kind, reason }) => [kind, reason]) : [];
  };
  expect(kinds('not known', {})).toEqual([]);
  expect(kinds('not known', { touches: false })).toEqual([['touches nothing', expect.stringContaining('the paths')]]);
  expect(kinds('not known', { unread: true })).toEqual([['counts', expect.stringContaining('does not tell')]]);
  expect(kinds('touches nothing', {})).toEqual([['counts', expect.stringContaining('did not pass')]]);
});
