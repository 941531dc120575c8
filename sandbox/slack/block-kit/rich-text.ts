import { boolean, byType, type Check, integer, list, number, object, oneOf, string, url } from './check.js';

const style = object({}, { bold: boolean, code: boolean, italic: boolean, strike: boolean, underline: boolean });
const styled = { style };
const id = string(255);

const inline = byType({
  text: object({ text: string(3000) }, styled),
  link: object({ url }, { text: string(3000), unsafe: boolean, ...styled }),
  user: object({ user_id: id }, styled),
  usergroup: object({ usergroup_id: id }, styled),
  channel: object({ channel_id: id }, styled),
  team: object({ team_id: id }, styled),
  broadcast: object({ range: oneOf('here', 'channel', 'everyone') }, styled),
  date: object({ timestamp: number(0), format: string(255) }, { url, fallback: string(255), ...styled }),
  emoji: object({ name: string(255) }, { unicode: string(255), url, ...styled }),
  color: object({ value: string(255) }, styled),
});

const preformattedInline = byType({
  text: object({ text: string(3000) }, styled),
  link: object({ url }, { text: string(3000), unsafe: boolean, ...styled }),
});

const many = Number.MAX_SAFE_INTEGER;
const border = { border: oneOf(0, 1) };
const section = byType({ rich_text_section: object({ elements: list(inline, many) }) });

const parts = byType({
  rich_text_section: object({ elements: list(inline, many) }),
  rich_text_list: object(
    { style: oneOf('bullet', 'ordered'), elements: list(section, many) },
    { indent: integer(0, 8), offset: integer(0, many), ...border },
  ),
  rich_text_preformatted: object({ elements: list(preformattedInline, many) }, { language: string(255), ...border }),
  rich_text_quote: object({ elements: list(inline, many) }, border),
});

/** The keys of a `rich_text` block besides `block_id`. */
export const richTextKeys: Record<string, Check> = { elements: list(parts, many) };

/** A `rich_text` where another block carries one, such as a table's cell. */
export const richText = byType({ rich_text: object(richTextKeys, { block_id: string(255) }) });
