import path from 'node:path';
import { filesIn, SRC, source } from './support/sources.js';

interface Import {
  readonly from: string;
  /** A file of ours, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}
const IMPORTS: readonly Import[] = SRC.flatMap((from) =>
  [...source(from).matchAll(/^(?:import|export)\s+(?:(type\s)?[^;']*?from\s+)?'([^']+)'/gms)].map((match): Import => {
    const named = match[2] as string;
    const to = named.startsWith('.') ? path.posix.join(path.posix.dirname(from), named).replace(/\.js$/, '.ts') : named;
    const names = match[0].slice(match[0].indexOf('{') + 1, match[0].indexOf('}')).split(',');
    const onlyTypes = match[0].includes('{') && names.every((name) => /^\s*(type\s|$)/.test(name));
    return { from, to, typeOnly: match[1] !== undefined || onlyTypes };
  }),
);

type Rule = string | { readonly types: string };
const CORE = 'src/core/';
/** What each part may import: the beginning of a path, or a package; `types` are erased and bind nothing. */
const MAY: readonly (readonly [part: string, may: readonly Rule[]])[] = [
  [CORE, [CORE]],
  [
    'src/slack/views/',
    [CORE, 'src/slack/views/', 'src/slack/limits.ts', 'src/slack/buttons.ts', { types: '@slack/types' }],
  ],
  ['src/slack/limits.ts', []],
  ['src/slack/buttons.ts', ['src/slack/limits.ts', { types: '@slack/types' }]],
  // The doctor's looks: each knows one vendor, and whoever composes them knows all.
  [
    'src/slack/checks/',
    [CORE, 'src/slack/checks/', 'src/slack/client.ts', 'src/slack/people.ts', 'yaml', 'zod', 'node:'],
  ],
  ['src/github/checks/', [CORE, 'src/github/checks/', 'src/github/client.ts', 'yaml', 'zod']],
  [
    'src/slack/',
    [
      ...[
        CORE,
        'src/slack/',
        'src/db/',
        '@slack/bolt',
        { types: '@slack/types' },
        'fastest-levenshtein',
        { types: 'pg' },
      ],
      ...['src/crash-points.ts', 'src/flow/deliver.ts', 'src/flow/receive.ts', 'src/waits/', 'node:'],
    ],
  ],
  [
    'src/github/',
    [
      ...[CORE, 'src/github/', 'src/db/', 'octokit', 'zod', 'htmlparser2', 'yauzl', { types: 'pg' }, 'node:'],
      ...['src/crash-points.ts', 'src/waits/', { types: 'src/flow/receive.ts' }, { types: 'src/flow/deliver.ts' }],
    ],
  ],
  [
    'src/db/',
    [
      CORE,
      'src/crash-points.ts',
      'src/db/',
      'src/package-root.ts',
      'src/waits/',
      'pg',
      'graphile-worker',
      'node-pg-migrate',
      'node:',
    ],
  ],
  [
    'src/jobs/',
    [
      CORE,
      'src/jobs/',
      'src/db/',
      'node-cron',
      'graphile-worker',
      { types: 'pg' },
      { types: 'src/flow/receive.ts' },
      'node:',
    ],
  ],
  ['src/http/metrics.ts', [CORE, { types: 'src/db/' }, 'src/waits/', 'prom-client']],
  ['src/http/', ['src/http/', 'src/waits/', 'node:']],
  ['src/waits/', ['node:']],
  ['src/log', ['src/log/', 'pino', 'pino-pretty', { types: '@slack/bolt' }, 'graphile-worker', 'node:']],
  ['src/config', [CORE, 'src/config/', 'src/log/', 'zod', 'yaml', 'node-cron', 'fastest-levenshtein', 'node:']],
  ['src/crash-points.ts', []],
  [
    'src/flow/perform.ts',
    [
      CORE,
      'src/crash-points.ts',
      'src/db/',
      'src/flow/outcome.ts',
      'src/flow/stop.ts',
      'src/flow/read-target.ts',
      { types: 'pg' },
    ],
  ],
  ['src/flow/stop.ts', [CORE, 'src/db/', 'src/flow/outcome.ts', { types: 'pg' }]],
  ['src/flow/outcome.ts', [CORE, 'src/db/']],
  ['src/flow/read-target.ts', [CORE, 'src/db/']],
  ['src/commits/commits.ts', [CORE, 'src/github/', 'src/waits/', 'src/commits/', { types: 'pg' }]],
  [
    'src/commits/',
    [CORE, 'src/db/', ...[{ types: 'pg' }, { types: 'src/github/authors.ts' }, { types: 'src/commits/compare.ts' }]],
  ],
  ['src/flow/deliver.ts', ['src/db/', { types: 'pg' }, { types: 'graphile-worker' }]],
  ['src/flow/receive.ts', ['src/crash-points.ts', 'src/db/', { types: 'pg' }]],
  ['src/flow/gather.ts', [CORE, 'src/db/', 'node:', { types: 'pg' }]],
  ['src/audit/audit.ts', ['src/audit/', 'src/config', 'src/db/', { types: 'commander' }, 'node:']],
  ['src/audit/', ['src/audit/', 'src/db/', 'node:']],
  ['src/package-root.ts', ['node:']],
  ['src/main.ts', ['src/', 'node:']],
  ['src/doctor/doctor.ts', ['src/', 'node:']],
  ['src/doctor/report.ts', [CORE, 'commander', 'node:']],
  ['src/doctor/wire.ts', []],
  ['src/doctor/', [CORE, 'src/config/config.ts', 'src/jobs/digest.ts', { types: 'src/slack/checks/' }]],
  [
    'src/cli.ts',
    [
      'src/main.ts',
      'src/audit',
      'src/doctor',
      'src/config',
      'src/log',
      'src/db/',
      'src/slack/identity.ts',
      'commander',
      'node:',
    ],
  ],
];

const fits = ({ to, typeOnly }: Import, rule: Rule): boolean =>
  typeof rule === 'string' ? to.startsWith(rule) : typeOnly && to.startsWith(rule.types);
const ruleOf = (file: string) => MAY.find(([part]) => file.startsWith(part));

test('every file belongs to a part, and imports what its part may import', () => {
  expect(IMPORTS.length).toBeGreaterThan(200);
  expect(SRC.filter((file) => !ruleOf(file))).toEqual([]);
  const wrong = IMPORTS.filter((one) => !ruleOf(one.from)?.[1].some((rule) => fits(one, rule)));
  expect(wrong.map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`)).toEqual([]);
});
test('every import of ours leads to a file', () => {
  expect(IMPORTS.filter(({ to }) => to.startsWith('src/') && !SRC.includes(to))).toEqual([]);
});
test('nobody imports the start but the command line, and nothing is imported at run time by a name made up', () => {
  expect(IMPORTS.filter(({ to }) => to === 'src/main.ts').map(({ from }) => from)).toEqual(['src/cli.ts']);
  expect(IMPORTS.filter(({ to }) => to === 'src/cli.ts')).toEqual([]);
  expect(SRC.filter((file) => /\bimport\(/.test(source(file)))).toEqual([]);
});
test('core knows no clock, no chance and no environment', () => {
  const impure = /\bDate\.now\b|new Date\(\)|Math\.random|process\.|\bfetch\(|setTimeout|console\.|performance\./;
  expect(SRC.filter((file) => file.startsWith(CORE) && impure.test(source(file)))).toEqual([]);
});

test.each([
  ['src', 250],
  ['sandbox', 250],
  ['bench', 250],
  ['test', 300],
] as const)('no file of %s is longer than %i lines', (folder, most) => {
  const long = filesIn(folder).map((file) => [file, source(file).trimEnd().split('\n').length] as const);
  expect(long.filter(([, lines]) => lines > most)).toEqual([]);
});
test('there are no barrels, and no folders for whatever has no name', () => {
  const all = [...SRC, ...filesIn('sandbox')];
  expect(all.filter((file) => /\/(utils?|helpers?|types|common|shared)\//.test(file))).toEqual([]);
  expect(all.filter((file) => /\/index\.ts$/.test(file))).toEqual([]);
  const passedOn = all.filter((file) => /^export \* from/m.test(source(file)));
  expect(passedOn).toEqual([]);
});
