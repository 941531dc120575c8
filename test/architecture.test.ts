import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../sandbox/slack/block-kit/check.js';
import { buttonsIn } from '../sandbox/slack/buttons.js';
import { BUTTONS } from '../src/slack/buttons.js';
import { cardMessage } from '../src/slack/views/card.js';
import { doneMessage } from '../src/slack/views/done.js';
import { COMMANDS } from '../src/slack/views/help.js';
import { homeUnread } from '../src/slack/views/home.js';
import { announcementMessage } from '../src/slack/views/notes.js';
import { refusalMessage } from '../src/slack/views/refusal.js';
import { card, deployment, everyState, names, newer, standings } from './views/given.js';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .sort();
const source = (file: string) => readFileSync(file, 'utf8');
const SRC = filesIn('src');

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
      ...['src/deliver.ts', 'src/receive.ts', 'node:'],
    ],
  ],
  [
    'src/github/',
    [
      ...[CORE, 'src/github/', 'src/db/', 'octokit', 'zod', 'htmlparser2', 'yauzl', { types: 'pg' }, 'node:'],
      ...[{ types: 'src/receive.ts' }, { types: 'src/deliver.ts' }],
    ],
  ],
  ['src/db/', [CORE, 'src/db/', 'src/package-root.ts', 'pg', 'graphile-worker', 'node-pg-migrate', 'node:']],
  [
    'src/jobs/',
    [
      CORE,
      'src/jobs/',
      'src/db/',
      'node-cron',
      'graphile-worker',
      { types: 'pg' },
      { types: 'src/receive.ts' },
      'node:',
    ],
  ],
  ['src/http/', ['src/http/', 'src/within.ts', 'node:']],
  ['src/within.ts', []],
  ['src/metrics.ts', [CORE, { types: 'src/db/' }, 'src/within.ts', 'prom-client']],
  ['src/log', ['src/log/', 'src/log.ts', 'pino', 'pino-pretty', { types: '@slack/bolt' }, 'graphile-worker', 'node:']],
  [
    'src/config',
    [
      CORE,
      'src/config/',
      { types: 'src/config.ts' },
      'src/log/',
      'zod',
      'yaml',
      'node-cron',
      'fastest-levenshtein',
      'node:',
    ],
  ],
  ['src/perform.ts', [CORE, 'src/db/', 'src/finish.ts', 'src/perform-stop.ts', 'src/target.ts', { types: 'pg' }]],
  ['src/perform-stop.ts', [CORE, 'src/db/', 'src/finish.ts', { types: 'src/perform.ts' }]],
  ['src/finish.ts', [CORE, 'src/db/']],
  ['src/target.ts', [CORE, 'src/db/']],
  ['src/shipped.ts', [CORE, 'src/db/', ...[{ types: 'pg' }, { types: 'src/github/' }, { types: 'src/ships.ts' }]]],
  [
    'src/counting.ts',
    [
      ...[CORE, 'src/github/', 'src/shipped.ts', 'src/ships.ts'],
      ...[{ types: 'pg' }, { types: 'src/config/' }, { types: 'src/slack/' }],
    ],
  ],
  ['src/deliver.ts', ['src/db/', { types: 'pg' }, { types: 'graphile-worker' }]],
  ['src/receive.ts', ['src/db/', { types: 'pg' }]],
  [
    'src/gather.ts',
    [CORE, 'src/db/', 'node:', { types: 'pg' }, { types: 'src/ships.ts' }, { types: 'src/shipped.ts' }],
  ],
  ['src/ships.ts', [CORE, 'src/db/', { types: 'pg' }]],
  ['src/audit/', ['src/audit/', 'src/db/', 'node:']],
  ['src/audit.ts', ['src/audit/', 'src/config', 'src/db/', { types: 'commander' }, 'node:']],
  ['src/package-root.ts', ['node:']],
  ['src/main.ts', ['src/', 'node:']],
  ['src/doctor.ts', ['src/', 'node:']],
  ['src/doctor/report.ts', [CORE, 'commander', 'node:']],
  ['src/doctor/wire.ts', []],
  ['src/doctor/', [CORE, 'src/config.ts', 'src/jobs/digest.ts', { types: 'src/slack/checks/' }]],
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

