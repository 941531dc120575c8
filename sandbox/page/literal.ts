import type { Json } from '../demo/shown.js';

/**
 * The block, changed so that the renderer draws what Slack would. It reads plain texts and raw cells as markup: these
 * become rich text, which it takes literally. It also makes an escaped mention live, which an invisible joiner prevents.
 */
export function literal(block: Json): Json[] {
  switch (block.type) {
    case 'section': {
      const { text, fields, ...rest } = block as { text?: Text; fields?: Text[] };
      if (text?.type === 'plain_text')
        return [richText(text.text), ...(fields ? [{ ...rest, fields: fields.map(apart) }] : [])];
      return [{ ...block, ...(text && { text: apart(text) }), ...(fields && { fields: fields.map(apart) }) }];
    }
    case 'context':
      return [{ ...block, elements: (block.elements as Text[]).map(apart) }];
    case 'table':
      return [{ ...block, rows: (block.rows as Json[][]).map((row) => row.map(cell)) }];
    default:
      return [block];
  }
}

interface Text {
  type: string;
  text: string;
}

const cell = (one: Json): Json => (one.type === 'raw_text' ? richText(String(one.text)) : one);

const richText = (text: string): Json => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

function apart(one: Text): Text {
  if (one.type === 'mrkdwn') return { ...one, text: one.text.replace(/&lt;(?=[!@#])/g, '&lt;\u2060') };
  return one;
}
