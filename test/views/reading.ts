import { problemsInBlocks, problemsInView } from '../../sandbox/slack/block-kit/validate.js';
import { limits } from '../../src/slack/limits.js';
import { weight } from '../../src/slack/views/fold.js';
import type { Message } from '../../src/slack/views/message.js';

type Json = Record<string, unknown>;

/** Every object in the blocks, in the order of reading. */
export function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(objectsIn)];
}

/** The words of the blocks as a person sees them, a line for each line. */
export function seen(blocks: readonly unknown[]): string {
  return objectsIn(blocks)
    .filter((one) => Array.isArray(one.elements) && ['rich_text_section'].includes(String(one.type)))
    .map((one) => (one.elements as Json[]).map((part) => wordsOf(part)).join(''))
    .join('\n');
}

function wordsOf(part: Json): string {
  if (part.type === 'emoji') return '';
  return String(part.text ?? part.fallback ?? '');
}

export const buttonsIn = (blocks: readonly unknown[]) =>
  objectsIn(blocks)
    .filter((one) => one.type === 'button')
    .map((one) => ({
      label: (one.text as Json).text as string,
      value: one.value as string,
      style: one.style as string | undefined,
      confirm: one.confirm ? ((one.confirm as Json).text as Json).text : undefined,
    }));

/** What every message must keep to, whatever it is about. */
export function expectFit(message: Message): void {
  expect(problemsInBlocks(message.blocks, 'message')).toEqual([]);
  expect(message.text).not.toBe('');
  expect(Buffer.byteLength(message.text)).toBeLessThanOrEqual(3_000);
  expect(message.text).not.toMatch(/<[@!#]|<http/);
  expect(message.blocks.length).toBeLessThanOrEqual(50);
  expect(weight(message.blocks)).toBeLessThanOrEqual(limits.messageCharacters);
  expectQuiet(message.blocks);
}

export function expectModalFits(view: unknown): void {
  expect(problemsInView(view)).toEqual([]);
  expectQuiet((view as Json).blocks);
}

/** Nobody is mentioned, and nothing is read as markup. */
function expectQuiet(blocks: unknown): void {
  const types = objectsIn(blocks).map((one) => String(one.type));
  const loud = ['user', 'usergroup', 'broadcast', 'channel', 'team', 'mrkdwn', 'markdown'];
  expect(types.filter((type) => loud.includes(type))).toEqual([]);
}
