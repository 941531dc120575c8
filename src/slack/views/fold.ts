import type { KnownBlock, RichTextBlockElement } from '@slack/types';
import { limits } from '../limits.js';
import { line, richText } from './rich.js';

/** Lines that belong together, such as all of one service. */
export type Group = readonly RichTextBlockElement[];

/** The length of blocks as Slack counts it: every string in them except the names of types. */
export function weight(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + weight(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, one]) => (key === 'type' ? sum : sum + weight(one)), 0);
}

/** Where groups are drawn: how many blocks they may take, and how much they may weigh together. */
export interface Sheet {
  readonly blocks: number;
  readonly most: number;
  readonly weigh: (part: unknown) => number;
}

/** Five blocks are left around the groups. */
const MESSAGE: Sheet = {
  blocks: limits.messageBlocks - 5,
  most: limits.messageCharacters,
  weigh: weight,
};

/** A Home tab. Slack adds ids and defaults before it counts bytes. Ten blocks are left around the groups. */
export const HOME: Sheet = {
  blocks: limits.viewBlocks - 10,
  most: 0.72 * limits.viewBytes,
  weigh: (part) => Buffer.byteLength(JSON.stringify(part)),
};

/**
 * The fullest drawing that leaves `room` of the sheet's weight free; drawings are given fullest first. If none fits, as
 * many groups of the last one as fit; `leftOut` says how many do not.
 */
export function fitted(
  drawings: readonly (readonly Group[])[],
  room: number,
  { most: all, weigh }: Sheet = MESSAGE,
): { groups: readonly Group[]; leftOut: number } {
  const most = all - room;
  const whole = drawings.find((groups) => weigh(groups) <= most);
  if (whole) return { groups: whole, leftOut: 0 };
  const last = drawings.at(-1) ?? [];
  let left = most;
  let fit = 0;
  for (const group of last) {
    left -= weigh(group);
    if (left < 0) break;
    fit += 1;
  }
  return { groups: last.slice(0, fit), leftOut: last.length - fit };
}

/** A block for each group, so that they stand apart; one block for all if there are more than the sheet holds. */
export function asBlocks(groups: readonly Group[], { blocks }: Sheet = MESSAGE): KnownBlock[] {
  const drawn = groups.filter((group) => group.length > 0);
  if (drawn.length <= blocks) return drawn.map((group) => richText(...group));
  const lists = drawn.every((group) => group.every((part) => part.type === 'rich_text_list'));
  return [richText(...(lists ? asOneList(drawn) : drawn.flat()))];
}

/** Groups that are each a list, as one list. */
export function asOneList(groups: readonly Group[]): Group {
  const elements = groups.flat().flatMap((part) => (part.type === 'rich_text_list' ? part.elements : []));
  return elements.length === 0 ? [] : [{ type: 'rich_text_list', style: 'bullet', elements }];
}

/** Says how many are not shown; no block when all are. */
export function andMore(leftOut: number, words: string): KnownBlock[] {
  return leftOut > 0 ? [richText(line(`and ${leftOut} more ${words}`))] : [];
}
