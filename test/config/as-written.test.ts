import { loadConfig } from '../../src/config/config.js';
import { readConfigFile } from '../../src/config/file.js';
import { at } from '../../src/config/raw.js';
import { jsonSchema } from '../../src/config/schema.js';

/** What editors know of the file; a pattern of `propertyNames` marks a mapping whose keys are names. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}
/** A place in the file with one value; a number in its path is a place in a list, `a_name` one that people choose. */
interface Leaf {
  readonly path: readonly (string | number)[];
  readonly types: readonly string[];
}

const NAME = 'a_name';

/** Each place of the schema that holds a value, once. */
function leaves(shape: Shape, path: readonly (string | number)[] = []): Leaf[] {
  const { type, properties = {}, additionalProperties, items, anyOf = [] } = shape;
  const inside = [
    ...Object.entries(properties).flatMap(([key, of]) => leaves(of, [...path, key])),
    ...(typeof additionalProperties === 'object' ? leaves(additionalProperties, [...path, NAME]) : []),
    ...(items ? leaves(items, [...path, 0]) : []),
    ...anyOf.flatMap((of) => leaves(of, path)),
  ];
  const types = [type ?? []].flat().filter((one) => one !== 'object' && one !== 'array');
  const own = types.length > 0 ? [{ path, types }] : [];
  const byPath = new Map<string, Leaf>();
  for (const leaf of [...own, ...inside]) {
    const key = leaf.path.join('.');
    const known = byPath.get(key)?.types ?? [];
    byPath.set(key, { path: leaf.path, types: [...new Set([...known, ...leaf.types])] });
  }
  return [...byPath.values()];
}

const ALL = leaves(JSON.parse(jsonSchema()) as Shape);
const TEXTS = ALL.filter(({ types }) => types.includes('string'));
const OTHERS = ALL.filter(({ types }) => !types.includes('string'));
const named = ({ path }: Leaf): string => path.join('.');

/** The text of a file with only this place in it. */
const fileWith = (path: readonly (string | number)[], value: string): string =>
  path.reduceRight<string>((inner, key) => (key === 0 ? `[${inner}]` : `{ ${key}: ${inner} }`), value);
const read = (text: string, path: readonly (string | number)[]): unknown =>
  at(readConfigFile(text, 'pushbutton.yml').raw, ...path);

/** Unquoted, YAML 1.2 or 1.1 reads each as a number, true, false, nothing or a date. */
const LOOK_ALIKES = [
  ...['0xC0FFEE', '0o17', '1e5', '007', '16', '-1', '1.10', '1_000', '.inf', '.NaN', '12:30'],
  ...['true', 'False', 'yes', 'no', 'on', 'off', 'y', 'null', 'Null', '2026-11-29', '2026-11-29T10:00:00Z'],
];

test('the walk finds every kind of place in the schema', () => {
  expect(TEXTS.map(named)).toEqual(
    expect.arrayContaining([
      ...['timezone', 'digest', 'channel', 'github.poll', 'people.a_name', 'operators.0', 'services.0.name'],
      ...['services.0.branch', 'services.0.staging.test_report', 'services.0.production.inputs.a_name'],
      ...['services.0.deployers.0', 'services.0.approvals.from.0', 'services.0.mode', 'services.0.timeout'],
      ...['services.0.freezes.0.days.0', 'services.0.freezes.0.from', 'services.0.freezes.0.reason'],
    ]),
  );
  expect(OTHERS.map((leaf) => [named(leaf), ...leaf.types])).toEqual([
    ['github.webhooks', 'boolean'],
    ['logs', 'boolean'],
    ['checks.private', 'boolean'],
    ['services.0.production.ask.0.yes_or_no', 'boolean'],
    ['services.0.production.ask.0.text', 'boolean'],
    ['services.0.production.ask.0.required', 'boolean'],
    ['services.0.production.stages.0.check.0.expect', 'integer'],
    ['services.0.production.stages.0.check.0.fails', 'integer'],
    ['services.0.approvals.required', 'integer'],
    ['services.0.approvals.authors', 'boolean'],
    ['services.0.rollback.approvals', 'integer'],
    ['services.0.rollback.checks', 'boolean'],
    ['services.0.max_changes', 'integer'],
    ['services.0.logs', 'boolean'],
  ]);
});

