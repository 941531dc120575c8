import { completions } from '../../sandbox/page/completion.js';

/** What the composer of the demo's page offers while `/release …` is typed. */

const change = (service: string, sha: string, live = false) => ({
  service,
  sha: sha.padEnd(40, '0'),
  title: `Title of ${sha}`,
  author: 'Bob',
  pullRequest: 1,
  pushedAt: '2026-11-26T08:00:00Z',
  staging: 'success',
  live,
});
const shown = {
  commands: [
    { usage: 'status [SERVICE]', does: 'what is live' },
    { usage: 'deploy SERVICE [SHA]', does: 'deploys' },
    { usage: 'digest', does: 'what shipped' },
    { usage: 'lock SERVICE [for 2h] REASON', does: 'locks' },
    { usage: 'hold SHA REASON', does: 'marks bad' },
    { usage: 'resume [SERVICE or SHA]', does: 'resumes' },
  ],
  services: [
    { name: 'shop', repository: 'acme/shop', channel: 'C0SHOP' },
    { name: 'search', repository: 'acme/search', channel: 'C0RELEASES' },
  ],
  changes: [change('shop', 'abc1234'), change('search', 'abd1234'), change('shop', 'ffe1234', true)],
};
const offered = (line: string) => completions(line, shown).all.map(({ words }) => words);
const taken = (line: string) => completions(line, shown).all.map((one) => one.line);
const first = (line: string) => completions(line, shown).first;

test.each([
  ['nothing for an empty line', '', []],
  ['nothing for what is no command', 'hello', []],
  ['nothing for another command', '/remind me', []],
  ['the command itself', '/', ['/release']],
  ['the command itself, half typed', '/rel', ['/release']],
  [
    'every command',
    '/release ',
    [
      'status [SERVICE]',
      'deploy SERVICE [SHA]',
      'digest',
      'lock SERVICE [for 2h] REASON',
      'hold SHA REASON',
      'resume [SERVICE or SHA]',
    ],
  ],
  ['the commands that begin so', '/release d', ['deploy SERVICE [SHA]', 'digest']],
  ['nothing for an unknown command', '/release dance ', []],
  ['the services', '/release deploy ', ['shop', 'search']],
  ['the services that begin so', '/release status se', ['search']],
  ["the service's commits, short", '/release deploy shop ', ['abc1234', 'ffe1234']],
  ['the commits that begin so, in any case', '/release deploy shop FF', ['ffe1234']],
  ['the commits of every service where none is named before', '/release hold ', ['abc1234', 'abd1234', 'ffe1234']],
  [
    'services and commits where either is possible',
    '/release resume ',
    ['shop', 'search', 'abc1234', 'abd1234', 'ffe1234'],
  ],
  ["nothing for words of one's own", '/release lock shop ', []],
  ['nothing after the last word of the usage', '/release deploy shop abc1234 ', []],
  ['nothing after a command without words', '/release digest ', []],
])('it offers %s', (_, line, words) => {
  expect(offered(line)).toEqual(words);
});

test('what is taken goes on where a word follows, and ends where none does', () => {
  expect(taken('/release d')).toEqual(['/release deploy ', '/release digest']);
  expect(taken('/release deploy se')).toEqual(['/release deploy search ']);
  expect(taken('/release lock se')).toEqual(['/release lock search ']);
  expect(taken('/release hold abc')).toEqual(['/release hold abc1234 ']);
  expect(taken('/release resume se')).toEqual(['/release resume search']);
  expect(taken('/release status se')).toEqual(['/release status search']);
  expect(taken('/release deploy shop ab')).toEqual(['/release deploy shop abc1234']);
});

test('the first is chosen while a word is half typed, so that Enter completes; a line that is whole is sent by Enter', () => {
  expect(first('/release stat')).toBe(0);
  expect(first('/release deploy sh')).toBe(0);
  expect(first('/release ')).toBe(-1);
  expect(first('/release status')).toBe(-1);
  expect(first('/release status shop')).toBe(-1);
  expect(first('/release deploy shop abc1234')).toBe(-1);
});
