import type { Aside } from '../../../src/core/change/change.js';
import { type Touches, touchesSeen } from '../../../src/core/change/touches.js';
import { decide } from '../../../src/core/decide.js';
import { ALICE, change, effectsOf, facts, POLICY, shaOf, stagingRun, state, target, writesOf } from '../given.js';

const about = (aside?: Aside) => target({ change: { ...change(7), ...(aside && { aside }) } });
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
  const decision = touchesSeen(about(aside), seen(over));
  if (expected === 'nothing') return expect(decision).toEqual({ kind: 'nothing' });
  expect(decision).toMatchObject({ kind: 'accepted', writes: [{ write: 'aside', changeId: 7, aside: expected }] });
  const effects = 'effects' in decision ? decision.effects.map(({ effect }) => effect) : [];
  expect(effects).toEqual(expected === null ? ['redraw', 'redraw service'] : []);
});

test('what is decided without being told is on the ledger, with its reason', () => {
  const kinds = (aside: Aside, over: Partial<Touches>) => {
    const decision = touchesSeen(about(aside), seen(over));
    return 'records' in decision ? decision.records.map(({ kind, reason }) => [kind, reason]) : [];
  };
  expect(kinds('not known', {})).toEqual([]);
  expect(kinds('not known', { touches: false })).toEqual([['touches nothing', expect.stringContaining('the paths')]]);
  expect(kinds('not known', { unread: true })).toEqual([['counts', expect.stringContaining('does not tell')]]);
  expect(kinds('touches nothing', {})).toEqual([['counts', expect.stringContaining('did not pass')]]);
});

test('whoever deploys what stands aside makes it count, and gives it its card', () => {
  const press = { type: 'deploy', change: 'change-7', from: 'command', by: ALICE } as const;
  const press7 = (aside?: Aside) => {
    const decision = decide(state(), about(aside), press, POLICY, facts());
    return [writesOf(decision), effectsOf(decision).filter((effect) => effect.startsWith('describe'))];
  };
  expect(press7()).toEqual([['add deploy of 7'], []]);
  for (const aside of ['not known', 'touches nothing'] as const)
    expect(press7(aside)).toEqual([['aside 7', 'add deploy of 7'], [`describe ${shaOf(7)}`]]);
});

test.each([
  [{ ...POLICY, paths: ['shop/**'] }, { aside: 'not known' }],
  [POLICY, {}],
])('a staging run is of a change whose files are not known yet, if its service has paths', (policy, more) => {
  const run = stagingRun(7);
  const seen = { type: 'staging seen', service: 'shop', run } as const;
  const decision = decide(state(), target(), seen, policy, facts());
  expect(decision).toMatchObject({ writes: [{ write: 'staging', run, ...more }] });
  expect(Object.keys('writes' in decision ? (decision.writes?.[0] ?? {}) : {})).toHaveLength(
    2 + Object.keys(more).length,
  );
});

test('max_changes counts the commits that touch the paths', () => {
  const press = { type: 'deploy', change: 'change-7', from: 'command', by: ALICE } as const;
  const policy = { ...POLICY, maxChanges: 2 };
  const decided = (others?: number) => {
    const comparison = { status: 'ahead', aheadBy: 5, ...(others !== undefined && { others }) } as const;
    return decide(state(), about(), press, policy, facts({ comparison })).kind;
  };
  expect([decided(), decided(2), decided(3)]).toEqual(['refused', 'refused', 'accepted']);
});
