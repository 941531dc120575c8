import { readFileSync } from 'node:fs';
import { withReference } from '../../scripts/reference.js';
import { loadConfig } from '../../src/config/config.js';
import { jsonSchema } from '../../src/config/schema.js';

const example = readFileSync('pushbutton.example.yml', 'utf8');
const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};

test('the example loads without a problem', () => {
  const config = loadConfig(env, () => example);
  expect(config.services.map(({ name }) => name)).toEqual(['shop']);
});

test('nothing in the example is commented out: every setting is carried out', () => {
  expect(example.split('\n').filter((line) => /^\s*#(?! |$)/.test(line))).toEqual([]);
});

test('every key of the schema is in the example', () => {
  const keys = settingsOf(JSON.parse(jsonSchema())).map(([key]) => key);
  expect(keys).toContain('max_changes');
  expect(keys.filter((key) => !new RegExp(`(?:^[ #-]*|[{,] )${key}:`, 'm').test(example))).toEqual([]);
});

test('the JSON Schema in the repository is the one of the code: build, run scripts/schema.js, format', () => {
  expect(JSON.parse(readFileSync('pushbutton.schema.json', 'utf8'))).toEqual(JSON.parse(jsonSchema()));
  expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=./pushbutton.schema.json');
});

test('the reference in docs/configuration.md is the one of the schema: build, run scripts/schema.js, format', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  expect(page).toBe(withReference(page, JSON.parse(jsonSchema())));
});

test('the JSON Schema describes every setting', () => {
  const bare = settingsOf(JSON.parse(jsonSchema())).filter(
    ([, setting]) => !setting.description && !setting.properties,
  );
  expect(bare.map(([key]) => key)).toEqual([]);
});

type Schema = { properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[]; description?: string };
function settingsOf(schema: Schema): [string, Schema][] {
  const inside = [schema.items, ...(schema.anyOf ?? [])].flatMap((part) => (part ? settingsOf(part) : []));
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, part]): [string, Schema][] => [
    [key, part],
    ...settingsOf(part),
  ]);
  return [...own, ...inside];
}
