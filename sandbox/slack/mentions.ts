import { isJson, type Json } from './block-kit/check.js';
import { type Notified, notifiedBy } from './mrkdwn.js';
import { items, type Written } from './reading.js';

export interface Mention extends Notified {
  /** JSON pointer to the text or element. */
  where: string;
}

const attachmentMarkup = new Set(['pretext', 'text', 'title', 'fallback', 'footer', 'author_name', 'value']);

/**
 * Everybody whom a message mentions or notifies: in its `text` (even if blocks are shown instead of it), in mrkdwn
 * anywhere in blocks and attachments, and by rich_text elements. With `link_names` or `parse: full` among the message's
 * options, bare @names count too. plain_text and rich_text's text are never parsed, so they cannot mention.
 */
export function mentionsIn(message: Written & { options?: Json }): Mention[] {
  const names = message.options?.link_names === true || message.options?.parse === 'full';
  const found: Mention[] = [];
  const look = (text: unknown, where: string) => {
    if (typeof text === 'string') found.push(...notifiedBy(text, names).map((one) => ({ ...one, where })));
  };
  look(message.text, '/text');
  walk(message.blocks, '/blocks', look, found);
  for (const [index, attachment] of items(message.attachments).entries()) {
    if (!isJson(attachment)) continue;
    const where = `/attachments/${index}`;
    for (const [key, value] of Object.entries(attachment))
      if (attachmentMarkup.has(key)) look(value, `${where}/${key}`);
    for (const [at, field] of items(attachment.fields).entries())
      if (isJson(field)) look(field.value, `${where}/fields/${at}/value`);
    walk(attachment.blocks, `${where}/blocks`, look, found);
  }
  return found;
}

function walk(value: unknown, where: string, look: (text: unknown, where: string) => void, found: Mention[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${where}/${index}`, look, found);
    return;
  }
  if (!isJson(value)) return;
  if (value.type === 'mrkdwn' || value.type === 'markdown') look(value.text, `${where}/text`);
  if (value.type === 'user') found.push({ kind: 'user', id: String(value.user_id), where });
  if (value.type === 'usergroup') found.push({ kind: 'group', id: String(value.usergroup_id), where });
  if (value.type === 'broadcast') {
    const range = value.range === 'here' || value.range === 'everyone' ? value.range : 'channel';
    found.push({ kind: range, id: range, where });
  }
  for (const [key, inner] of Object.entries(value)) walk(inner, `${where}/${key}`, look, found);
}