describe.each([
  ['', ''],
  [' under YAML 1.1', '%YAML 1.1\n---\n'],
])('a value that looks like something else%s', (_, head) => {
  test.each(TEXTS.map((leaf) => [named(leaf), leaf.path] as const))('is the text that was written: %s', (_, path) => {
    const texts = LOOK_ALIKES.map((written) => read(`${head}${fileWith(path, written)}`, path));
    expect(texts).toEqual(LOOK_ALIKES);
  });

  test.each(ALL.filter(({ path }) => path.includes(NAME)).map((leaf) => [named(leaf), leaf.path] as const))(
    'is a name as it was written: %s',
    (_, path) => {
      const above = path.slice(0, path.indexOf(NAME));
      const keys = LOOK_ALIKES.map((written) => {
        const text = fileWith(
          path.map((key) => (key === NAME ? written : key)),
          'x',
        );
        return Object.keys(read(`${head}${text}`, above) as object);
      });
      expect(keys).toEqual(LOOK_ALIKES.map((written) => [written]));
    },
  );

  test.each(OTHERS.map((leaf) => [named(leaf), leaf] as const))('is no text where none is wanted: %s', (_, leaf) => {
    const [plain, value] = leaf.types.includes('boolean') ? ['true', true] : ['5', 5];
    expect(read(`${head}${fileWith(leaf.path, plain)}`, leaf.path)).toBe(value);
    expect(read(`${head}${fileWith(leaf.path, `"${plain}"`)}`, leaf.path)).toBe(plain);
  });
});

test('a value left empty is missing, not an empty text', () => {
  const paths = ALL.map(({ path }) => path);
  expect(paths.map((path) => read(fileWith(path, '~'), path))).toEqual(paths.map(() => null));
  expect(read('services: [{ name: }]', ['services', 0, 'name'])).toBeNull();
});

test('one value used in two places is a text in one and a number in the other', () => {
  const text = 'services: [{ name: &both 0x10, max_changes: *both, approvals: &few { required: 1 }, rollback: *few }]';
  const [service] = at(readConfigFile(text, 'pushbutton.yml').raw, 'services') as unknown[];
  expect(service).toEqual({ name: '0x10', max_changes: 16, approvals: { required: 1 }, rollback: { required: 1 } });
});

test('a team whose names all look like something else starts', () => {
  const text = `
channel: C0RELEASES
people: { 0xC0FFEE: U0LEAD, 1e5: U0BOB, null: U0EVE }
services:
  - name: 007
    repository: 1e5/1_000
    branch: 2026-11-29
    staging: { workflow: 1.yml, test_report: null }
    production: { workflow: 2.yml, ref: 1.10, inputs: { _1e5: 2, region: null, dry: no, version: 1.10 } }
    deployers: [U0LEAD]
    freezes: [{ from: 2026-12-20, to: 2027-01-03, reason: 2026 }]
    max_changes: 0x10
`;
  const env = {
    SLACK_BOT_TOKEN: 'xoxb-1234567',
    SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
    GITHUB_TOKEN: 'ghp_abcdefghijk',
    GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
  };
  const config = loadConfig(env, () => text);
  expect(config.people).toEqual({ '0xc0ffee': 'U0LEAD', '1e5': 'U0BOB', null: 'U0EVE' });
  expect(config.services[0]).toMatchObject({
    name: '007',
    repository: '1e5/1_000',
    branch: '2026-11-29',
    staging: { testReport: 'null' },
    production: { ref: '1.10', inputs: { _1e5: '2', region: 'null', dry: 'no', version: '1.10' } },
    freezes: [{ from: '2026-12-20', to: '2027-01-03', reason: '2026' }],
    maxChanges: 16,
  });
});
