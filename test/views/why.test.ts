import { whyNot } from '../../src/core/deployment/why.js';
import type { Facts } from '../../src/core/facts.js';
import { peopleIn, whyMessage } from '../../src/slack/views/why.js';
import { ended, facts, knownLive, POLICY, refTo, state, underWay } from '../core/given.js';
import { change } from './given.js';
import { buttonsIn, expectFit, seen } from './reading.js';

/** The answer to `/release why`, with whatever people and GitHub have written. */

const LONG = '<!channel> *bold* '.repeat(200);
const LIVE = { live: knownLive(ended('live', 1, 1), new Date(0)) };
const ids = Array.from({ length: 60 }, (_, n) => `U0PERSON${n}`);

test('many people, long reasons and words of others fit, and nobody is mentioned', () => {
  const gate = { by: 'U0BOB', reason: LONG, since: new Date(0), until: null, nudgedAt: null };
  const why = whyNot(
    state({ lock: gate, stop: gate, newestPassed: refTo(9), active: underWay('deploying', 8, 2) }),
    change({ title: LONG, hold: { by: 'U0BOB', reason: LONG, at: new Date(0) } }),
    {
      ...{ ...POLICY, deployers: ids, maxChanges: 1, branch: 'b'.repeat(300) },
      approvals: { required: 3, from: ids, authors: false, expiresMs: 1 },
    },
    facts({
      permission: { is: 'denied', refusal: { rule: 'not a deployer', service: 'shop', deployers: ids } },
      comparison: { refused: LONG },
      onBranch: { refused: LONG },
    }),
  );
  const message = whyMessage(why, null, new Map());
  expectFit(message);
  expect(seen(message.blocks)).toContain('7 rules are not met or could not be checked');
  expect(buttonsIn(message.blocks)).toEqual([]);
  expect(peopleIn(why)).toEqual(expect.arrayContaining(['U0PERSON59', 'U0BOB']));
});

test.each<[string, Partial<Facts>, string]>([
  ['nobody said', { comparison: null, onBranch: 'unavailable' }, '1 rule could not be checked.'],
  ['is not met', { comparison: null, onBranch: false }, '1 rule is not met.'],
  ['of each kind', { comparison: 'unavailable', onBranch: false }, '2 rules are not met or could not be checked.'],
])('the count of rules in the way is of what it says: %s', (_, told, count) => {
  const why = whyNot(state(LIVE), change(), POLICY, facts({ permission: { is: 'granted' }, ...told }));
  expect(seen(whyMessage(why, null, new Map()).blocks)).toContain(`cannot be deployed by you now: ${count}`);
});

test('a pause comes first, with what ends it, and leaves no Deploy, as on the card', () => {
  const pause = { why: 'cancelled', by: 'U0BOB', since: new Date('2026-11-23T08:55:00Z'), deploymentId: 1 } as const;
  const given = facts({ permission: { is: 'granted' }, comparison: null, onBranch: true });
  const why = whyNot(state({ pause }), change(), { ...POLICY, mode: 'continuous' }, given);
  const { blocks } = whyMessage(why, null, new Map([['U0BOB', 'Bob']]));
  const [opening, first] = seen(blocks).split('\n');
  expect(opening).toContain('can be deployed by you now, but only by hand.');
  expect(first).toContain(
    'Continuous deployment is paused: its last deployment was cancelled by Bob, 2026-11-23 08:55 UTC. A deployer can press Resume on the card, or type /release resume shop; this change alone goes with /release deploy shop aaaaaaa.',
  );
  expect(buttonsIn(blocks)).toEqual([]);
  expect(peopleIn(why)).toContain('U0BOB');
});

test('where approvals are needed, it can be requested, and the answer says by whom it is approved', () => {
  const policy = { ...POLICY, approvals: { required: 2, from: ['U0BOB', 'S0LEADS'], authors: true, expiresMs: 1 } };
  const given = facts({ permission: { is: 'granted' }, comparison: null, onBranch: true });
  const names = new Map([
    ['U0BOB', 'Bob'],
    ['S0LEADS', 'leads'],
  ]);
  const message = whyMessage(whyNot(state(), change(), policy, given), null, names);
  expectFit(message);
  expect(seen(message.blocks)).toContain('can be requested by you now.');
  expect(seen(message.blocks)).toContain(
    'Then 2 approvals are needed, from Bob and leads, but not from whoever requests it.',
  );
  expect(buttonsIn(message.blocks)).toMatchObject([{ label: 'Deploy', value: 'change-key' }]);
});
