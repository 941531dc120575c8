import type { KnownBlock } from '@slack/types';
import type { Mine } from '../../core/mine.js';
import { BUTTONS } from '../buttons.js';
import { limits } from '../limits.js';
import { weight } from './fold.js';
import { helpBlock } from './help.js';
import { actions, type Message, message } from './message.js';
import {
  askDecision,
  changeLine,
  type Decision,
  groupsUnknown,
  moreOf,
  nothingWaits,
  offerDecision,
  waitsInShort,
} from './mine.js';
import { bold, bullets, line, type Phrase, richText } from './rich.js';
import { named } from './words.js';

/** Of each so many are tried, until all fits into a message. */
const MOST = [5, 3, 2, 1, 0];

/** The answer to `/release` alone: what waits for this person, with its buttons, then what can be typed. */
export function mineMessage(mine: Mine, timezone: string): Message {
  const waits = waitsInShort(mine);
  const opening: Phrase = waits === null ? [`${nothingWaits(mine)}.`] : [bold(`Waiting for you: ${waits}.`)];
  const drawings = MOST.map((most) => blocksFor(mine, opening, most));
  const blocks = drawings.find(({ all }) => weight(all) <= limits.messageCharacters) ?? drawings.at(-1);
  const said = [opening, ...groupsUnknown(mine), ...(blocks?.said ?? [])];
  return message([...said, ['Type /release help for what else can be typed']], blocks?.all ?? [], timezone);
}

function blocksFor(mine: Mine, opening: Phrase, most: number): { all: KnownBlock[]; said: Phrase[] } {
  const { asks, moreAsks, offers, moreOffers, changes, names } = mine;
  const [firstAsks, firstOffers] = [asks.slice(0, most), offers.slice(0, most)];
  const decided = [
    ...firstAsks.map((ask) => askDecision(ask, names, nowhere)),
    ...firstOffers.map((offer) => offerDecision(offer, names, nowhere)),
  ];
  const left = [
    ...moreOf(moreAsks + asks.length - firstAsks.length, 'for your approval'),
    ...moreOf(moreOffers + offers.length - firstOffers.length, 'for Deploy'),
  ];
  const own = changes.slice(0, most).map((one) => changeLine(one, names, nowhere));
  const all = [
    richText(line(...opening), ...groupsUnknown(mine).map((one) => line(...one))),
    ...decided.flatMap(blocksOf),
    ...(left.length > 0 ? [richText(...left.map((one) => line(...one)))] : []),
    ...(own.length > 0 ? [richText(line(bold('Your changes')), ...bullets(own))] : []),
    { type: 'divider' } as const,
    helpBlock(),
  ];
  return { all, said: [...decided.flatMap(({ lines }) => lines.slice(0, 1)), ...left, ...own] };
}

const nowhere = () => [];

const blocksOf = ({ lines, buttons }: Decision): KnownBlock[] => [
  richText(...lines.map((one) => line(...one))),
  ...actions(buttons),
];

/**
 * An answer about one service, with what this person may do next about it as rows of buttons below; each is named where
 * there is more than one. The answer comes first: those that do not fit below it are left out, the last of them first.
 */
export function withNextSteps(told: Message, { asks, offers, names }: Mine): Message {
  const steps = [
    ...asks.map((ask) => ({ change: ask.change, buttons: askDecision(ask, names, nowhere).buttons })),
    ...offers.map((offer) => ({ change: offer.change, buttons: offerDecision(offer, names, nowhere).buttons })),
  ];
  const rows = steps.map(({ change, buttons }) => [
    ...(steps.length > 1 ? [richText(line(...named(change)))] : []),
    ...actions(buttons),
  ]);
  return withRows(told, rows);
}

/** The same for an answer that shows what ships: only what deploys it, or says why nothing does. */
export function withDeploySteps(told: Message, { offers, names }: Mine): Message {
  const rows = offers.map((offer) => {
    const { buttons } = offerDecision(offer, names, nowhere);
    return actions(buttons.filter((one) => one.action_id !== BUTTONS['what ships'].actionId));
  });
  return withRows(told, rows);
}

function withRows(told: Message, rows: readonly KnownBlock[][]): Message {
  const blocks = [...told.blocks];
  for (const row of rows) {
    const all = [...blocks, ...row];
    if (weight(all) > limits.messageCharacters || all.length > limits.messageBlocks) break;
    blocks.push(...row);
  }
  return { ...told, blocks };
}
