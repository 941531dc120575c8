import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'yaml';
import { type ConfigProblems, loadConfig } from '../src/config/config.js';
import type { CardState } from '../src/core/card.js';
import { cardMessage } from '../src/slack/views/card.js';
import { COMMANDS } from '../src/slack/views/help.js';
import { blocks, codeIn, documents, section, table, textOf } from './support/documents.js';
import { freshDatabase } from './support/postgres.js';
import { card, everyState, ships } from './views/given.js';
import { buttonsIn, seen } from './views/reading.js';

const readme = textOf('README.md');
const setup = textOf('docs/setup.md');
const configuration = textOf('docs/configuration.md');

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
  CHANGE_TICKET_SECRET: `whsec_${Buffer.alloc(32, 'k').toString('base64')}`,
};

describe.each(documents)('$name', ({ text }) => {
  test('every path of the repository that is named exists', () => {
    const folders = 'src|test|sandbox|scripts|migrations|examples|docs|bin|\\.ci';
    const named = [...text.matchAll(new RegExp(`(?:^|[\\s\`(])((?:${folders})/[\\w./-]*)(?!\\*)`, 'gm'))]
      .map((match) => (match[1] ?? '').replace(/\.$/, ''))
      .filter((one) => !text.includes(`${one}*`));
    expect(named.filter((one) => !existsSync(one))).toEqual([]);
  });

  test('every npm script that is named exists', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test('every sample of the config is right, a part of one too', () => {
    const smallest = parse(blocks(readme, 'yaml')[0] ?? '');
    for (const sample of blocks(text, 'yaml')) {
      const whole = { ...smallest, ...parse(sample) };
      expect(() => loadConfig(env, () => JSON.stringify(whole))).not.toThrow();
      if (/^services:/m.test(sample)) expect(() => loadConfig(env, () => sample)).not.toThrow();
    }
  });
});

test('there are samples to check', () => {
  expect(blocks(readme, 'yaml').length).toBeGreaterThanOrEqual(1);
  expect(blocks(configuration, 'yaml').length).toBeGreaterThanOrEqual(2);
  expect(blocks(setup, 'yaml').length).toBeGreaterThanOrEqual(1);
});

test('the table of variables names those that are read, no others', () => {
  const read = new Set<string>();
  const watched = new Proxy({} as Record<string, string>, {
    get: (_, name) => {
      read.add(String(name));
      return undefined;
    },
  });
  expect(() => loadConfig(watched, () => '')).toThrow();
  const told = table(configuration, '| variable | meaning |').flatMap(([variable]) => codeIn(variable));
  expect([...told].sort()).toEqual([...read].sort());
});

test('the table of commands is the one of /release help', () => {
  const told = table(textOf('docs/commands.md'), '| typed | answer |').map(([typed, answer]) => [
    codeIn(typed)[0],
    answer,
  ]);
  expect(told).toEqual(COMMANDS.map(({ usage, does }) => [usage, does]));
});

describe('the table of cards', () => {
  const concepts = textOf('docs/concepts.md');
  const rows = table(concepts, '| the card says | when | buttons |').map(([says, , buttons = '']) => ({
    words: codeIn(says)[0] ?? '',
    buttons: [...buttons.matchAll(/\*\*([^*]+)\*\*/g)].map((match) => match[1] ?? ''),
    none: buttons === 'none',
  }));
  /** The state with the most buttons. */
  const widest = (state: CardState): CardState =>
    state.is === 'live until an outside run' ? { ...state, deployable: true, ships: ships() } : state;

  test.each(everyState.map((state) => [state.is, state] as const))('%s', (_, state) => {
    const { blocks: drawn } = cardMessage(card(widest(state)));
    const line = seen(drawn).split('\n')[2]?.trim() ?? '';
    // The longest words that fit: "live" begins two rows.
    const [row] = rows.filter(({ words }) => line.startsWith(words)).sort((a, b) => b.words.length - a.words.length);
    expect(row?.buttons).toEqual(buttonsIn(drawn).map(({ label }) => label));
    expect(row?.none).toBe(row?.buttons.length === 0);
  });

  test('has a row for each state', () => expect(rows).toHaveLength(everyState.length));
});

test('the table of scopes is the one of the manifest', () => {
  const { bot, bot_optional: optional } = parse(readFileSync('manifest.yml', 'utf8')).oauth_config.scopes;
  const rows = table(setup, '| scope | for |').map(([scope, why = '']) => ({ scope: codeIn(scope)[0], why }));
  expect(rows.map(({ scope }) => scope).sort()).toEqual([...bot].sort());
  expect(rows.filter(({ why }) => why.startsWith('optional')).map(({ scope }) => scope)).toEqual(optional);
});

test('the permissions are those that the doctor asks for, in the words of GitHub', () => {
  const asked = readFileSync('src/github/checks/permissions.ts', 'utf8').matchAll(/setting: '([^']+)'/g);
  const told = table(setup, '| permission | why |').map(([permission]) => permission);
  expect(told).toEqual([...asked].map((match) => match[1]));
});

test('the problems of a start that are shown are what a start says', () => {
  const asks = `${blocks(readme, 'yaml')[0]}    mode: continous\n`;
  let lines: string[] = [];
  try {
    loadConfig({}, () => asks);
  } catch (error) {
    lines = (error as ConfigProblems).lines();
  }
  const shown = blocks(section(setup, '9. Set the environment and run the doctor'), 'text')
    .flatMap((block) => block.trim().split('\n'))
    .filter((line) => /^[\w.[\]]+: .*; expected /.test(line));
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(lines).toEqual(expect.arrayContaining(shown));
});

test('the query that checks the ledger finds the first line that was changed', async () => {
  const [query = ''] = blocks(textOf('docs/audit.md'), 'sql');
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const check = async () => (await client.query<{ min: string | null }>(query)).rows;
  try {
    expect(await check()).toEqual([{ min: null }]);
    for (const reason of ['one', 'two', 'three'])
      await client.query("insert into ledger (actor, kind, reason) values ('U0ALICE', 'requested', $1)", [reason]);
    expect(await check()).toEqual([{ min: null }]);
    await client.query('alter table ledger disable trigger ledger_is_append_only');
    await client.query("update ledger set reason = 'another' where seq = 2");
    expect(await check()).toEqual([{ min: '2' }]);
  } finally {
    await client.end();
    await database.drop();
  }
});
