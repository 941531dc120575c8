import { isJson, type Json } from '../block-kit/check.js';
import { problemsInBlocks } from '../block-kit/validate.js';
import { refuse } from '../call.js';

/** What a message says: at least one of the three is not empty. */
export interface Content {
  text: string;
  blocks: Json[];
  attachments: Json[];
}

/**
 * The text, blocks and attachments of a call, or a refusal: no_text, invalid_blocks, invalid_attachments. Text over
 * 40,000 characters is cut, as Slack does on posting.
 */
export function readContent(args: Json): Content {
  const text = typeof args.text === 'string' ? args.text.slice(0, 40_000) : '';
  const blocks = checkedBlocks(args.blocks ?? []);
  const attachments = checkedAttachments(args.attachments ?? []);
  if (text === '' && blocks.length === 0 && attachments.length === 0) refuse('no_text');
  return { text, blocks, attachments };
}

/** Slack documents no number; it was seen to refuse 11,341 characters of mixed rich text (slackapi/bolt-js#2867). */
const mostCharacters = 11_300;

function checkedBlocks(value: unknown): Json[] {
  if (!Array.isArray(value)) return refuse('invalid_blocks_format');
  const problems = problemsInBlocks(value, 'message');
  if (problems.length > 0) refuse('invalid_blocks', problems);
  if (charactersIn(value) > mostCharacters) refuse('msg_blocks_too_long');
  return value.filter(isJson);
}

function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + charactersIn(one), 0);
}

const attachmentKeys = new Set(
  'color blocks fallback pretext author_name author_link author_icon title title_link text fields image_url thumb_url footer footer_icon ts mrkdwn_in'.split(
    ' ',
  ),
);

function checkedAttachments(value: unknown): Json[] {
  if (!Array.isArray(value) || !value.every(isJson)) return refuse('invalid_attachments');
  if (value.length > 100) refuse('too_many_attachments');
  for (const attachment of value) {
    const unknown = Object.keys(attachment).filter((key) => !attachmentKeys.has(key));
    if (unknown.length > 0)
      refuse(
        'invalid_attachments',
        unknown.map((key) => `[ERROR] unknown key: ${key}`),
      );
    if (attachment.blocks !== undefined) checkedBlocks(attachment.blocks);
  }
  return value;
}

/** Metadata with its two required parts, or undefined if none was given. */
export function readMetadata(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  if (!isJson(value) || typeof value.event_type !== 'string' || !isJson(value.event_payload))
    return refuse('invalid_metadata_format');
  const more = Object.keys(value).filter((key) => key !== 'event_type' && key !== 'event_payload');
  if (more.length > 0)
    refuse(
      'invalid_metadata_format',
      more.map((key) => `[ERROR] unknown key: ${key}`),
    );
  return value;
}
