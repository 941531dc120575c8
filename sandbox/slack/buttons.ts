import { isJson, type Json } from './block-kit/check.js';

/** The question that a button asks before it sends anything. */
export interface Confirm {
  title: string;
  text: string;
  confirm: string;
  deny: string;
}

export interface Button {
  text: string;
  action_id: string;
  block_id: string;
  value: string | undefined;
  url: string | undefined;
  style: string | undefined;
  confirm: Confirm | undefined;
  /** As it is in the blocks. */
  element: Json;
}

const words = (value: unknown, otherwise: string) =>
  isJson(value) && typeof value.text === 'string' ? value.text : otherwise;
const string = (value: unknown) => (typeof value === 'string' ? value : undefined);

function readConfirm(value: unknown): Confirm | undefined {
  if (!isJson(value)) return undefined;
  return {
    title: words(value.title, 'Are you sure?'),
    text: words(value.text, ''),
    confirm: words(value.confirm, 'Yes'),
    deny: words(value.deny, 'No'),
  };
}

/** Every button in the blocks (of a message, an attachment or a view), in reading order. */
export function buttonsIn(blocks: Json[]): Button[] {
  return blocks.flatMap((block) => elementsOf(block).map((element) => button(block, element)));
}

function elementsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(elementsOf);
  if (!isJson(value)) return [];
  if (value.type === 'button') return [value];
  return [value.accessory, value.elements, value.actions].flatMap(elementsOf);
}

function button(block: Json, element: Json): Button {
  return {
    text: words(element.text, ''),
    action_id: string(element.action_id) ?? '',
    block_id: string(block.block_id) ?? '',
    value: string(element.value),
    url: string(element.url),
    style: string(element.style),
    confirm: readConfirm(element.confirm),
    element,
  };
}

/** The one button with that text, action id, value, or `action id:value`. Throws if there is none, or more than one. */
export function pickButton(blocks: Json[], wanted: string): Button {
  const all = buttonsIn(blocks);
  for (const key of ['text', 'action_id', 'value'] as const) {
    const found = all.filter((one) => one[key] === wanted);
    if (found.length > 1) throw new Error(`there are ${found.length} buttons with the ${key} "${wanted}"`);
    if (found[0]) return found[0];
  }
  const exact = all.find((one) => `${one.action_id}:${one.value}` === wanted);
  if (exact) return exact;
  throw new Error(
    `there is no button "${wanted}"; there are: ${all.map((one) => `"${one.text}"`).join(', ') || 'none'}`,
  );
}
