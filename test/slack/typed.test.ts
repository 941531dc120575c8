import { asMeant, isOption } from '../../src/slack/typed.js';

const SHA = '227b9140c0ffee0c0ffee0c0ffee0c0ffee0c0ff';

test.each([
  ['shop', 'shop'],
  ['`shop`', 'shop'],
  ['*`shop`*', 'shop'],
  ['\u201eshop\u201c', 'shop'],
  ['shop_', 'shop_'],
  ['`', '`'],
  ['**', '**'],
  ['#', '#'],
  ['<#C0SHOP|shop>', 'shop'],
  [`https://github.com/acme/shop/commit/${SHA}`, SHA],
  [`<https://github.com/acme/shop/pull/7/commits/${SHA}|227b914>`, SHA],
  ['https://github.com/acme/shop/commit/none', 'https://github.com/acme/shop/commit/none'],
])('%s means %s', (word, meant) => expect(asMeant(word)).toBe(meant));

test.each(['--override', '\u2014override', '\u2013Override', '\u2212override'])('%s is the option', (word) =>
  expect(isOption(word, 'override')).toBe(true),
);
test.each(['override', '-override', '--overrides', '\u2014\u2014override'])('%s is not the option', (word) =>
  expect(isOption(word, 'override')).toBe(false),
);
