import fc from 'fast-check';
import { problemsInBlocks } from '../../sandbox/slack/block-kit/validate.js';
import { BUTTONS, button } from '../../src/slack/buttons.js';
import { clip, clipBytes, escapeMrkdwn, limits, oneLine } from '../../src/slack/limits.js';

const anything = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));

test('clip keeps what fits, ends in … what does not, and never halves a pair', () => {
  expect(clip('prices', 6)).toBe('prices');
  expect(clip('prices', 5)).toBe('pric…');
  expect(clip('a🚀b', 3)).toBe('a…');
  expect(clip('ab', 0)).toBe('');
  fc.assert(
    fc.property(anything, fc.integer({ min: 1, max: 20 }), (text, max) => {
      const clipped = clip(text, max);
      return clipped.length <= max && !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(clipped);
    }),
  );
});

test('escape leaves nothing that Slack would read as a mention or a link', () => {
  expect(escapeMrkdwn('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
});

test('clipBytes keeps to bytes and never halves a character or an entity', () => {
  expect(clipBytes('äöü', 6)).toBe('äöü');
  expect(clipBytes('a&amp;b&amp;', 9)).toBe('a&amp;…');
  fc.assert(
    fc.property(anything, fc.integer({ min: 3, max: 40 }), (text, max) => {
      const clipped = clipBytes(escapeMrkdwn(text), max);
      return Buffer.byteLength(clipped) <= max && !/&(?!amp;|lt;|gt;)/.test(clipped);
    }),
  );
});

test('one line has no breaks, controls or marks that turn the direction', () => {
  expect(oneLine(' a\r\n\tb\u0000c\u202Ed\u2066 ')).toBe('a b cd');
});

test('every button has its fixed words, an action id of its own and the key alone as its value', () => {
  const kinds = Object.keys(BUTTONS) as (keyof typeof BUTTONS)[];
  const drawn = kinds.map((kind) =>
    button(kind, 'a-key', {
      confirm: { title: 'x'.repeat(500), text: '<!here>'.repeat(99), yes: 'y'.repeat(99), no: 'n'.repeat(99) },
    }),
  );
  expect(drawn.map((one) => one.text.text)).toEqual([
    'Deploy',
    'What ships',
    'Why not?',
    'Re-run',
    'Withdraw',
    'Cancel',
    'Continue',
    'Stop here',
    'Retry',
    'Roll back',
    'Approve',
    'Reject',
    'Hold',
    'Deploy now',
    'Deploy all of them',
    'Resume',
    'Replace',
    'Sign off',
    'Refresh',
    'Previous',
    'Next',
  ]);
  expect(new Set(drawn.map((one) => one.action_id)).size).toBe(kinds.length);
  expect(drawn.every((one) => one.value === 'a-key' && one.value.length <= limits.value)).toBe(true);
  expect(problemsInBlocks([{ type: 'actions', elements: drawn }], 'message')).toEqual([]);
});