const manifest = parse(source('manifest.yml'));
test('every button that is drawn is one of the list, and every one of the list is understood', () => {
  const actions = source('src/slack/actions.ts');
  for (const kind of Object.keys(BUTTONS))
    expect(actions).toMatch(new RegExp(`^\\s*'?${kind}'?: \\(|=== '${kind}'`, 'm'));
  const known = new Set<string>(Object.values(BUTTONS).map((one) => one.actionId));
  const asked = deployment('queued');
  const surfaces = [
    ...everyState.map((state) => cardMessage(card(state))),
    ...standings.map((stands) =>
      cardMessage(card({ is: 'passed staging', ships: null, after: null, rolledBack: null, stands })),
    ),
    homeUnread(),
    refusalMessage(
      { rule: 'too many changes', service: 'shop', sha: asked.sha, count: 3, most: 2, change: 'key' },
      names,
    ),
    doneMessage({ is: 'accepted', service: 'shop', change: newer, deployment: asked, mayReplace: true }, names),
    announcementMessage(asked, newer, names, 'UTC'),
  ];
  const drawn = surfaces.flatMap(({ blocks }) => buttonsIn(blocks as unknown as Json[]));
  expect(new Set(drawn.map((one) => one.action_id)).size).toBe(known.size);
  expect(drawn.filter((one) => !known.has(one.action_id))).toEqual([]);
  expect(source('src/slack/app.ts')).toMatch(/app\.action\(\/\.\*\//);
  // Buttons are made in one place only.
  const makers = SRC.filter((file) => /type: 'button'/.test(source(file)));
  expect(makers).toEqual(['src/slack/buttons.ts']);
});

test('every command that help names is carried out, and the one that is listened to is in the manifest', () => {
  const commands = source('src/slack/commands.ts');
  for (const { word } of COMMANDS) expect(commands).toContain(`case '${word}':`);
  const listened = [...source('src/slack/app.ts').matchAll(/app\.command\('([^']+)'/g)].map((match) => match[1]);
  const events = [...source('src/slack/app.ts').matchAll(/app\.event\('([^']+)'/g)].map((match) => match[1]);
  const { features, settings } = manifest;
  expect(listened).toEqual(features.slash_commands.map((one: { command: string }) => one.command));
  expect(events).toEqual(settings.event_subscriptions.bot_events);
});

// docs.slack.dev/reference/methods: what each method asks of a bot token; any one of them is enough.
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  // With an app-level token, whose scope no manifest names.
  'apps.connections.open': [],
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'usergroups.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};
test('every method of Slack that is called has its scope in the manifest', () => {
  const called = new Set(
    SRC.flatMap((file) =>
      [...source(file).matchAll(/\bclient\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map((match) => `${match[1]}`),
    ).filter(
      (name) =>
        !name.startsWith('release') && /^(auth|chat|conversations|users|usergroups|views|team|files|apps)\./.test(name),
    ),
  );
  expect(called.size).toBeGreaterThan(6);
  expect([...called].filter((name) => !(name in SCOPES))).toEqual([]);
  const { bot, bot_optional: optional } = manifest.oauth_config.scopes;
  for (const name of called) for (const scope of SCOPES[name] ?? []) expect(bot).toContain(scope);
  // Where a team may leave a scope out, the program has to get along without.
  const needed = [...called].filter((name) => SCOPES[name]?.some((scope) => optional.includes(scope)));
  expect(needed).toEqual(['conversations.history']);
});

/** The members of a union that are named by a field: `{ readonly effect: 'redraw'`. */
const named = (file: string, field: string) =>
  [...source(file).matchAll(new RegExp(`readonly ${field}: '([^']+)'`, 'g'))].map((match) => match[1] as string);
test('every effect becomes a job or a redraw, every job has its handler, every write is saved, every command decided', () => {
  const cases = (file: string) => [...source(file).matchAll(/case '([^']+)':/g)].map((match) => match[1] as string);
  const effects = named('src/core/decision.ts', 'effect');
  expect(effects.length).toBeGreaterThan(8);
  expect(effects.filter((one) => !cases('src/db/queue.ts').includes(one))).toEqual([]);
  const writes = named('src/core/decision.ts', 'write');
  expect(writes.filter((one) => !cases('src/db/save.ts').includes(one))).toEqual([]);
  const commands = named('src/core/command.ts', 'type');
  expect(commands.filter((one) => !cases('src/core/decide.ts').includes(one))).toEqual([]);
  const jobs = [
    ...(/interface Jobs \{([\s\S]*?)\n\}/.exec(source('src/db/queue.ts'))?.[1] ?? '').matchAll(
      /^ {2}'?([a-z -]+)'?: \{/gm,
    ),
  ];
  expect(jobs.length).toBeGreaterThan(10);
  const handlers = source('src/github/jobs.ts') + source('src/slack/jobs.ts');
  for (const [, name] of jobs) expect(handlers).toMatch(new RegExp(`^ {4}'?${name}'?: (async )?\\(`, 'm'));
});
