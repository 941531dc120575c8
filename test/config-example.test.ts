import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { notYet } from '../src/config/not-yet.js';
import { fileSchema, jsonSchema } from '../src/config/schema.js';
import { type ConfigProblems, loadConfig } from '../src/config.js';

const example = readFileSync('pushbutton.example.yml', 'utf8');
const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};

/** A setting that is commented out: `#` with no space behind it, or a line of its list. */
const commentedOut = /^(\s*)#(?! [^ ]|$)/;
/** Each run of such lines, as the numbers of its first and last line. */
function blocks(lines: string[]): [number, number][] {
  return lines.flatMap((line, first) => {
    if (!commentedOut.test(line) || commentedOut.test(lines[first - 1] ?? '')) return [];
    let last = first;
    while (commentedOut.test(lines[last + 1] ?? '')) last++;
    return [[first, last] as [number, number]];
  });
}
/** The example with these lines in force; `mode` and `approvals` then stand in place of the line they would repeat. */
function uncommented([first, last]: [number, number]): string {
  const lines = example.split('\n');
  const changed = lines.map((line, at) => (at >= first && at <= last ? line.replace(commentedOut, '$1') : line));
  const key = changed[first]?.trim().split(':')[0];
  if (changed[first - 1]?.trim().split(':')[0] === key) changed.splice(first - 1, 1);
  return changed.join('\n');
}

test('the example loads without a problem', () => {
  const config = loadConfig(env, () => example);
  expect(config.services.map(({ name }) => name)).toEqual(['shop']);
});

test('each commented-out block is right by the schema and is what this version does not carry out', () => {
  const found = blocks(example.split('\n'));
  const settings = found.map((block) => {
    const text = uncommented(block);
    expect(fileSchema.safeParse(parse(text)).error).toBeUndefined();
    try {
      loadConfig(env, () => text);
    } catch (error) {
      return (error as ConfigProblems).problems.map(({ setting }) => setting).join();
    }
    return 'no problem';
  });
  expect(settings.sort()).toEqual(notYet.map(({ setting }) => `services[0].${setting}`).sort());
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

test('the JSON Schema describes every setting', () => {
  const bare = settingsOf(JSON.parse(jsonSchema())).filter(
    ([, setting]) => !setting.description && !setting.properties,
  );
  expect(bare.map(([key]) => key)).toEqual(['days', 'from', 'to', 'from', 'to']);
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
