// Turns the JSON Schema of the config into the reference in docs/configuration.md: a table for each mapping.

const BEGIN = '<!-- Written by scripts/schema.js from src/config/schema.ts; edit the descriptions there. -->';
const END = '<!-- End of what scripts/schema.js wrote. -->';

/** What each pattern of the schema means in plain words. */
const FORMS = {
  '\\S': 'text',
  '^[CG][A-Z0-9]{2,}$': 'channel id',
  '^[UW][A-Z0-9]{2,}$': 'user id',
  '^(?:[UW][A-Z0-9]{2,}|tool)$': 'user id or `tool`',
  '^[UWS][A-Z0-9]{2,}$': 'user or group id',
  '^[A-Za-z0-9][\\w-]*$': 'GitHub login',
  '^(?!github-actions$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$': 'slug of an App',
  '^(?!github-actions\\[bot\\]$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\[bot\\])?$': 'GitHub login',
  '^[a-z0-9][a-z0-9._-]{0,39}$': 'up to 40 of `a-z`, `0-9`, `.`, `-`, `_`',
  '^[a-z0-9][a-z0-9-]{0,19}$': 'up to 20 of `a-z`, `0-9`, `-`',
  '^[A-Za-z0-9][\\w-]*\\/[\\w.-]+$': '`owner/name`',
  '^[^/\\s][^/]*\\.ya?ml$': 'workflow file name',
  '^(?!-|\\/|refs\\/)(?!.*(?:\\.\\.|\\/$))[^\\s~^:?*[\\]\\\\]+$': 'Git ref name',
  '^(?!(?:sha|deploy_id|requested_by)$)[A-Za-z_][\\w-]*$': 'input name',
  '^(?!(?:sha|deploy_id|requested_by|stage)$)[A-Za-z_][\\w-]*$': 'input name',
  '^\\d+(?:\\.\\d+)?[smhd]$': 'duration',
  '^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$': 'time, `HH:MM`',
  '^\\d{4}-\\d\\d-\\d\\d$': 'date',
  '^.{1,200}$': 'pattern',
  '^.{1,300}$': 'URL with `{id}`',
  '^\\S{1,600}$': 'URL',
  '^[A-Z][A-Z0-9_]*$': 'name of a variable',
};

/** The document with the reference of this schema between its two marks. */
export function withReference(document, schema) {
  const [before, rest, ...more] = document.split(BEGIN);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (after === undefined || more.length + others.length > 0)
    throw new Error(`the document needs the line "${BEGIN}" and, below it, "${END}", once each`);
  const sections = [
    ['### Top level', tableOf(schema, '')].join('\n\n'),
    ...mappingsIn(schema, '').map(({ path, of }) => sectionOf(path, of)),
  ];
  return [before, BEGIN, '\n\n', sections.join('\n\n'), '\n\n', END, after].join('');
}

function sectionOf(path, of) {
  const forms = of.anyOf ?? [of];
  const tables = forms.map((form) =>
    of.anyOf ? `${form.description} Its keys:\n\n${tableOf(form, path)}` : tableOf(form, path),
  );
  return [`### ${path}`, ...(of.description ? [of.description] : []), ...tables].join('\n\n');
}

/** Every mapping below the top level that has keys of its own, in the order of the config, with its path. */
function mappingsIn(schema, path) {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const of = orList(value) ?? value.items ?? value;
    if (!hasKeys(value)) return [];
    const inner = path ? `${path}.${key}` : key;
    const described = of.description || !value.description ? of : { ...of, description: value.description };
    return [{ path: inner, of: described }, ...mappingsIn(of, inner)];
  });
}

function tableOf({ properties, required = [] }, path) {
  const rows = Object.entries(properties).map(([key, value]) => {
    const preset = required.includes(key) ? '**required**' : presetOf(value);
    const form = formOf(value).replace(/mappings?/, (word) =>
      hasKeys(value) ? `[${word}](#${anchorOf(path, key)})` : word,
    );
    return `| \`${key}\` | ${form} | ${preset} | ${value.description.replaceAll('|', '\\|')} |`;
  });
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

const hasKeys = ({ items, ...value }) => Boolean((items ?? value).properties ?? (items ?? value).anyOf);

/** What may stand there alone or in a list; undefined for any other value. */
const orList = ({ anyOf }) => (anyOf?.[1]?.type === 'array' ? anyOf[0] : undefined);

/** The anchor that GitHub gives the heading of a section. */
const anchorOf = (path, key) => `${path}${key}`.toLowerCase().replace(/[^\w-]/g, '');

function presetOf({ default: preset }) {
  if (preset === undefined || (typeof preset === 'object' && Object.keys(preset).length === 0)) return '—';
  return `\`${preset}\``;
}

function formOf(value) {
  if (value.const !== undefined) return `\`${value.const}\``;
  if (value.enum) return value.enum.map((one) => `\`${one}\``).join(', ');
  if (orList(value)) return 'mapping, or a list of several';
  if (value.anyOf || value.properties) return 'mapping';
  if (value.type === 'array') {
    const { items } = value;
    return items.enum ? `list of ${formOf(items)}` : `list of ${formOf(items)}s`;
  }
  if (value.type === 'object') {
    const { propertyNames, additionalProperties } = value;
    return `mapping, ${formOf(propertyNames)} to ${formOf(additionalProperties)}`;
  }
  if (Array.isArray(value.type)) return value.type.map((one) => one.replace('string', 'text')).join(', ');
  if (value.type === 'boolean') return '`true` or `false`';
  if (value.type === 'integer') return `whole number, ${value.minimum} or more`;
  const form = FORMS[value.pattern];
  if (!form) throw new Error(`scripts/reference.js has no words for the pattern ${value.pattern}`);
  return form;
}
