import type { Refusal } from '../../src/core/refusal.js';
import { askDeployMessage } from '../../src/slack/views/ask-deploy.js';
import { doneMessage } from '../../src/slack/views/done.js';
import { COMMANDS, helpMessage } from '../../src/slack/views/help.js';
import { nothingRecorded } from '../../src/slack/views/nothing-recorded.js';
import { operatorNewsMessage } from '../../src/slack/views/operator-news.js';
import { refusalMessage } from '../../src/slack/views/refusal.js';
import { type Unknown, unknownMessage } from '../../src/slack/views/unknown.js';
import { deployment, ended, minutesAgo, names, newer, run, ships } from './given.js';
import { buttonsIn, expectFit, seen } from './reading.js';
import { refusals } from './refusals.js';

const url = run.url;

test.each(Object.values(refusals).flat() as [Refusal, string[]][])(
  'a refusal names its rule and what would help: %j',
  (refusal, words) => {
    const message = refusalMessage(refusal, names);
    expectFit(message);
    for (const word of words) expect(seen(message.blocks)).toContain(word);
    const lines = seen(message.blocks)
      .split('\n')
      .filter((line) => !line.startsWith('['));
    expect(lines).toHaveLength(2);
  },
);

test('a refusal stays small with many deployers and hostile names', () => {
  const deployers = Array.from({ length: 900 }, (_, index) => `U${index}${'x'.repeat(5_000)}`);
  expectFit(refusalMessage({ rule: 'not a deployer', service: '<!here>'.repeat(900), deployers }, names));
});

test('what could not be saved is told in the promised words', () => {
  for (const certain of [true, false]) {
    expect(nothingRecorded({ certain }).text).toContain('nothing was recorded');
    expectFit(nothingRecorded({ certain }));
  }
});

test('help names every command', () => {
  const drawn = seen(helpMessage().blocks);
  for (const { usage } of COMMANDS) expect(drawn).toContain(usage);
  expectFit(helpMessage());
});

const unknowns: [Unknown, string[]][] = [
  [{ what: 'word', typed: 'staus', nearest: 'status' }, ['no command staus. Did you mean status?', '/release help']],
  [{ what: 'word', typed: '<!here> '.repeat(900), nearest: null }, ['/release status']],
  [
    { what: 'service', command: 'diff', typed: 'shp', nearest: 'shop' },
    ['Did you mean shop?', '/release diff SERVICE'],
  ],
  [{ what: 'no service', command: 'deploy' }, ['deploy needs the name of a service', '/release deploy SERVICE [SHA]']],
  [
    { what: 'sha', command: 'deploy', service: 'shop', typed: 'bbbbbbc', nearest: newer },
    ['The nearest is bbbbbbb “Newer title”'],
  ],
  [
    { what: 'not a sha', command: 'deploy', typed: 'latest', nearest: null },
    ['latest is not a SHA of 7 to 40 hex digits'],
  ],
  [
    {
      what: 'ambiguous sha',
      command: 'deploy',
      service: 'shop',
      typed: 'bbbbbbb',
      matches: Array.from({ length: 9 }, () => newer),
    },
    ['several changes of shop', 'bbbbbbb “Newer title”', 'and 4 more'],
  ],
];

test.each(unknowns)('what was not understood is answered with the nearest and the usage: %j', (unknown, words) => {
  const message = unknownMessage(unknown);
  expectFit(message);
  for (const word of words) expect(seen(message.blocks)).toContain(word);
});

test('deploy without a SHA asks, with the button of the newest change', () => {
  const ask = askDeployMessage({ is: 'ready', service: 'shop', change: newer, ships: ships(), asks: null }, names);
  expectFit(ask);
  expect(buttonsIn(ask.blocks)).toMatchObject([
    {
      label: 'Deploy',
      value: 'newer-key',
      style: 'primary',
      confirm: 'Deploy shop bbbbbbb to production? 3 changes ship.',
    },
  ]);
});

test('deploy without a SHA has nothing to ask when none passed, or the newest is live or on its way', () => {
  const asks = [
    askDeployMessage({ is: 'nothing passed', service: 'shop' }, names),
    askDeployMessage(
      { is: 'live already', service: 'shop', change: newer, since: minutesAgo(3), by: 'U0ALICE' },
      names,
    ),
    askDeployMessage({ is: 'under way', service: 'shop', change: newer, deployment: deployment('deploying') }, names),
  ];
  for (const ask of asks) expectFit(ask);
  expect(asks.flatMap((ask) => buttonsIn(ask.blocks))).toEqual([]);
  expect(asks.map((ask) => ask.text)).toEqual([
    expect.stringContaining('no change that passed staging'),
    expect.stringContaining('live since'),
    expect.stringContaining('deploying'),
  ]);
});

test('an accepted line and a merged one say who started it and where it stands', () => {
  const done = { service: 'shop', change: newer, deployment: deployment('queued'), mayReplace: false } as const;
  const accepted = doneMessage({ is: 'accepted', ...done }, names);
  expectFit(accepted);
  expect(accepted.text).toContain('Deployment of shop bbbbbbb “Newer title” is recorded: queued.');
  const merged = doneMessage(
    { is: 'merged', ...done, deployment: deployment('deploying', { kind: 'roll back' }) },
    names,
  );
  expectFit(merged);
  expect(merged.text).toContain('Rollback to shop bbbbbbb “Newer title” is already under way, requested by Alice');
});

test.each(['hung', 'not cancelled', 'lost', 'lost run found', 'stray run', 'stray refused'] as const)(
  'operators are told what a person has to do: %s',
  (about) => {
    const of =
      about === 'hung' || about === 'not cancelled'
        ? deployment('hung')
        : about === 'lost run found'
          ? deployment('deploying')
          : ended('lost', { run: null });
    const message = operatorNewsMessage(
      { about, service: 'shop', repository: 'acme/shop', deployment: of, change: newer, url },
      names,
    );
    expectFit(message);
    expect(message.text).toMatch(/^shop bbbbbbb “Newer title” /);
    expect(seen(message.blocks).split('\n')).toHaveLength(3);
  },
);
