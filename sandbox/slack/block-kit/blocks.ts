import { chartKeys } from './chart.js';
import { boolean, byType, type Check, every, integer, isJson, list, object, oneOf, string, url } from './check.js';
import { image, inActions, inInput, inSection, onlyButtons } from './elements.js';
import { richText, richTextKeys } from './rich-text.js';
import { mrkdwn, plainText, text } from './text.js';

export type Surface = 'message' | 'modal' | 'home';

const id = { block_id: string(255) };

const textOrFields: Check = (value, path, report) => {
  if (isJson(value) && value.text === undefined && value.fields === undefined)
    report('missing required field: text or fields', path);
};

const cell = byType({ raw_text: object({ text: string(10_000) }), rich_text: richText });

const tableSize: Check = (value, path, report) => {
  const letters = isJson(value) ? countRawText(value.rows) : 0;
  if (letters > 10_000) report('table must be less than 10001 characters', `${path}/rows`);
};

function countRawText(rows: unknown): number {
  if (Array.isArray(rows)) return rows.reduce((sum: number, row) => sum + countRawText(row), 0);
  if (!isJson(rows)) return 0;
  const own = typeof rows.text === 'string' ? rows.text.length : 0;
  return own + countRawText(rows.elements);
}

const everywhere: Record<string, Check> = {
  section: every(
    object({}, { ...id, text: text(3000), fields: list(text(2000), 10), accessory: inSection, expand: boolean }),
    textOrFields,
  ),
  header: object({ text: plainText(150) }, { ...id, level: integer(1, 4) }),
  divider: object({}, id),
  context: object({ elements: list(contextElement(), 10) }, id),
  actions: object({ elements: list(inActions, 25) }, id),
  image: every(
    object(
      { alt_text: string(2000) },
      { ...id, title: plainText(2000), image_url: url, slack_file: object({}, { id: string(255), url: string(3000) }) },
    ),
    (value, path, report) => {
      if (isJson(value) && (value.image_url === undefined) === (value.slack_file === undefined))
        report('must provide either image_url or slack_file', path);
    },
  ),
  input: object(
    { label: plainText(2000), element: inInput },
    { ...id, hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  ),
  rich_text: object(richTextKeys, id),
};

function contextElement(): Check {
  return (value, path, report) => {
    if (isJson(value) && value.type === 'image') image(value, path, report);
    else text(3000)(value, path, report);
  };
}

const table = every(
  object(
    { rows: list(list(cell, 20), 100) },
    { ...id, column_settings: list(object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }), 20) },
  ),
  tableSize,
);

const card = every(
  object(
    {},
    {
      ...id,
      hero_image: image,
      icon: image,
      title: mrkdwn(150),
      subtitle: mrkdwn(150),
      body: mrkdwn(200),
      actions: list(onlyButtons, 3),
    },
  ),
  (value, path, report) => {
    if (isJson(value) && !['hero_image', 'title', 'actions', 'body'].some((key) => value[key] !== undefined))
      report('must provide one of hero_image, title, actions, body', path);
  },
);

const bySurface: Record<Surface, Check> = {
  message: byType({
    ...everywhere,
    table,
    card,
    markdown: object({ text: string(12_000) }, id),
    data_visualization: object(chartKeys, id),
  }),
  modal: byType({
    ...everywhere,
    alert: object({ text: text(200) }, { ...id, level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  }),
  home: byType(everywhere),
};

/** What one block on that surface must satisfy. Blocks not known to be allowed on a surface are refused there. */
export function blockOn(surface: Surface): Check {
  return bySurface[surface];
}
