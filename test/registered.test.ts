import { parse } from 'yaml';
import type { Json } from '../sandbox/slack/block-kit/check.js';
import { buttonsIn } from '../sandbox/slack/buttons.js';
import { CRASH_POINTS } from '../src/crash-points.js';
import { BUTTONS } from '../src/slack/buttons.js';
import { onOnePage } from '../src/slack/service-page.js';
import { cardMessage } from '../src/slack/views/card.js';
import { doneMessage } from '../src/slack/views/done.js';
import { COMMANDS } from '../src/slack/views/help.js';
import { homeUnread } from '../src/slack/views/home.js';
import { announcementMessage } from '../src/slack/views/notes.js';
import { refusalMessage } from '../src/slack/views/refusal.js';
import { statusMessage } from '../src/slack/views/status.js';
import { SRC, source } from './support/sources.js';
import { card, deployment, everyState, names, newer, standings, status } from './views/given.js';

/** What is named in one place is known in the other. */

const manifest = parse(source('manifest.yml'));

test('a replica may die where it says so, and the fault suite kills it at each of these places', () => {
  const places = SRC.flatMap((file) => [...source(file).matchAll(/\breached\('([^']+)'\)/g)].map((match) => match[1]));
  // Each has its death in test/faults/crash-matrix.ts, by its type.
  expect(places.sort()).toEqual([...CRASH_POINTS].sort());
});

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
    statusMessage({ ...onOnePage({ statuses: [status()], names }), page: 2, pages: 3 }, 'UTC'),
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

test('every command that help names is carried out, and what is listened to is in the manifest', () => {
  const commands = source('src/slack/understand.ts');
  for (const { word } of COMMANDS) expect(commands).toContain(`case '${word}':`);
  const listened = [...source('src/slack/app.ts').matchAll(/app\.command\('([^']+)'/g)].map((match) => match[1]);
  const events = [...source('src/slack/app.ts').matchAll(/app\.event\('([^']+)'/g)].map((match) => match[1]);
  const shortcuts = [...source('src/slack/app.ts').matchAll(/app\.shortcut\(\{ callback_id: '([^']+)'/g)].map(
    (match) => match[1],
  );
  const { features, settings } = manifest;
  expect(shortcuts).toEqual(features.shortcuts.map((one: { callback_id: string }) => one.callback_id));
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
  'conversations.replies': ['channels:history', 'groups:history'],
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
  expect(needed.sort()).toEqual(['conversations.history', 'conversations.replies']);
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
    ...(/interface Jobs \{([\s\S]*?)\n\}/.exec(source('src/db/job-names.ts'))?.[1] ?? '').matchAll(
      /^ {2}'?([a-z -]+)'?: \{/gm,
    ),
  ];
  expect(jobs.length).toBeGreaterThan(10);
  const handlers = ['github/jobs', 'slack/jobs', 'change-management/change-tickets', 'jobs/stage-checks']
    .map((file) => source(`src/${file}.ts`))
    .join('\n');
  for (const [, name] of jobs) expect(handlers).toMatch(new RegExp(`^ {4}'?${name}'?: (async )?\\(`, 'm'));
});

/** What may be done once more after a death: it is told to one person, or is the request of somebody who has such an instant. */
const REPEATABLE = ['src/github/orders.ts', 'src/slack/notes.ts', 'src/slack/operators.ts', 'src/slack/tell.ts'];
test('whoever writes to Slack or GitHub says where a replica may die beside it, or may do it twice', () => {
  const writes = SRC.filter((file) => /chat\.(postMessage|update|postEphemeral)\(|'POST \/repos/.test(source(file)));
  const mortal = writes.filter((file) => /\breached\('/.test(source(file)));
  expect(writes.filter((file) => !mortal.includes(file)).sort()).toEqual(REPEATABLE);
  expect(mortal.length).toBeGreaterThan(1);
});
