/**
 * Slack's limits (docs.slack.dev/reference/block-kit), in UTF-16 units unless noted. Where sources differ, the smaller
 * number.
 */
export const limits = {
  /** The top-level text in UTF-8 bytes, escaped: chat.update refuses more than 4,000. */
  textBytes: 3_000,
  element: 3_000,
  /** Slack takes 3,000. No GitHub address comes close to this limit, and ten of them must fit into one message. */
  url: 600,
  value: 2_000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  modalTitle: 24,
  /** Of a menu, a radio button or a checkbox; their values take as many. */
  option: 75,
  messageBlocks: 50,
  /**
   * All strings of a message's blocks together. Slack documents no number; `msg_blocks_too_long` was seen at 13,297
   * characters of markdown (slackapi/bolt-js#2509) and at 11,341 of mixed rich text (slackapi/bolt-js#2867).
   */
  messageCharacters: 10_000,
  /** Of a `data_visualization`. */
  chartTitle: 50,
  chartLabel: 20,
  chartPoints: 20,
  viewBlocks: 100,
  /** The view's JSON in UTF-8 bytes: views.publish answers view_too_large above 250 kB. */
  viewBytes: 250_000,
} as const;

/** How much of a text that others wrote is shown. */
export const shown = { title: 150, name: 60, job: 100, reason: 400 } as const;

/** Cuts to at most `max` UTF-16 units, ending in `…` if anything was cut, never inside a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Makes a text literal in mrkdwn: no mention, no link. `* _ ~` keep their meaning; nothing escapes them. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cuts escaped mrkdwn to at most `max` bytes of UTF-8, never inside a character or an entity. */
export function clipBytes(escaped: string, max: number): string {
  if (Buffer.byteLength(escaped) <= max) return escaped;
  const kept: string[] = [];
  let bytes = Buffer.byteLength('…');
  for (const [piece] of escaped.matchAll(/&(?:amp|lt|gt);|./gsu)) {
    bytes += Buffer.byteLength(piece);
    if (bytes > max) break;
    kept.push(piece);
  }
  return `${kept.join('')}…`;
}

/**
 * Text that others wrote, as one line: line breaks and control characters become spaces, and invisible marks that
 * change the direction of text are removed, so that a title cannot rewrite the line it is in.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** A line that others wrote, with its indentation; otherwise as `oneLine`. */
export function asWritten(text: string): string {
  return text
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/\p{Cc}/gu, ' ')
    .trimEnd();
}
