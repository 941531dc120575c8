import path from 'node:path';
import { filesIn, SRC, source } from './support/sources.js';

interface Import {
  readonly from: string;
  /** A file of ours, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}
const IMPORTS: readonly Import[] = SRC.flatMap((from) =>
  [...source(from).matchAll(/(?:^(?:import|export)\s+(?:(type\s)?[^;']*?from\s+)?|\bawait import\()'([^']+)'/gms)].map(
    (match): Import => {
      const named = match[2] as string;
      const to = named.startsWith('.')
        ? path.posix.join(path.posix.dirname(from), named).replace(/\.js$/, '.ts')
        : named;
      const names = match[0].slice(match[0].indexOf('{') + 1, match[0].indexOf('}')).split(',');
      const onlyTypes = match[0].includes('{') && names.every((name) => /^\s*(type\s|$)/.test(name));
      return { from, to, typeOnly: match[1] !== undefined || onlyTypes };
    },
  ),
);

type Rule = string | { readonly types: string };
const CORE = 'src/core/';
const CRASH_POINTS = 'src/crash-points.ts';
const PG = { types: 'pg' };
const BLOCKS = { types: '@slack/types' };
const TRACING = { types: 'src/tracing/tracing.ts' };
/**
 * What each part may import: the beginning of a path, or a package; `types` are erased and bind nothing. The first line that
 * fits a file holds. A room imports from the rooms before it alone.
 */
const MAY: readonly (readonly [part: string, may: readonly Rule[]])[] = [
  ['src/crash-points.ts', []],
  ['src/package-root.ts', ['node:']],
  [CORE, [CORE]],
  ['src/waits/', ['node:']],
  ['src/log/', ['src/log/', 'pino', 'pino-pretty', { types: '@slack/bolt' }, 'graphile-worker', 'node:']],
  ['src/tickets/', [CORE, 'src/tickets/', 're2js']],
  // What an address answers; knows neither stages nor the config.
  ['src/checks/addresses.ts', ['node:']],
  ['src/checks/', [CORE, 'src/log/others-secrets.ts', 'src/checks/', 'undici', 'node:']],
  [
    'src/config/',
    [
      ...[CORE, 'src/config/', 'src/log/', 'src/tickets/', 'src/checks/addresses.ts'],
      ...['zod', 'yaml', 'node-cron', 'fastest-levenshtein', 'node:'],
    ],
  ],
  [
    'src/db/',
    [
      ...[CORE, CRASH_POINTS, 'src/package-root.ts', 'src/waits/', 'src/db/'],
      ...['pg', 'graphile-worker', 'node-pg-migrate', 'node:'],
    ],
  ],
  // Taking in, gathering, performing and delivering know nothing of each other.
  ['src/flow/receive.ts', ['src/core/pauses.ts', CRASH_POINTS, 'src/db/', PG]],
  ['src/flow/why.ts', [CORE, 'src/db/', { types: 'src/flow/gather-deps.ts' }, 'node:timers/']],
  ['src/flow/gather-deps.ts', [CORE, PG]],
  ['src/flow/gather.ts', [CORE, 'src/waits/', 'src/db/', { types: 'src/flow/gather-deps.ts' }, PG, 'node:timers/']],
  ['src/flow/traced.ts', [TRACING, { types: 'src/flow/' }, { types: 'src/db/inbox.ts' }]],
  ['src/flow/at-once.ts', [CRASH_POINTS, 'src/db/', PG]],
  ['src/flow/deliver.ts', ['src/core/pauses.ts', 'src/db/', TRACING, PG, { types: 'graphile-worker' }]],
  [
    'src/flow/',
    [
      ...[CORE, CRASH_POINTS, 'src/db/', 'src/flow/outcome.ts', 'src/flow/read-target.ts', 'src/flow/stop.ts'],
      ...[
        'src/flow/decide-together.ts',
        'src/flow/or-alone.ts',
        'src/flow/job-moved.ts',
        'src/flow/runs-seen.ts',
        TRACING,
        { types: 'src/flow/at-once.ts' },
        PG,
        'node:',
      ],
    ],
  ],
  // What test runners write; knows nothing of where it comes from.
  ['src/test-reports/', [CORE, 'src/log/others-secrets.ts', 'src/test-reports/', 'htmlparser2', 'yauzl', 'node:']],
  // What a job's log says; knows nothing of where it comes from.
  ['src/job-logs/', ['src/log/others-secrets.ts', 'src/job-logs/']],
  // The doctor's looks: each knows one vendor, and whoever composes them knows all.
  ['src/github/checks/', [CORE, 'src/github/checks/', 'src/github/client.ts', 'yaml', 'zod', 'fastest-levenshtein']],
  [
    'src/github/',
    [
      ...[
        CORE,
        CRASH_POINTS,
        'src/waits/',
        'src/db/',
        { types: 'src/flow/receive.ts' },
        { types: 'src/flow/deliver.ts' },
      ],
      ...[
        'src/test-reports/',
        'src/job-logs/',
        'src/log/others-secrets.ts',
        'src/github/',
        'octokit',
        'zod',
        TRACING,
        PG,
        'node:',
      ],
    ],
  ],
  ['src/commits/commits.ts', [CORE, 'src/waits/', 'src/github/', 'src/commits/', PG]],
  ['src/commits/touching.ts', [CORE, 'src/db/', 'src/waits/', { types: 'src/github/commit-files.ts' }, PG, 'node:']],
  [
    'src/commits/',
    [
      ...[CORE, 'src/db/', { types: 'src/github/authors.ts' }, PG],
      ...[{ types: 'src/commits/compare.ts' }, { types: 'src/commits/touching.ts' }],
    ],
  ],
  ['src/slack/limits.ts', []],
  ['src/slack/buttons.ts', ['src/slack/limits.ts', BLOCKS]],
  ['src/slack/views/', [CORE, 'src/slack/views/', 'src/slack/limits.ts', 'src/slack/buttons.ts', BLOCKS]],
  [
    'src/slack/checks/',
    [CORE, 'src/slack/checks/', 'src/slack/client.ts', 'src/slack/people.ts', 'yaml', 'zod', 'node:'],
  ],
  [
    'src/slack/',
    [
      ...[CORE, CRASH_POINTS, 'src/waits/', 'src/db/', 'src/flow/receive.ts', 'src/flow/deliver.ts'],
      ...['src/slack/', '@slack/bolt', BLOCKS, 'fastest-levenshtein', TRACING, PG, 'node:'],
    ],
  ],
  [
    'src/change-management/',
    [CORE, CRASH_POINTS, 'src/db/', 'src/flow/deliver.ts', 'src/change-management/', PG, 'node:'],
  ],
  [
    'src/jobs/stage-checks.ts',
    [
      ...[CORE, CRASH_POINTS, 'src/checks/ask.ts', 'src/config/proxy.ts', 'src/db/', PG],
      ...[{ types: 'src/config/config.ts' }, { types: 'src/flow/deliver.ts' }],
    ],
  ],
  [
    'src/jobs/',
    [
      CORE,
      'src/db/',
      'src/waits/',
      { types: 'src/flow/receive.ts' },
      'src/jobs/',
      'node-cron',
      'graphile-worker',
      PG,
      'node:',
    ],
  ],
  ['src/http/metrics.ts', [CORE, 'src/waits/', { types: 'src/db/' }, 'prom-client']],
  ['src/http/', ['src/waits/', 'src/http/', 'node:']],
  ['src/audit/audit.ts', [CORE, 'src/config/', 'src/db/', 'src/audit/', { types: 'commander' }, 'node:']],
  ['src/audit/', ['src/db/', 'src/audit/', 'node:']],
  [
    'src/doctor/doctor.ts',
    [
      ...[CORE, 'src/package-root.ts', 'src/log/', 'src/config/', 'src/db/', 'src/github/', 'src/slack/'],
      ...['src/doctor/', 'src/change-management/', 'src/tracing/check.ts', 'src/outbound.ts', 'node:'],
    ],
  ],
  ['src/doctor/report.ts', [CORE, 'commander', 'node:']],
  ['src/doctor/authorities.ts', [CORE, 'node:']],
  ['src/doctor/wire.ts', []],
  [
    'src/doctor/',
    [
      CORE,
      'src/config/config.ts',
      'src/config/proxy.ts',
      { types: 'src/config/change-ticket.ts' },
      'src/jobs/upcoming.ts',
      'src/doctor/authorities.ts',
      { types: 'src/slack/checks/' },
    ],
  ],
  ['src/outbound.ts', ['src/config/proxy.ts', 'undici']],
  // Whoever is traced knows nothing of how; the packages are optional, and one file loads them.
  ['src/tracing/packages.ts', ['@opentelemetry/', 'node:async_hooks']],
  [
    'src/tracing/',
    ['src/core/check.ts', 'src/waits/', 'src/package-root.ts', 'src/tracing/', { types: '@opentelemetry/' }, 'node:'],
  ],
  ['src/main.ts', ['src/', 'node:']],
  [
    'src/cli.ts',
    [
      ...[
        'src/log/',
        'src/config/',
        'src/db/',
        'src/slack/token-refused.ts',
        'src/audit/',
        'src/doctor/',
        'src/main.ts',
        'src/tracing/packages.ts',
      ],
      ...['commander', 'node:'],
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
/** The files of ours that a file imports, by whatever kind of import. */
function importsOf(file: string, all: ReadonlySet<string>): string[] {
  const named = [...source(file).matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map(([, to = '']) =>
    path.posix.join(path.posix.dirname(file), to),
  );
  return named.flatMap((to) => [`${to}.ts`, `${to}.tsx`]).filter((to) => all.has(to));
}
/** Each circle once, by all who are in it. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const reachedFrom = (one: string) => {
    const found = new Set(imports.get(one));
    for (const other of found) for (const next of imports.get(other) ?? []) found.add(next);
    return found;
  };
  const all = [...imports.keys()];
  const leads = new Map(all.map((one) => [one, reachedFrom(one)]));
  const together = (one: string, other: string) => leads.get(one)?.has(other) && leads.get(other)?.has(one);
  const turning = all.filter((one) => together(one, one));
  return [...new Set(turning.map((one) => turning.filter((other) => together(one, other)).join(', ')))];
}
test('no file imports itself by way of others', () => {
  const files = new Set(['src', 'sandbox', 'bench', 'test'].flatMap(filesIn));
  const imports = new Map([...files].map((file) => [file, importsOf(file, files)]));
  expect([...imports.values()].flat().length).toBeGreaterThan(2_000);
  expect(circlesIn(imports)).toEqual([]);
});
test('no room imports itself by way of others', () => {
  const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');
  const files = new Set(SRC);
  const imports = new Map(SRC.map((file) => [roomOf(file), [] as string[]]));
  for (const from of SRC)
    for (const to of importsOf(from, files).map(roomOf)) if (to !== roomOf(from)) imports.get(roomOf(from))?.push(to);
  expect(imports.get('src/flow')).toContain('src/core');
  expect(circlesIn(imports)).toEqual([]);
});
test('nobody imports the start but the command line, and nothing is imported at run time by a name made up', () => {
  expect(new Set(IMPORTS.filter(({ to }) => to === 'src/main.ts').map(({ from }) => from))).toEqual(
    new Set(['src/cli.ts']),
  );
  expect(IMPORTS.filter(({ to }) => to === 'src/cli.ts')).toEqual([]);
  const loading = SRC.filter((file) => /\bimport\(/.test(source(file)));
  expect(loading.filter((file) => /\bimport\((?!'[.@:\w])/.test(source(file)))).toEqual([]);
  // A command loads what it needs; everything else is loaded at the start, so that nothing is missing later. What makes
  // traces is optional, and is loaded at the start, too, when they are asked for.
  expect(loading).toEqual(['src/cli.ts', 'src/tracing/packages.ts']);
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
