import {
  asMeant,
  channelMeant,
  commandWord,
  firstWord,
  isOption,
  lineMeant,
  nameMeant,
  wordsOf,
} from '../../src/slack/typed.js';

const SHA = '227b9140c0ffee0c0ffee0c0ffee0c0ffee0c0ff';

test.each([
  ['shop', 'shop'],
  ['`shop`', 'shop'],
  ['*`shop`*', 'shop'],
  ['\u201eshop\u201c', 'shop'],
  ['\u201dshop\u201d', 'shop'],
  ['\u00bbshop\u00ab', 'shop'],
  ['\u2018227b914\u2019', '227b914'],
  ['\u201cshop.\u201d', 'shop'],
  ['"shop\u201d', 'shop'],
  ['227b914\u2026', '227b914'],
  ['227b914...', '227b914'],
  ['2h.', '2h'],
  ['\uff12\uff48', '2h'],
  ['shop_', 'shop_'],
  ["it's", "it's"],
  ['\u201cshop', '\u201cshop'],
  ['`', '`'],
  ['**', '**'],
  ['#', '#'],
  ['\u2026', '...'],
  ['<#C0SHOP|shop>', 'shop'],
  ['<#C0SHOP>', '<#C0SHOP>'],
  ['#shop', 'shop'],
  ['<http://shop.io|shop.io>', 'shop.io'],
  ['*<https://shop.io/|shop.io>*', 'shop.io'],
  ['<mailto:shop@acme.test|shop@acme.test>', 'shop@acme.test'],
  ['<http://evil.test>', '<http://evil.test>'],
  // One end of formatting that goes on over several words.
  ['`deploy', 'deploy'],
  ['shop`', 'shop'],
  ['**227b914', '227b914'],
  ['~shop', 'shop'],
  ['_shop_', 'shop'],
  ['_shop', '_shop'],
  [`https://github.com/acme/shop/commit/${SHA}`, SHA],
  [`<https://github.com/acme/shop/pull/7/commits/${SHA}|227b914>`, SHA],
  ['https://github.com/acme/shop/commit/none', 'https://github.com/acme/shop/commit/none'],
])('%s means %s', (word, meant) => expect(asMeant(word)).toBe(meant));

test.each([
  ...['--override', '\u2014override', '\u2013Override', '\u2212override', '\u2014\u2014override', '-\u2013override'],
  ...['---override', '\u2011\u2011override', '`--override`', '\u201c\u2014override\u201d'],
])('%s is the option', (word) => expect(isOption(word, 'override')).toBe(true));
test.each(['override', '-override', '--overrides', '--override=now'])('%s is not the option', (word) =>
  expect(isOption(word, 'override')).toBe(false),
);

test.each(['give-up', 'Give\u2011up', 'give\u2013up', '`give-up`', 'give-up.'])('%s is the command give-up', (word) =>
  expect(commandWord(word)).toBe('give-up'),
);

test.each([
  ['`deploy shop 227b914`', 'deploy shop 227b914'],
  ['```\ndeploy shop\n```', 'deploy shop'],
  ['*deploy shop*', 'deploy shop'],
  ['_*deploy shop*_', 'deploy shop'],
  [' \u200b`deploy shop`\u00a0', 'deploy shop'],
  ['/release deploy shop', 'deploy shop'],
  ['`/release deploy shop`', 'deploy shop'],
  ['/Release', ''],
  ['> deploy shop', 'deploy shop'],
  ['~deploy shop~', 'deploy shop'],
])('%j is the line %j', (line, meant) => expect(lineMeant(line).trim()).toBe(meant));

test.each([
  '*deploy* shop *now*',
  '`lock` shop `for 2h`',
  'lock shop *It is on fire*',
  'stop _all_ of it',
  '/released shop',
  '``',
  '**',
  '*',
  '',
])('%j is left as it is: the formatting is not around all of it', (line) => expect(lineMeant(line)).toBe(line));

test.each([
  ['<#C0SHOP>', 'C0SHOP'],
  ['<#C0SHOP|>', 'C0SHOP'],
  ['*<#C0SHOP|shop-releases>*', 'C0SHOP'],
  ['C0SHOP', null],
  ['<@U0BOB>', null],
])('%s mentions the channel %s', (word, channel) => expect(channelMeant(word)).toBe(channel));

describe('the name of a service', () => {
  const names = ['shop', 'shop-api', 'shop--eu', 'a-b', 'a--b', 'dots...', 'dots.in'];
  test.each([
    ['Shop', 'shop'],
    ['shop.', 'shop'],
    ['shop\u2011api', 'shop-api'],
    ['shop\u2013api', 'shop-api'],
    ['shop\u2014eu', 'shop--eu'],
    ['\u201cshop\u2014eu\u201d', 'shop--eu'],
    ['dots\u2026', 'dots...'],
    ['dots.in', 'dots.in'],
    ['a\u2010b', 'a-b'],
    ['a--b', 'a--b'],
  ])('%s is %s', (word, name) => expect(nameMeant(word, names)).toBe(name));

  test.each(['a\u2014b', 'shops', 'dots', ''])('%s is none, or not only one', (word) =>
    expect(nameMeant(word, names)).toBeUndefined(),
  );
});

test('words stand between spaces of any kind, and what is not seen is no part of them', () => {
  const line = '\ufeff\u200bdeploy\u00a0sh\u00adop \u200b \u2060227b914\ufeff\u202f\u3000--override\u200d';
  expect(wordsOf(line)).toEqual(['deploy', 'shop', '227b914', '--override']);
  expect(wordsOf('\u200b \u00a0')).toEqual([]);
});

test('what follows a word is as it was typed', () => {
  const reason = '\u201cShop\u201d is down \u2014 \u{1f469}\u200d\u{1f4bb}\u2026';
  expect(firstWord(`lock\u00a0\u200b${reason}`)).toEqual(['lock', reason]);
});
