import { isJson } from './block-kit/check.js';
import { visibleMrkdwn } from './mrkdwn.js';

/** Anything with words in it: a message, an ephemeral, or a view's definition. */
export interface Written {
  title?: unknown;
  text?: unknown;
  blocks?: unknown;
  attachments?: unknown;
}

/**
 * The visible words, one line per text: of the blocks if there are any, else of `text`; attachments after them. Links
 * appear as their label and entities as their character, but only where Slack resolves them: rich_text, plain_text and
 * table cells are shown literally. Buttons are left out, so that a word looked for in a text is not found on a button;
 * see `buttonsIn`.
 */
export function plainText(message: Written): string {
  const blocks = items(message.blocks);
  const lines = blocks.length > 0 ? blocks.flatMap(linesOf) : markup(message.text);
  const attached = items(message.attachments).filter(isJson);
  const below = attached.flatMap((one) => [
    ...['pretext', 'title', 'text', 'footer'].flatMap((key) => markup(one[key])),
    ...items(one.blocks).flatMap(linesOf),
  ]);
  return [...linesOf(message.title), ...lines, ...below].filter((line) => line !== '').join('\n');
}

const markup = (value: unknown): string[] => (typeof value === 'string' ? [visibleMrkdwn(value)] : []);
const literal = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);
/** The members of an array, none of anything else. */
export const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function linesOf(block: unknown): string[] {
  if (!isJson(block)) return [];
  switch (block.type) {
    case 'mrkdwn':
    case 'markdown':
      return markup(block.text);
    case 'plain_text':
    case 'raw_text':
      return literal(block.text);
    case 'rich_text':
      return items(block.elements).flatMap(richLines);
    case 'image':
      return [...literal(block.alt_text), ...linesOf(block.title)];
    case 'table':
      return items(block.rows).map((row) => items(row).flatMap(linesOf).join(' | '));
    case 'data_visualization':
      return [...literal(block.title), ...chartLines(block.chart)];
    case 'button':
      return [];
    default:
      return [block.title, block.subtitle, block.text, block.body, block.label, block.hint, block.accessory]
        .concat(items(block.fields), items(block.elements))
        .flatMap(linesOf);
  }
}

function chartLines(chart: unknown): string[] {
  if (!isJson(chart)) return [];
  const points = [
    ...items(chart.segments),
    ...items(chart.series).flatMap((one) => (isJson(one) ? items(one.data) : [])),
  ];
  return points.flatMap((point) => (isJson(point) ? [`${String(point.label)} ${String(point.value)}`] : []));
}

function richLines(part: unknown): string[] {
  if (!isJson(part)) return [];
  if (part.type === 'rich_text_list') return items(part.elements).flatMap(richLines);
  return [items(part.elements).map(inline).join('')];
}

function inline(element: unknown): string {
  if (!isJson(element)) return '';
  switch (element.type) {
    case 'link':
      return String(element.text ?? element.url);
    case 'user':
      return `@${String(element.user_id)}`;
    case 'usergroup':
      return `@${String(element.usergroup_id)}`;
    case 'channel':
      return `#${String(element.channel_id)}`;
    case 'broadcast':
      return `@${String(element.range)}`;
    case 'date':
      return String(element.fallback ?? element.timestamp);
    case 'emoji':
      return `:${String(element.name)}:`;
    default:
      return String(element.text ?? '');
  }
}
