import { STEPS, type StepKind } from '../../src/core/deployment/story.js';
import { limits } from '../../src/slack/limits.js';
import { weight } from '../../src/slack/views/fold.js';
import { type Step, storyMessage, storyThatFits } from '../../src/slack/views/story.js';
import { minutesAgo, names, shaOf } from './given.js';
import { expectFit, seen } from './reading.js';

/** What the thread of a card tells of a deployment. */

const step = (kind: StepKind, given: Partial<Step> = {}): Step => ({
  ...{ seq: 1, at: minutesAgo(5), actor: 'U0ALICE', kind, reason: null, sha: shaOf('a'), detail: {}, deploymentId: 5 },
  ...{ what: 'deploy', status: 'deploying', requestedBy: 'U0ALICE', requestedAt: minutesAgo(12), runUrl: null },
  ...{ elsewhere: false, calledBefore: false, agoMs: 60_000, calls: [], tickets: [] },
  ...given,
});
const said = (...steps: Step[]) => {
  const message = storyMessage(steps, names, 'UTC');
  expectFit(message);
  return seen(message.blocks);
};

test.each(STEPS)('a step has its words, also where nothing else is known of it: %s', (kind) => {
  expect(said(step(kind, { actor: 'pushbutton' }))).not.toMatch(/undefined|null|NaN/);
});

test.each<[string, Step, string]>([
  [
    'a request',
    step('requested', { detail: { approvals_required: 2 } }),
    'Alice requested a deployment · needs 2 approvals',
  ],
  ['a Retry', step('requested', { what: 'retry' }), 'Alice requested a Retry'],
  ['a rollback', step('requested', { what: 'roll back' }), 'Alice requested a rollback to this change'],
  ['continuous deployment', step('requested', { actor: 'pushbutton' }), 'Deploys by itself'],
  ['break glass', step('break glass', { reason: 'Shop is down' }), 'Alice broke the glass: Shop is down'],
  ['an approval', step('approved', { detail: { approval: 1, required: 2 } }), 'Alice approved it (1 of 2)'],
  [
    'a lock',
    step('waits', { reason: 'locked: tests', detail: { gate: 'locked', by: 'U0BOB' } }),
    'Waiting: locked by Bob: tests',
  ],
  [
    'a freeze',
    step('waits', { reason: 'frozen: Friday', detail: { gate: 'frozen', by: null } }),
    'Waiting: frozen: Friday',
  ],
  ['a cancel', step('cancelled', { reason: 'cancelled', detail: { cancelled_by: 'U0BOB' } }), 'Cancelled by Bob'],
  ['the end', step('live'), 'Live, 7 min after the request'],
  ['a rule', step('rejected', { actor: 'pushbutton', reason: 'not on the branch' }), 'Rejected: not on the branch'],
  ['a person', step('rejected', { reason: 'too late' }), 'Alice rejected it: too late'],
  ['a rollback elsewhere', step('live', { elsewhere: true, sha: shaOf('9') }), 'Rolled back to 9999999'],
  [
    'one that failed',
    step('failed', { elsewhere: true, sha: shaOf('9'), reason: 'failure' }),
    'The rollback to 9999999: Failed in production: failure',
  ],
])('%s', (_, one, words) => expect(said(one)).toContain(words));

test('what others wrote mentions nobody, and people are mentioned only where the step calls them', () => {
  const hostile = step('failed', { reason: '<!channel> <@U0BOB> *now*' });
  const { text, blocks } = storyMessage([hostile], names, 'UTC');
  expect(text).toContain('&lt;!channel&gt;');
  expect(JSON.stringify(blocks)).not.toMatch(/"type":"(user|usergroup|broadcast)"/);
  const calling = storyMessage([step('failed', { calls: ['U0BOB', 'S0LEADS'] })], names, 'UTC');
  expect(JSON.stringify(calling.blocks)).toContain('"user_id":"U0BOB"');
  expect(JSON.stringify(calling.blocks)).toContain('"usergroup_id":"S0LEADS"');
});

test('of many long steps as many are told as Slack takes in one message, the first ones', () => {
  const many = Array.from({ length: 25 }, (_, n) => step('failed', { seq: n + 1, reason: 'x'.repeat(2_000) }));
  const fit = storyThatFits(many, names, 'UTC');
  expect(fit.length).toBeLessThan(25);
  expect(fit.map(({ seq }) => seq)).toEqual(many.slice(0, fit.length).map(({ seq }) => seq));
  expect(weight(storyMessage(fit, names, 'UTC').blocks)).toBeLessThanOrEqual(limits.messageCharacters);
});
